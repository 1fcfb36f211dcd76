"""Routes of the pages: read parameters, ask the domain, show a page or redirect.

No files, SQL or scores. `register_blueprint(site)` also sets up languages and static files and
needs `app.extensions["otvet"]` in place. Errors reach readers through `error_response`, which
the application's error handlers call for everything outside the API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import AnyConverter, BaseConverter, Map

from kb.catalog import finder
from kb.catalog.catalog import Catalog
from kb.catalog.generation import Loaded
from kb.catalog.quotes import Answer
from kb.content.model import SECTIONS
from kb.feedback.votes import InvalidVote
from kb.suggestions.decision import answer_for_reader, is_far_off
from kb.web.help import instant as instant_results
from kb.web.help import page_view
from kb.web.help import vote as voting
from kb.web.help.article import NO_VOTE, article_page
from kb.web.help.history import history_page
from kb.web.help.json_ld import with_structured_data
from kb.web.help.listings import category_page, home_page, section_page
from kb.web.help.product import product_page, products_page
from kb.web.help.product_filter import product_called
from kb.web.help.results import (
    MAX_RESULTS,
    PER_PAGE,
    SearchParams,
    last_page,
    page_of_results,
    results_page,
)
from kb.web.http.rate_limits import limit_instant, limit_search, limit_view, limit_vote
from kb.web.http.request_log import note_search
from kb.web.layout import assets, locale
from kb.web.layout.addresses import absolute, page_address, product_address
from kb.web.services import EXTENSION, services
from search.model import Filters
from search.ranking.searcher import WHOLE
from search.text.analysis import clean

CACHEABLE = "public, max-age=60"
OWN = "private, no-store"
OWN_BRIEFLY = "private, max-age=60"
"""Results name what somebody looked for: kept by their browser, by no cache between."""
MOSTLY = 0.5
"""Share of a query's words below which articles in another language may fit better."""
PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif")

site = Blueprint("site", __name__)


