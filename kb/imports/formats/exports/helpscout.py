"""Help Scout: articles, collections, categories and redirects of its Docs API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from kb.content.model import ArticleStatus
from kb.imports.formats.exports.json_files import (
    ExportObject,
    Json,
    day_at,
    html_at,
    number_at,
    text_at,
    texts_at,
    words_of,
)
from kb.imports.formats.locales import guessed
from kb.imports.model import Folder, ImportFinding, ImportOptions, SourcePage, SourceTree


def is_helpscout(found: Sequence[ExportObject]) -> bool:
    return any("collectionId" in one.values or "publicUrl" in one.values for one in found[:500])


def read(found: Sequence[ExportObject], options: ImportOptions) -> SourceTree:
    """Articles with their text; categories in collections are folders."""
    kinds = {id(one): _kind(one) for one in found}
    folders = _folders(found, kinds)
    private = {
        text_at(one.values, "id")
        for one in found
        if kinds[id(one)] == "collection" and text_at(one.values, "visibility") == "private"
    }
    articles: dict[str, ExportObject] = {}
    for one in found:
        if kinds[id(one)] == "article":
            number = text_at(one.values, "id")
            known = articles.get(number)
            # Lists name articles without their text; the single ones have it
            if known is None or html_at(one.values, "text"):
                articles[number] = one
    pages = [_page(one, private, options) for one in articles.values()]
    return SourceTree(
        format="helpscout",
        pages=tuple(pages),
        folders=folders,
        hosts=tuple(
            sorted(
                {urlsplit(text_at(it.values, "publicUrl")).netloc for it in articles.values()}
                - {""}
            )
        ),
        redirects=_redirects(found, kinds),
        findings=tuple(_textless(articles.values())),
    )


def _kind(one: ExportObject) -> str:
    values = one.values
    if "urlMapping" in values:
        return "redirect"
    if "collectionId" in values and (
        "text" in values or "status" in values or one.kind == "article"
    ):
        return "article"
    if "collectionId" in values:
        return "category"
    if "siteId" in values or one.kind == "collection":
        return "collection"
    return one.kind


def _page(one: ExportObject, private: set[str], options: ImportOptions) -> SourcePage:
    values = one.values
    address = unquote(urlsplit(text_at(values, "publicUrl")).path)
    body = html_at(values, "text")
    number = text_at(values, "number")
    short = f"/article/{number}" if number else ""
    return SourcePage(
        key=f"article:{text_at(values, 'id')}",
        group=f"article:{text_at(values, 'id')}",
        path=f"{one.path}#article:{text_at(values, 'id')}",
        lang=options.language or guessed(words_of(body), options.languages),
        title=words_of(text_at(values, "name")),
        body=body,
        is_html=True,
        folders=_above(values),
        slug=text_at(values, "slug"),
        tags=texts_at(values, "keywords"),
        status=_status(values, private),
        order=number_at(values, "order"),
        updated=day_at(values, "lastPublishedAt", "updatedAt", "createdAt"),
        addresses=tuple(path for path in (address, short) if path),
        prefixes=(f"{short}-*",) if short else (),
        names=(text_at(values, "id"), *((number,) if number else ())),
    )


def _above(values: Json) -> tuple[str, ...]:
    collection = (
        (f"collection:{text_at(values, 'collectionId')}",) if values.get("collectionId") else ()
    )
    return (*collection, *(f"category:{one}" for one in texts_at(values, "categories")[:1]))


def _status(values: Json, private: set[str]) -> ArticleStatus:
    if text_at(values, "status") not in ("published", ""):
        return "draft"
    return "internal" if text_at(values, "collectionId") in private else "published"


def _folders(found: Sequence[ExportObject], kinds: Mapping[int, str]) -> Mapping[str, Folder]:
    folders = {}
    for one in found:
        kind = kinds[id(one)]
        if kind in ("collection", "category"):
            key = f"{kind}:{text_at(one.values, 'id')}"
            about = words_of(text_at(one.values, "description"))
            folders[key] = Folder(
                key,
                {"": words_of(text_at(one.values, "name"))},
                {"": about} if about else {},
                number_at(one.values, "order"),
                _addresses_of_list(kind, one.values),
            )
    return folders


def _addresses_of_list(kind: str, values: Json) -> tuple[str, ...]:
    """Addresses of a collection's or category's page, whatever words follow its number."""
    own = unquote(urlsplit(text_at(values, "publicUrl")).path)
    number = text_at(values, "number")
    stem = f"/{kind}/{number}" if number else ""
    return tuple(dict.fromkeys(one for one in (own, stem, stem and f"{stem}-*") if one))


def _redirects(found: Sequence[ExportObject], kinds: Mapping[int, str]) -> Mapping[str, str]:
    return {
        text_at(one.values, "urlMapping"): text_at(one.values, "redirect")
        for one in found
        if kinds[id(one)] == "redirect" and one.values.get("redirect")
    }


def _textless(articles: Iterable[ExportObject]) -> list[ImportFinding]:
    return [
        ImportFinding(
            "Articles without text in the export",
            f"{one.path}#article:{text_at(one.values, 'id')}",
            0,
            f"«{words_of(text_at(one.values, 'name'))}»",
            "Export each article by itself too",
        )
        for one in articles
        if not html_at(one.values, "text")
    ]
