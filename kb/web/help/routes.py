"""Routes of the pages: read parameters, ask the domain, show a page or redirect.

No files, SQL or scores. `register_blueprint(site)` also sets up languages and static files and
needs `app.extensions["otvet"]` in place. Errors reach readers through `error_response`, which
the application's error handlers call for everything outside the API.
"""

from __future__ import annotations

import re
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

from kb.addresses import article_path, product_path
from kb.catalog import finder, reader_search
from kb.catalog.generation import Loaded
from kb.catalog.reader_search import last_page
from kb.content.model import SECTIONS
from kb.feedback.votes import InvalidVote
from kb.suggestions.decision import is_far_off
from kb.suggestions.reader_results import reader_results
from kb.web.help.article import page_view
from kb.web.help.article import vote as article_vote
from kb.web.help.article.history import history_page
from kb.web.help.article.page import NO_VOTE, article_page
from kb.web.help.json_ld import with_structured_data
from kb.web.help.listings.category import category_page
from kb.web.help.listings.home import home_page
from kb.web.help.listings.product import product_page, products_page
from kb.web.help.listings.section import section_page
from kb.web.help.results.instant import MAX_CHARS, MAX_HITS, READ_COMPLETIONS, instant_list
from kb.web.help.results.page import results_page, unasked_page
from kb.web.help.results.params import in_own_language, page_of_results, search_params
from kb.web.help.results.static_search import static_search_page
from kb.web.http.old_addresses import listed_redirect
from kb.web.http.rate_limits import limit_instant, limit_search, limit_view, limit_vote
from kb.web.http.request_log import note_search
from kb.web.layout import assets, locale
from kb.web.layout.addresses import absolute
from kb.web.layout.frame import is_static
from kb.web.services import EXTENSION, services

CACHEABLE = "public, max-age=60"
OWN = "private, no-store"
OWN_BRIEFLY = "private, max-age=60"
"""Results name what somebody looked for: kept by their browser, by no cache between."""
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
    return _by_language(article_path(page, lang))


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
        return make_response(redirect(product_path(renamed.slug, lang), 301))
    return _show("product.html", with_structured_data(page))


@site.get("/<language:lang>/<section:section>/<category>/<slug>")
def article(lang: str, section: str, category: str, slug: str) -> Response:
    loaded = _loaded()
    catalog = loaded.catalog
    page = catalog.by_address(lang, section, category, slug)
    if page is None:
        if listed := listed_redirect():
            return listed
        if catalog.is_gone((section, category, slug)):
            abort(410)
        moved = catalog.moved(lang, slug, (section, category)) or abort(404)
        return make_response(redirect(article_path(moved, lang), 301))
    own_vote = article_vote.own_vote(page.id)
    vote = own_vote or NO_VOTE
    shown = article_page(
        services().config, catalog, page, lang, glossary=loaded.glossary, vote=vote
    )
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
    loaded = _loaded()
    catalog = loaded.catalog
    page = catalog.page_for(article_id, lang) or abort(404)
    try:
        visitor = article_vote.answer(page.id, page.lang)
    except InvalidVote as error:
        told = article_vote.refused(error)
        refused = article_page(
            services().config, catalog, page, lang, glossary=loaded.glossary, vote=told
        )
        return _show("article.html", refused, cache=OWN, status=400)
    if _wants_json():
        response = jsonify(vote=request.form["value"])
    else:
        response = make_response(redirect(f"{article_path(page, lang)}#helpful", 303))
    response.headers["Cache-Control"] = OWN
    article_vote.remember(response, visitor)
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
    loaded, config = _loaded(), services().config
    asked = search_params(loaded.catalog, lang, request.args)
    if is_static():
        return _show("static_search.html", static_search_page(config, loaded.catalog, asked))
    if not asked.text:
        page = unasked_page(config, loaded.catalog, asked)
        return _show("results.html", page, cache=OWN_BRIEFLY)
    searched = in_own_language(asked, config.languages)
    found = reader_search.find(loaded, searched)
    note_search(found, kind="page")
    if asked.page > (last := last_page(found.total)):
        return make_response(redirect(page_of_results(asked, last), 302))
    results = reader_results(loaded, searched, found, config.languages)
    page = results_page(config, loaded.catalog, asked, results)
    return _show("results.html", page, cache=OWN if found.is_degraded else OWN_BRIEFLY)


@site.get("/<language:lang>/instant")
@limit_instant
def instant(lang: str) -> Response:
    """Results while somebody types, as a list to be put under the search box."""
    loaded = _loaded()
    asked = search_params(loaded.catalog, lang, request.args)
    # As typed: a blank at the end says that a word is finished.
    typed = request.args.get("q", "")[:MAX_CHARS]
    spoken = in_own_language(asked, services().config.languages).lang
    found = finder.search_as_you_type(
        loaded, typed, lang=spoken, filters=asked.filters(loaded.catalog), limit=MAX_HITS
    )
    note_search(found, kind="instant")
    shown = instant_list(
        asked,
        found,
        finder.complete(loaded, typed, lang=spoken, limit=READ_COMPLETIONS),
        spoken=spoken,
        is_far=is_far_off(loaded, found, spoken),
    )
    return _show("_instant.html", shown, cache=OWN if found.is_degraded else OWN_BRIEFLY)


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
    """The generation that is served; raises IndexMissing, which becomes 503, before the first."""
    return services().loaded()


def _show(template: str, page: object, *, cache: str = CACHEABLE, status: int = 200) -> Response:
    response = make_response(render_template(template, page=page), status)
    response.headers["Cache-Control"] = cache
    if cache == OWN:
        return response
    response.add_etag()
    response.make_conditional(request)
    return response


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