class SectionConverter(AnyConverter):
    """`<section:name>` in an address: one of ours."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, *SECTIONS)


@site.record_once
def _set_up(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    config = app.extensions[EXTENSION].config
    pattern = "|".join(re.escape(code) for code in config.languages)
    converter = type("LanguageConverter", (BaseConverter,), {"regex": f"(?:{pattern})"})
    app.url_map.converters["language"] = converter
    app.url_map.converters["section"] = SectionConverter
    locale.set_up(app, config)
    assets.set_up(app)


@site.get("/")
def root() -> Response:
    lang = locale.preferred_language(services().config.languages)
    return _by_language(url_for("site.home", lang=lang))


@site.get("/a/<article_id>")
def permalink(article_id: str) -> Response:
    catalog = _loaded().catalog
    lang = locale.preferred_language(services().config.languages)
    page = catalog.page_for(article_id, lang)
    if page is None:
        abort(410 if article_id in catalog.retired else 404)
    return _by_language(page_address(page, lang))


@site.get("/<language:lang>/")
def home(lang: str) -> Response:
    ranking = services().popularity.ranking()
    page = home_page(services().config, _loaded().catalog, lang, ranking)
    return _show("home.html", with_structured_data(page))


@site.get("/<language:lang>/<section:section>/")
def section(lang: str, section: str) -> Response:
    wanted = request.args.get("product", "")
    page = section_page(services().config, _loaded().catalog, section, lang, product=wanted)
    return _show("section.html", with_structured_data(page or abort(404)))


@site.get("/<language:lang>/<section:section>/<category>/")
def category(lang: str, section: str, category: str) -> Response:
    wanted = request.args.get("product", "")
    loaded, ranking = _loaded(), services().popularity.ranking()
    page = category_page(
        services().config, loaded.catalog, section, category, lang, ranking, product=wanted
    )
    return _show("category.html", with_structured_data(page or abort(404)))


@site.get("/<language:lang>/products/")
def products(lang: str) -> Response:
    page = products_page(services().config, _loaded().catalog, lang)
    return _show("products.html", with_structured_data(page or abort(404)))


@site.get("/<language:lang>/products/<product>")
def product(lang: str, product: str) -> Response:
    catalog = _loaded().catalog
    page = product_page(services().config, catalog, product, lang)
    if page is None:
        renamed = catalog.renamed_product(product) or abort(404)
        return make_response(redirect(product_address(renamed.slug, lang), 301))
    return _show("product.html", with_structured_data(page))


@site.get("/<language:lang>/<section:section>/<category>/<slug>")
def article(lang: str, section: str, category: str, slug: str) -> Response:
    catalog = _loaded().catalog
    page = catalog.by_address(lang, section, category, slug)
    if page is None:
        moved = catalog.moved(lang, slug, (section, category)) or abort(404)
        return make_response(redirect(page_address(moved, lang), 301))
    own_vote = voting.own_vote(page.id)
    shown = article_page(services().config, catalog, page, lang, vote=own_vote or NO_VOTE)
    response = _show(
        "article.html",
        with_structured_data(shown),
        cache=CACHEABLE if own_vote is None else OWN,
    )
    response.vary.add("Cookie")
    return response


@site.get("/<language:lang>/history/<article_id>")
def history(lang: str, article_id: str) -> Response:
    catalog = _loaded().catalog
    page = catalog.page_for(article_id, lang)
    if page is None:
        abort(410 if article_id in catalog.retired else 404)
    return _show("history.html", history_page(services().config, catalog, page, lang))


@site.post("/<language:lang>/vote/<article_id>")
@limit_vote
def vote(lang: str, article_id: str) -> Response:
    """Record an answer; then the article again, or for scripts what is now recorded."""
    catalog = _loaded().catalog
    page = catalog.page_for(article_id, lang) or abort(404)
    try:
        visitor = voting.answer(page.id, page.lang)
    except InvalidVote as error:
        refused = article_page(services().config, catalog, page, lang, vote=voting.refused(error))
        return _show("article.html", refused, cache=OWN, status=400)
    if _wants_json():
        response = jsonify(vote=request.form["value"])
    else:
        response = make_response(redirect(f"{page_address(page, lang)}#helpful", 303))
    response.headers["Cache-Control"] = OWN
    voting.remember(response, visitor)
    return response


@site.post("/<language:lang>/viewed/<article_id>")
@limit_view
def viewed(lang: str, article_id: str) -> Response:
    """A page reports that it was read; the answer does not tell whether that counted."""
    page = _loaded().catalog.page_for(article_id, lang) or abort(404)
    page_view.record_view(page.id)
    response = make_response("", 204)
    response.headers["Cache-Control"] = OWN
    return response


@site.get("/<language:lang>/search")
@limit_search
def search(lang: str) -> Response:
    loaded = _loaded()
    asked = _asked(lang, loaded.catalog)
    config = services().config
    if not asked.text:
        page = results_page(config, loaded.catalog, asked, None)
        return _show("results.html", page, cache=OWN_BRIEFLY)
    findings = _find(loaded, asked)
    note_search(findings, kind="page")
    is_far = asked.page == 1 and is_far_off(loaded, findings, lang)
    if asked.page > (last := last_page(findings.total)):
        return make_response(redirect(page_of_results(asked, last), 302))
    nearest = () if findings.hits else finder.complete(loaded, asked.text, lang=lang)
    page = results_page(
        config,
        loaded.catalog,
        asked,
        findings,
        is_far=is_far,
        section_counts=_section_counts(loaded, asked, findings),
        nearest=nearest,
        answer=_answer(loaded, asked, findings),
        alternative=_alternative(loaded, asked, findings),
        elsewhere=_elsewhere(loaded, asked, findings),
    )
    return _show("results.html", page, cache=OWN if findings.is_degraded else OWN_BRIEFLY)


@site.get("/<language:lang>/instant")
@limit_instant
def instant(lang: str) -> Response:
    """Results while somebody types, as a list to be put under the search box."""
    loaded = _loaded()
    asked = _asked(lang, loaded.catalog)
    # As typed: a blank at the end says that a word is finished.
    typed = request.args.get("q", "")[: instant_results.MAX_CHARS]
    findings = finder.search_as_you_type(
        loaded, typed, lang=lang, filters=_filters(loaded, asked), limit=instant_results.MAX_HITS
    )
    note_search(findings, kind="instant")
    shown = instant_results.instant_list(
        asked,
        findings,
        finder.complete(loaded, typed, lang=lang, limit=instant_results.READ_COMPLETIONS),
        is_far=is_far_off(loaded, findings, lang),
    )
    return _show("_instant.html", shown, cache=OWN if findings.is_degraded else OWN_BRIEFLY)


@site.get("/media/<name>")
def media(name: str) -> Response:
    """A picture of an article; its name holds a hash of its content, so it never changes."""
    if not name.endswith(PICTURES):
        abort(404)
    response = send_from_directory(_loaded().media.absolute(), name)
    response.headers["Cache-Control"] = assets.FOR_EVER
    # The widget shows articles in pages of other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@site.get("/robots.txt")
def robots() -> Response:
    """Search pages stay open to crawlers, who could not read their `noindex` otherwise."""
    sitemap = absolute(services().config, url_for("feeds.sitemap"))
    response = make_response(f"User-agent: *\nDisallow: /api/\n\nSitemap: {sitemap}\n")
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _loaded() -> Loaded:
    """What is being served; raises IndexMissing, which becomes 503, before the first index."""
    return services().loaded()


def _show(template: str, page: object, *, cache: str = CACHEABLE, status: int = 200) -> Response:
    response = make_response(render_template(template, page=page), status)
    response.headers["Cache-Control"] = cache
    if cache == OWN:
        return response
    response.add_etag()
    response.make_conditional(request)
    return response


def _filters(loaded: Loaded, asked: SearchParams) -> Filters:
    return Filters(
        section=asked.section,
        categories=(f"{asked.section}/{asked.category}",) if asked.category else (),
        groups=_about(loaded, asked),
    )


def _find(loaded: Loaded, asked: SearchParams) -> finder.ArticleResults:
    return finder.find(
        loaded,
        asked.text,
        lang=asked.lang,
        filters=_filters(loaded, asked),
        limit=PER_PAGE,
        offset=asked.offset,
        is_verbatim=asked.is_verbatim,
    )


def _answer(loaded: Loaded, asked: SearchParams, findings: finder.ArticleResults) -> Answer | None:
    """Only above the whole list: behind filters or on later pages a reader looks for more."""
    if asked.page > 1 or asked.section or asked.product:
        return None
    return answer_for_reader(loaded, findings, asked.lang)


def _section_counts(
    loaded: Loaded, asked: SearchParams, findings: finder.ArticleResults
) -> Mapping[str, int]:
    """How many hits each section has without its filter, so that readers see where else to look."""
    if asked.section is None:
        return findings.section_counts
    everywhere = finder.find(
        loaded,
        asked.text,
        lang=asked.lang,
        filters=Filters(groups=_about(loaded, asked)),
        limit=1,
        is_verbatim=asked.is_verbatim,
    )
    return everywhere.section_counts


def _about(loaded: Loaded, asked: SearchParams) -> frozenset[str]:
    return loaded.catalog.ids_about(asked.product) if asked.product else frozenset()


def _alternative(loaded: Loaded, asked: SearchParams, findings: finder.ArticleResults) -> str:
    """A likelier spelling; none for what was repaired or is found as it stands."""
    if asked.page > 1 or findings.repair or _matched_share(findings) >= WHOLE:
        return ""
    return loaded.searcher.alternative(asked.text) or ""


def _elsewhere(loaded: Loaded, asked: SearchParams, findings: finder.ArticleResults) -> str:
    """A language in which an article holds all the words of which the first one lacks most."""
    if asked.page > 1 or asked.section or _matched_share(findings) >= MOSTLY:
        return ""
    for lang in services().config.languages:
        if lang != asked.lang:
            other = finder.find(
                loaded, asked.text, lang=lang, limit=1, mode="lexical", is_verbatim=True
            )
            if _matched_share(other) >= WHOLE and other.hits[0].page.lang == lang:
                return lang
    return ""


def _matched_share(findings: finder.ArticleResults) -> float:
    return findings.hits[0].signals.matched_share if findings.hits else 0.0


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == (
        "application/json"
    )


def _by_language(address: str) -> Response:
    """A redirect that depends on the reader's language and is decided anew each time."""
    response = make_response(redirect(address, 302))
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Language")
    return response


def _asked(lang: str, catalog: Catalog) -> SearchParams:
    """What the address asks for. Of repeated parameters the first counts, unknown values none.

    The text is cleaned here, for a page repeats it in many links.
    """
    section = request.args.get("section")
    section = section if section in SECTIONS else None
    category = request.args.get("category")
    if section is None or not category or catalog.category(section, category) is None:
        category = None
    product = product_called(catalog, request.args.get("product", ""))
    page = request.args.get("page", "1")
    number = int(page) if re.fullmatch(r"[0-9]{1,3}", page) else 1
    return SearchParams(
        lang=lang,
        text=clean(request.args.get("q", "")),
        section=section,
        category=category,
        product=product.slug if product else None,
        page=min(max(1, number), MAX_RESULTS // PER_PAGE),
        is_verbatim=request.args.get("verbatim") == "1",
    )
