"""Routes of the API, /api/v1: read parameters, ask the domain, answer JSON. See docs/api.md.

No files, SQL or scores. Errors leave as `ApiProblem`; none of these routes reads a cookie.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kb.catalog import export, finder
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from kb.ids import new_id
from kb.web.api import serialize
from kb.web.api.io import (
    NO_CACHE,
    OWN_CACHE,
    SHARED_CACHE,
    asked_for,
    categories_of,
    filters_of,
    json_reply,
    kept,
    locale_of,
    locale_of_words,
)
from kb.web.api.schemas.articles import (
    ArticleList,
    ArticleOut,
    ArticleQuery,
    ArticlesQuery,
    CursorPage,
    LocaleQuery,
    RelatedList,
    RelatedQuery,
)
from kb.web.api.schemas.search import AutocompleteQuery, AutocompleteResponse, SearchQuery
from kb.web.http.problem_kinds import KINDS
from kb.web.http.problems import ApiProblem, FieldError
from kb.web.http.rate_limits import limit_autocomplete, limit_search
from kb.web.http.request_log import note_search
from kb.web.services import services
from search.ranking.options import SearchOptions

log = logging.getLogger(__name__)

api = Blueprint("api", __name__)


@api.get("/api/v1/site")
def site() -> Response:
    loaded = services().loaded()
    return json_reply(serialize.site(services().config, loaded.catalog, loaded.name))


@api.get("/api/v1/categories")
def categories() -> Response:
    asked = asked_for(LocaleQuery)
    catalog = services().loaded().catalog
    return json_reply(serialize.category_tree(services().config, catalog, locale_of(asked.locale)))


@api.get("/api/v1/articles")
def articles() -> Response:
    """Language versions in `locale`, the latest changed first."""
    asked = asked_for(ArticlesQuery)
    lang = locale_of(asked.locale)
    catalog = services().loaded().catalog
    wanted = _listed(catalog, lang, asked)
    rest = _after(wanted, asked.cursor)
    shown = rest[: asked.limit]
    has_more = len(rest) > len(shown)
    return json_reply(
        ArticleList(
            data=_articles(catalog, shown, lang),
            page=CursorPage(
                limit=asked.limit,
                next_cursor=_cursor(shown[-1]) if has_more else None,
                total=len(wanted),
            ),
        )
    )


@api.get("/api/v1/articles/<article>")
def article(article: str) -> BaseResponse:
    """One article by id or slug; a former slug leads to the present address."""
    asked = asked_for(ArticleQuery)
    lang = locale_of(asked.locale)
    catalog = services().loaded().catalog
    page = _page(catalog, article, lang)
    if page.slug != article and serialize.bare_article_id(article) != page.id:
        target = url_for("api.article", article=serialize.article_id(page.id), **_given())
        response = redirect(target, 301)
        response.headers["Cache-Control"] = SHARED_CACHE
        return response
    listed = _articles(catalog, [page], lang)[0]
    content = _content(page, asked.format, listed.url)
    translations = catalog.translations(page.id)
    return json_reply(serialize.full_article(listed, content, asked.format, translations))


@api.get("/api/v1/articles/<article>/related")
def related(article: str) -> Response:
    """Articles the author named, then the nearest in meaning, then neighbours on the shelf."""
    asked = asked_for(RelatedQuery)
    lang = locale_of(asked.locale)
    catalog = services().loaded().catalog
    page = _page(catalog, article, lang)
    shown = catalog.related(page, lang)[: asked.limit]
    return json_reply(RelatedList(data=_articles(catalog, shown, lang)))


@api.get("/api/v1/search")
@limit_search
def search() -> Response:
    asked = asked_for(SearchQuery)
    page_lang = locale_of(asked.locale)
    # Who asks for articles in one language has said what to search in.
    lang = page_lang if asked.language else locale_of_words(asked.q, page_lang)
    loaded = services().loaded()
    options = SearchOptions(
        lang=lang,
        filters=filters_of(
            loaded.catalog,
            [asked.category] if asked.category else [],
            asked.section,
            language=asked.language,
        ),
        limit=asked.limit,
        offset=asked.offset,
        mode=asked.mode,
        is_verbatim=asked.verbatim,
    )
    findings = finder.find(loaded, asked.q, options)
    note_search(findings, kind="api")
    body = serialize.search_response(
        services().config,
        loaded.catalog,
        findings,
        lang,
        asked=asked,
        is_detected=lang != page_lang,
        id_=new_id("sch"),
    )
    return json_reply(body, cache=NO_CACHE if findings.is_degraded else OWN_CACHE)


@api.get("/api/v1/autocomplete")
@limit_autocomplete
def autocomplete() -> Response:
    asked = asked_for(AutocompleteQuery)
    found = finder.complete(
        services().loaded(), asked.q, lang=locale_of(asked.locale), limit=asked.limit
    )
    config = services().config
    data = [serialize.completion(config, one) for one in found]
    return json_reply(AutocompleteResponse(data=data), cache=OWN_CACHE)


@api.get("/openapi.json")
def contract() -> Response:
    """The contract for machines; works without an index."""
    # Imported late: few clients ask for it, and every start would pay.
    from kb.web.api.openapi.document import as_json

    return kept(as_json(services().config))


@api.get("/problems/<slug>")
def problem(slug: str) -> Response:
    """Meaning of a problem's `type`, for the developer who follows it."""
    kind = KINDS.get(slug.replace("-", "_"))
    if kind is None:
        raise ApiProblem("not_found")
    text = f"{kind.code} ({kind.status}): {kind.title}.\n{kind.meaning}\n"
    return Response(text, mimetype="text/plain", headers={"Cache-Control": SHARED_CACHE})


