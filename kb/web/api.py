"""Routes of the API, /api/v1: read parameters, ask the domain, answer JSON. See docs/api.md.

No files, SQL or scores. Errors leave as `ApiProblem`; none of these routes reads a cookie.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import secrets
import time
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response as BaseResponse

from kb import finder, formats, votes
from kb.catalog import Catalog, Page
from kb.errors import DatabaseUnavailable
from kb.suggest import suggest as suggest_for
from kb.web import openapi, schemas, shapes
from kb.web.csrf import open_to_other_origins
from kb.web.json_body import MalformedJson, parse
from kb.web.limits import limit_autocomplete, limit_search, limit_suggest
from kb.web.problems import KINDS, ApiProblem, FieldError
from kb.web.request_log import metrics, note_search
from kb.web.services import services
from search.model import Filters

log = logging.getLogger(__name__)

SHARED_CACHE = "public, max-age=60, stale-while-revalidate=600"
OWN_CACHE = "private, max-age=60"
"""What somebody looked for is kept by their own program, by no cache between."""
NO_CACHE = "no-store"

PREFLIGHT_S = 7200
EXPOSED_HEADERS = "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, ETag"
ALLOWED_HEADERS = "authorization, content-type, idempotency-key"
CATEGORY_PREFIX = "cat_"

api = Blueprint("api", __name__)
Q = TypeVar("Q", bound=schemas.Query)


@api.get("/api/v1/site")
def site() -> Response:
    loaded = services().loaded()
    return _json(shapes.site(services().config, loaded.catalog, loaded.name))


@api.get("/api/v1/categories")
def categories() -> Response:
    asked = _asked(schemas.LocaleQuery)
    catalog = services().loaded().catalog
    return _json(shapes.category_tree(services().config, catalog, _locale(asked.locale)))


@api.get("/api/v1/articles")
def articles() -> Response:
    """Language versions in `locale`, the latest changed first."""
    asked = _asked(schemas.ArticlesQuery)
    lang = _locale(asked.locale)
    catalog = services().loaded().catalog
    wanted = _listed(catalog, lang, asked)
    rest = _after(wanted, asked.cursor)
    shown = rest[: asked.limit]
    has_more = len(rest) > len(shown)
    return _json(
        schemas.ArticleList(
            data=_articles(catalog, shown, lang),
            page=schemas.CursorPage(
                limit=asked.limit,
                next_cursor=_cursor(shown[-1]) if has_more else None,
                total=len(wanted),
            ),
        )
    )


@api.get("/api/v1/articles/<article>")
def article(article: str) -> BaseResponse:
    """One article by id or slug; a former slug leads to the present address."""
    asked = _asked(schemas.ArticleQuery)
    lang = _locale(asked.locale)
    catalog = services().loaded().catalog
    page = _page(catalog, article, lang)
    if page.slug != article and shapes.bare_article_id(article) != page.id:
        target = url_for("api.article", article=shapes.article_id(page.id), **_given())
        response = redirect(target, 301)
        response.headers["Cache-Control"] = SHARED_CACHE
        return response
    listed = _articles(catalog, [page], lang)[0]
    content = _content(page, asked.format, listed.url)
    translations = catalog.translations(page.id)
    return _json(shapes.full_article(listed, content, asked.format, translations))


@api.get("/api/v1/articles/<article>/related")
def related(article: str) -> Response:
    """What the author named, then neighbours on the shelf."""
    asked = _asked(schemas.RelatedQuery)
    lang = _locale(asked.locale)
    catalog = services().loaded().catalog
    page = _page(catalog, article, lang)
    neighbours = catalog.in_category(lang, page.section, page.category)
    unique = {p.id: p for p in (*catalog.related(page, lang), *neighbours) if p.id != page.id}
    shown = list(unique.values())[: asked.limit]
    return _json(schemas.RelatedList(data=_articles(catalog, shown, lang)))


@api.get("/api/v1/search")
@limit_search
def search() -> Response:
    asked = _asked(schemas.SearchQuery)
    lang = _locale(asked.locale)
    loaded = services().loaded()
    findings = finder.find(
        loaded,
        asked.q,
        lang=lang,
        filters=_filters(
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
    note_search(findings, kind="api")
    body = shapes.search_response(
        services().config, loaded.catalog, findings, lang, asked=asked, id_=_new_id("sch")
    )
    return _json(body, cache=NO_CACHE if findings.is_degraded else OWN_CACHE)


@api.get("/api/v1/autocomplete")
@limit_autocomplete
def autocomplete() -> Response:
    asked = _asked(schemas.AutocompleteQuery)
    found = finder.complete(
        services().loaded(), asked.q, lang=_locale(asked.locale), limit=asked.limit
    )
    config = services().config
    data = [shapes.completion(config, one) for one in found]
    return _json(schemas.AutocompleteResponse(data=data), cache=OWN_CACHE)


@api.post("/api/v1/suggest")
@open_to_other_origins
@limit_suggest
def suggest() -> Response:
    started = time.perf_counter()
    asked = schemas.validated(schemas.SuggestRequest, _body())
    lang, is_supported = _closest_locale(asked.locale)
    loaded = services().loaded()
    suggestion = suggest_for(
        loaded,
        asked.message,
        lang=lang,
        history=[message.text for message in asked.history if message.author == "user"],
        filters=_filters(
            loaded.catalog,
            asked.filters.categories,
            tags=asked.filters.tags,
            excluded=asked.exclude_articles,
        ),
        limit=asked.limit,
        is_supported_locale=is_supported,
    )
    if suggestion.findings:
        note_search(suggestion.findings, kind="suggest")
    metrics().count_suggestion(suggestion.decision.action, suggestion.decision.reason)
    body = shapes.suggest_response(
        services().config,
        suggestion,
        loaded.searcher.calibration,
        lang,
        has_passages="passage" in asked.include,
        took_ms=(time.perf_counter() - started) * 1000,
        generation=loaded.name,
        id_=_new_id("sug"),
    )
    return _json(body, cache=NO_CACHE)


@api.get("/openapi.json")
def contract() -> Response:
    """What machines need to know of these routes; works without an index."""
    return _kept(openapi.as_json(services().config))


@api.get("/problems/<slug>")
def problem(slug: str) -> Response:
    """What a `type` of a problem means, for the developer who follows it."""
    kind = KINDS.get(slug.replace("-", "_"))
    if kind is None:
        raise ApiProblem("not_found")
    text = f"{kind.code} ({kind.status}): {kind.title}.\n{kind.meaning}\n"
    return Response(text, mimetype="text/plain", headers={"Cache-Control": SHARED_CACHE})


@api.after_app_request
def _share(response: Response) -> Response:
    """Let pages of other sites read answers. They carry no cookie's content, so any may.

    Reading is open to all; suggest echoes the caller's origin, so that a list of allowed origins
    can come in later without a change for clients. Credentials are never allowed.
    """
    if not request.path.startswith("/api/v1/") and request.path != "/openapi.json":
        return response
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if request.path != "/api/v1/suggest":
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if is_web_origin(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
    return response


def is_web_origin(origin: str) -> bool:
    """Whether this is the origin of a page on the web, spelled as browsers do; `null` is none."""
    try:
        parts = urlsplit(origin)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and origin == f"{parts.scheme}://{parts.netloc}"
        and "@" not in parts.netloc
    )


def _json(body: BaseModel, *, cache: str = SHARED_CACHE) -> Response:
    return _kept(body.model_dump_json(), cache=cache)


def _kept(content: str, *, cache: str = SHARED_CACHE) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Cache-Control"] = cache
    if cache != NO_CACHE and request.method in ("GET", "HEAD"):
        response.add_etag()
        response.make_conditional(request)
    return response


def _asked(model: type[Q]) -> Q:
    """The request's parameters: of a repeated one the first counts, unknown ones are ignored."""
    return schemas.validated(model, request.args.to_dict(flat=True))


