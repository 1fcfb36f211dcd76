"""Work of all routes of the API: read parameters and bodies, choose a language, answer JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import Response, request
from pydantic import BaseModel

from kb.catalog.catalog import Catalog
from kb.languages import closest
from kb.languages.detection import written_in
from kb.web.api import serialize
from kb.web.api.schemas.base import Incoming, Query, validated
from kb.web.http.json_body import MalformedJson, parse
from kb.web.http.problems import ApiProblem, FieldError
from kb.web.services import services
from search.model import Filters

SHARED_CACHE = "public, max-age=60, stale-while-revalidate=600"
OWN_CACHE = "private, max-age=60"
"""What somebody looked for is kept by their own program, by no cache between."""
NO_CACHE = "no-store"
CATEGORY_PREFIX = "cat_"

Q = TypeVar("Q", bound=Query)
B = TypeVar("B", bound=Incoming)


def json_reply(body: BaseModel, *, cache: str = SHARED_CACHE, status: int = 200) -> Response:
    """A model as the response; with an ETag when it may be cached."""
    response = kept(body.model_dump_json(), cache=cache)
    if status != 200:
        response.status_code = status
    return response


def kept(content: str, *, cache: str = SHARED_CACHE) -> Response:
    """JSON text as the response; with an ETag when it may be cached."""
    response = Response(content, mimetype="application/json")
    response.headers["Cache-Control"] = cache
    if cache != NO_CACHE and request.method in ("GET", "HEAD"):
        response.add_etag()
        response.make_conditional(request)
    return response


def asked_for(model: type[Q]) -> Q:
    """The request's parameters: of a repeated one the first counts, unknown ones are ignored."""
    return validated(model, request.args.to_dict(flat=True))


def body_of(model: type[B], *, mimetypes: Sequence[str] = ("application/json",)) -> B:
    """The body as `model`; raises ApiProblem for any other type, size, text or field."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in mimetypes or charset not in ("utf-8", "utf8"):
        raise ApiProblem("unsupported_media_type")
    try:
        value = parse(request.get_data())
    except MalformedJson as error:
        raise ApiProblem("malformed_json", str(error)) from error
    return validated(model, value)


def locale_of(asked: str | None) -> str:
    """A language of the site; without one asked for, the default. Raises ApiProblem."""
    lang, is_supported = closest_locale(asked)
    if not is_supported:
        known = ", ".join(services().config.languages)
        error = FieldError("/locale", "unknown_value", f"locale must be one of {known}")
        raise ApiProblem("validation_failed", error.detail, errors=[error])
    return lang


def locale_of_words(text: str, page_lang: str) -> str:
    """The language of the site that `text` is in, where its script and words tell."""
    return written_in(text, services().config.languages, page_lang)


def closest_locale(asked: str | None) -> tuple[str, bool]:
    """The language of the site for a locale such as en-US, and whether the site has it."""
    return closest(services().config.languages, asked)


def filters_of(
    catalog: Catalog,
    categories: Sequence[str],
    section: str | None = None,
    *,
    language: str | None = None,
    tags: Sequence[str] = (),
    excluded: Sequence[str] = (),
) -> Filters:
    """An unknown category or tag is a filter that nothing passes; an unknown article is no loss."""
    wanted = [address for name in categories for address in categories_of(catalog, name)]
    return Filters(
        lang=language,
        section=section,
        categories=tuple(dict.fromkeys(wanted)),
        tags=tuple(tags),
        exclude_groups=frozenset(map(serialize.bare_article_id, excluded)),
    )


def categories_of(catalog: Catalog, name: str) -> list[str]:
    """ "section/category" for an id such as cat_faq-payment, or for a slug, wherever it is."""
    if name.startswith(CATEGORY_PREFIX):
        return [name.removeprefix(CATEGORY_PREFIX).replace("-", "/", 1)]
    found = [f"{c.section}/{c.slug}" for c in catalog.categories if c.slug == name]
    return found or [name]