def _page(catalog: Catalog, name: str, lang: str) -> ArticleVersion:
    """The page of an id, or of a present or former slug. Raises ApiProblem."""
    bare = serialize.bare_article_id(name)
    found = catalog.page_for(bare, lang) or catalog.moved(lang, name)
    if found:
        return found
    raise ApiProblem("article_removed" if bare in catalog.retired else "not_found")


def _articles(catalog: Catalog, pages: Sequence[ArticleVersion], lang: str) -> list[ArticleOut]:
    tallies = _tallies([page.id for page in pages])
    config = services().config
    return [serialize.article(config, catalog, p, lang, tallies.get(p.id)) for p in pages]


def _tallies(ids: Sequence[str]) -> dict[str, votes.Tally]:
    """Votes, or none at all: articles can be read without the database."""
    try:
        return votes.tallies(services().database, ids)
    except DatabaseUnavailable as error:
        log.warning("votes not shown: %s", error)
        return {}


def _content(page: ArticleVersion, format_: str, url: str) -> str:
    if format_ == "markdown":
        return export.as_markdown(page.html, base=url)
    return export.as_text(page.html) if format_ == "text" else page.html


def _given() -> dict[str, Any]:
    """The parameters to carry over to another address."""
    names = ("locale", "format")
    return {name: request.args[name] for name in names if name in request.args}


def _listed(catalog: Catalog, lang: str, asked: ArticlesQuery) -> list[ArticleVersion]:
    """All pages asked for, the latest changed first; equal times in order of id."""
    wanted = frozenset(categories_of(catalog, asked.category)) if asked.category else None
    since = asked.updated_since
    pages = [
        page
        for page in catalog.all_pages
        if page.lang == lang
        and (asked.section is None or page.section == asked.section)
        and (wanted is None or f"{page.section}/{page.category}" in wanted)
        and (since is None or page.ordering_date >= since)
    ]
    return sorted(pages, key=_position)


def _position(page: ArticleVersion) -> tuple[float, str]:
    return -page.ordering_date.timestamp(), page.id


def _cursor(page: ArticleVersion) -> str:
    """Start of the next window, whatever happens to the articles until then."""
    content = json.dumps([page.ordering_date.timestamp(), page.id]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _after(pages: list[ArticleVersion], cursor: str | None) -> list[ArticleVersion]:
    if not cursor:
        return pages
    try:
        content: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        timestamp, id_ = content
        last = (-float(timestamp), str(id_))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        detail = "cursor is not one that this API gave"
        problem = FieldError("/cursor", "invalid_value", detail)
        raise ApiProblem("validation_failed", detail, errors=[problem]) from error
    return [page for page in pages if _position(page) > last]