def _body() -> object:
    """The JSON body; raises ApiProblem for any other type, size or text."""
    if request.mimetype != "application/json" or request.mimetype_params.get(
        "charset", "utf-8"
    ).lower() not in ("utf-8", "utf8"):
        raise ApiProblem("unsupported_media_type")
    try:
        return parse(request.get_data(cache=False))
    except MalformedJson as error:
        raise ApiProblem("malformed_json", str(error)) from error


def _locale(asked: str | None) -> str:
    """A language of the site; without one asked for, the default. Raises ApiProblem."""
    lang, is_supported = _closest_locale(asked)
    if not is_supported:
        known = ", ".join(services().config.languages)
        error = FieldError("/locale", "unknown_value", f"locale must be one of {known}")
        raise ApiProblem("validation_failed", error.detail, errors=[error])
    return lang


def _closest_locale(asked: str | None) -> tuple[str, bool]:
    """The language of the site for a locale such as en-US, and whether the site has it."""
    config = services().config
    if not asked:
        return config.default_language, True
    for candidate in (asked.lower(), asked.lower().replace("_", "-").partition("-")[0]):
        if candidate in config.languages:
            return candidate, True
    return config.default_language, False


def _filters(
    catalog: Catalog,
    categories: Sequence[str],
    section: str | None = None,
    *,
    language: str | None = None,
    tags: Sequence[str] = (),
    excluded: Sequence[str] = (),
) -> Filters:
    """An unknown category or tag is a filter that nothing passes; an unknown article is no loss."""
    wanted = [address for name in categories for address in _category(catalog, name)]
    return Filters(
        lang=language,
        section=section,
        categories=tuple(dict.fromkeys(wanted)),
        tags=tuple(tags),
        exclude_groups=frozenset(map(shapes.bare_article_id, excluded)),
    )


