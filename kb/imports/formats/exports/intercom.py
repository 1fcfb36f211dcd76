"""Intercom: articles and collections of its API, in one language or several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from kb.imports.formats.exports.json_files import (
    ExportObject,
    Json,
    day_at,
    html_at,
    number_at,
    text_at,
    words_of,
)
from kb.imports.formats.locales import guessed, language_of
from kb.imports.model import Folder, ImportOptions, SourcePage, SourceTree

COLLECTIONS = ("collection", "section")
NUMBER = re.compile(r"/(?:[\w-]{1,20}/)?collections/(\d{1,30})(?=-|$)")


def is_intercom(found: Sequence[ExportObject]) -> bool:
    return any(
        "workspace_id" in one.values
        or "translated_content" in one.values
        or ("state" in one.values and "body" in one.values)
        for one in found[:500]
    )


def read(found: Sequence[ExportObject], options: ImportOptions) -> SourceTree:
    """Articles in all their languages; collections are folders."""
    lists = _collections(found)
    folders = _folders(lists, options.languages)
    parents = {text_at(one.values, "id"): text_at(one.values, "parent_id") for one in lists}
    pages = [page for one in found if _is_article(one) for page in _pages(one, parents, options)]
    hosts = {urlsplit(text_at(one.values, "url")).netloc for one in found if _is_article(one)}
    return SourceTree("intercom", tuple(pages), folders, hosts=tuple(sorted(hosts - {""})))


def _is_article(one: ExportObject) -> bool:
    return "body" in one.values or (one.kind == "article" and "title" in one.values)


def _collections(found: Sequence[ExportObject]) -> list[ExportObject]:
    """Objects that are collections: by their type or list, or because something lies in them."""
    above = {_parent(one.values) for one in found} - {""}
    return [
        one
        for one in found
        if not _is_article(one)
        and text_at(one.values, "name", "title")
        and (one.kind in COLLECTIONS or text_at(one.values, "id") in above)
    ]


def _pages(
    one: ExportObject, parents: Mapping[str, str], options: ImportOptions
) -> Iterator[SourcePage]:
    values = one.values
    default = text_at(values, "default_locale") or options.language
    default = default or guessed(words_of(html_at(values, "body", "title")), options.languages)
    yield _page(one, default, values, parents, options)
    translated = values.get("translated_content")
    for locale, content in translated.items() if isinstance(translated, Mapping) else ():
        is_there = isinstance(content, Mapping) and (content.get("body") or content.get("title"))
        if is_there and locale not in ("type", default):
            yield _page(one, locale, content, parents, options)


def _page(
    one: ExportObject, locale: str, values: Json, parents: Mapping[str, str], options: ImportOptions
) -> SourcePage:
    number = text_at(one.values, "id")
    address = unquote(urlsplit(text_at(values, "url")).path)
    slug = address.rpartition("/")[2].removeprefix(number).strip("-")
    stem = f"/{locale}/articles/{number}"
    return SourcePage(
        key=f"article:{number}:{locale}",
        group=f"article:{number}",
        path=f"{one.path}#article:{number}:{locale}",
        lang=language_of(locale, options.languages),
        title=words_of(text_at(values, "title")),
        body=html_at(values, "body"),
        is_html=True,
        folders=_above(_parent(one.values), parents),
        summary=words_of(text_at(values, "description")),
        slug=slug,
        status="published" if text_at(values, "state") in ("published", "") else "draft",
        order=number_at(one.values, "order"),
        updated=day_at(values, "updated_at", "created_at"),
        addresses=tuple(one for one in dict.fromkeys((address, stem)) if one),
        prefixes=(f"{stem}-*",),
        names=(number,),
        original=language_of(text_at(one.values, "default_locale"), options.languages),
    )


def _parent(values: Json) -> str:
    several = values.get("parent_ids")
    last = str(several[-1]) if isinstance(several, list) and several else ""
    return text_at(values, "parent_id") or last


def _above(parent: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    keys: list[str] = []
    while parent and parent in parents and f"collection:{parent}" not in keys:
        keys.insert(0, f"collection:{parent}")
        parent = parents[parent]
    return tuple(keys)


def _folders(found: Sequence[ExportObject], languages: Sequence[str]) -> Mapping[str, Folder]:
    folders = {}
    for one in found:
        values = one.values
        default = text_at(values, "default_locale")
        translated = values.get("translated_content")
        others = translated if isinstance(translated, Mapping) else {}
        contents = {default: values} | {
            locale: content
            for locale, content in others.items()
            if isinstance(content, Mapping) and locale != default
        }
        titles = {}
        about = {}
        for locale, content in contents.items():
            lang = language_of(locale, languages) if locale else ""
            titles[lang] = words_of(text_at(content, "name", "title"))
            about[lang] = words_of(text_at(content, "description"))
        key = f"collection:{text_at(values, 'id')}"
        folders[key] = Folder(
            key,
            {lang: text for lang, text in titles.items() if text},
            {lang: text for lang, text in about.items() if text},
            number_at(values, "order"),
            _addresses_of_list(contents),
        )
    return folders


def _addresses_of_list(contents: Mapping[str, Json]) -> tuple[str, ...]:
    """Addresses of a collection's page in all languages, whatever words follow its number."""
    found: list[str] = []
    numbers: set[str] = set()
    for content in contents.values():
        address = unquote(urlsplit(text_at(content, "url")).path)
        match = NUMBER.match(address)
        numbers |= {match[1]} if match else set()
        found.append(address)
    stems = [
        f"/{locale}/collections/{it}" for locale in contents if locale for it in sorted(numbers)
    ]
    found += [one for stem in stems for one in (stem, f"{stem}-*")]
    return tuple(dict.fromkeys(one for one in found if one))