def _category(catalog: Catalog, name: str) -> list[str]:
    """ "section/category" for an id such as cat_faq-payment, or for a slug, wherever it is."""
    if name.startswith(CATEGORY_PREFIX):
        return [name.removeprefix(CATEGORY_PREFIX).replace("-", "/", 1)]
    found = [f"{c.section}/{c.slug}" for c in catalog.categories if c.slug == name]
    return found or [name]


def _page(catalog: Catalog, name: str, lang: str) -> Page:
    """The page of an id, or of a present or former slug. Raises ApiProblem."""
    bare = shapes.bare_article_id(name)
    found = catalog.page_for(bare, lang) or catalog.moved(lang, name)
    if found:
        return found
    raise ApiProblem("article_removed" if bare in catalog.retired else "not_found")


def _articles(catalog: Catalog, pages: Sequence[Page], lang: str) -> list[schemas.ArticleOut]:
    tallies = _tallies([page.id for page in pages])
    config = services().config
    return [shapes.article(config, catalog, p, lang, tallies.get(p.id)) for p in pages]


def _tallies(ids: Sequence[str]) -> dict[str, votes.Tally]:
    """Votes, or none at all: articles can be read without the database."""
    try:
        return votes.tallies(services().database, ids)
    except DatabaseUnavailable as error:
        log.warning("votes not shown: %s", error)
        return {}


def _content(page: Page, format_: str, url: str) -> str:
    if format_ == "markdown":
        return formats.as_markdown(page.html, base=url)
    return formats.as_text(page.html) if format_ == "text" else page.html


def _given() -> dict[str, Any]:
    """The parameters to carry over to another address."""
    names = ("locale", "format")
    return {name: request.args[name] for name in names if name in request.args}


def _listed(catalog: Catalog, lang: str, asked: schemas.ArticlesQuery) -> list[Page]:
    """All pages asked for, the latest changed first; equal times in order of id."""
    wanted = frozenset(_category(catalog, asked.category)) if asked.category else None
    since = asked.updated_since
    pages = [
        page
        for page in catalog.all_pages
        if page.lang == lang
        and (asked.section is None or page.section == asked.section)
        and (wanted is None or f"{page.section}/{page.category}" in wanted)
        and (since is None or page.updated_at >= since)
    ]
    return sorted(pages, key=_position)


def _position(page: Page) -> tuple[float, str]:
    return -page.updated_at.timestamp(), page.id


def _cursor(page: Page) -> str:
    """Where the next window begins, whatever happens to the articles until then."""
    content = json.dumps([page.updated_at.timestamp(), page.id]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _after(pages: list[Page], cursor: str | None) -> list[Page]:
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


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(8)}"
