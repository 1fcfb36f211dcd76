"""Zendesk Guide: articles, sections, categories and translations of its Help Center API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
from kb.imports.formats.locales import guessed, language_of
from kb.imports.model import Folder, ImportFinding, ImportOptions, SourcePage, SourceTree


def is_zendesk(found: Sequence[ExportObject]) -> bool:
    return any(
        "section_id" in one.values
        or "source_locale" in one.values
        or "/hc/" in text_at(one.values, "html_url")
        for one in found[:500]
    )


def read(found: Sequence[ExportObject], options: ImportOptions) -> SourceTree:
    """Articles with their translations; sections in categories are folders."""
    kept = _by_kind(found)
    folders = _folders(kept, options.languages)
    findings: list[ImportFinding] = []
    pages: dict[tuple[str, str], SourcePage] = {}
    for one in kept["article"]:
        page = _page(one, one.values, folders, options)
        pages[page.group, page.lang] = page
    by_group = {
        page.group: (one, page)
        for one in kept["article"]
        if (page := _page(one, one.values, folders, options))
    }
    for one in kept["translation"]:
        if text_at(one.values, "source_type") not in ("", "Article"):
            continue
        article = by_group.get(f"article:{text_at(one.values, 'source_id')}")
        if article is None:
            findings.append(
                ImportFinding(
                    "Translations without their article",
                    one.path,
                    0,
                    f"«{text_at(one.values, 'title')}» of {text_at(one.values, 'source_id')}",
                    "Export that article too",
                )
            )
            continue
        page = _page(article[0], {**article[0].values, **_translated(one.values)}, folders, options)
        pages[page.group, page.lang] = page
    locales = _locales(kept)
    return SourceTree(
        format="zendesk",
        pages=tuple(_in_other_locales(list(pages.values()), locales)),
        folders=_with_addresses(folders, locales),
        hosts=_hosts(kept["article"]),
        homes={"/hc": ""}
        | {
            f"/hc/{locale}": lang if lang in options.languages else options.languages[0]
            for locale in locales
            if (lang := language_of(locale, options.languages))
        },
        attachments=_attachments(found),
        findings=(*findings, *_restricted(kept["article"])),
    )


def _hosts(articles: Sequence[ExportObject]) -> tuple[str, ...]:
    """Hosts of the help centre: one of its own, and Zendesk's."""
    found = {
        urlsplit(text_at(one.values, name)).netloc
        for one in articles
        for name in ("html_url", "url")
    }
    return tuple(sorted(found - {""}))


def _locales(kept: Mapping[str, list[ExportObject]]) -> tuple[str, ...]:
    """Locales of the help centre, as its addresses write them."""
    every = (one.values for ones in kept.values() for one in ones)
    return tuple(sorted({locale for it in every if (locale := text_at(it, "locale"))}))


def _in_other_locales(pages: Sequence[SourcePage], locales: Sequence[str]) -> Iterator[SourcePage]:
    """`pages`, the first version of each also at its addresses in locales that it lacks: Zendesk
    answered there as well."""
    seen: dict[str, set[str]] = {}
    for page in pages:
        seen.setdefault(page.group, set()).add(page.key.rpartition(":")[2])
    for page in pages:
        others = sorted(set(locales) - seen[page.group])
        seen[page.group].update(others)
        stems = [f"/hc/{locale}/articles/{page.names[0]}" for locale in others]
        yield replace(
            page,
            addresses=(*page.addresses, *stems),
            prefixes=(*page.prefixes, *(f"{stem}-*" for stem in stems)),
        )


def _with_addresses(folders: Mapping[str, Folder], locales: Sequence[str]) -> Mapping[str, Folder]:
    """Sections and categories with the addresses of their lists, whatever words follow."""
    found = {}
    for key, folder in folders.items():
        kind, _, number = key.partition(":")
        stems = [f"/hc/{locale}/{LISTS[kind]}/{number}" for locale in locales if kind in LISTS]
        own = tuple(one for stem in stems for one in (stem, f"{stem}-*"))
        found[key] = replace(folder, addresses=own if " " not in key else ())
    return found


LISTS = {"section": "sections", "category": "categories"}


def _attachments(found: Sequence[ExportObject]) -> Mapping[str, str]:
    """Number of each attachment → the name of its file."""
    return {
        text_at(one.values, "id"): text_at(one.values, "file_name")
        for one in found
        if text_at(one.values, "file_name")
    }


def _by_kind(found: Sequence[ExportObject]) -> Mapping[str, list[ExportObject]]:
    kinds: dict[str, list[ExportObject]] = {
        one: [] for one in ("article", "section", "category", "translation")
    }
    for one in found:
        kinds.get(_kind(one), []).append(one)
    return kinds


def _kind(one: ExportObject) -> str:
    """The kind of an object; those that stand alone are known by their keys."""
    values = one.values
    if "source_id" in values and "locale" in values:
        return "translation"
    if "section_id" in values:
        return "article"
    if "category_id" in values:
        return "section"
    return one.kind


def _translated(values: Json) -> Json:
    """The facts that a translation says in place of its article."""
    wanted = (
        "locale",
        "title",
        "body",
        "draft",
        "updated_at",
        "created_at",
        "html_url",
        "outdated",
    )
    own = {key: values[key] for key in wanted if key in values}
    return {"html_url": "", **own, "name": values.get("title", "")}


def _page(
    one: ExportObject, values: Json, folders: Mapping[str, Folder], options: ImportOptions
) -> SourcePage:
    number = text_at(values, "id")
    locale = text_at(values, "locale", "source_locale") or options.language
    locale = locale or guessed(words_of(html_at(values, "body", "title")), options.languages)
    address = unquote(urlsplit(text_at(values, "html_url")).path)
    short = f"/hc/{locale}/articles/{number}"
    slug = address.rpartition("/")[2].removeprefix(number).strip("-")
    return SourcePage(
        key=f"article:{number}:{locale}",
        group=f"article:{number}",
        path=f"{one.path}#article:{number}:{locale}",
        lang=language_of(locale, options.languages),
        title=words_of(text_at(values, "title", "name")),
        body=html_at(values, "body"),
        is_html=True,
        folders=_above(text_at(values, "section_id"), folders),
        slug=slug,
        tags=texts_at(values, "label_names"),
        status=_status(values),
        order=number_at(values, "position"),
        updated=day_at(values, "edited_at", "updated_at", "created_at"),
        addresses=tuple(dict.fromkeys(path for path in (address, short) if path)),
        prefixes=(f"{short}-*",),
        names=(number,),
        original=language_of(text_at(values, "source_locale"), options.languages),
    )


def _status(values: Json) -> ArticleStatus:
    if values.get("draft") is True:
        return "draft"
    return "internal" if values.get("user_segment_id") else "published"


def _restricted(articles: Sequence[ExportObject]) -> list[ImportFinding]:
    return [
        ImportFinding(
            "Shown to some users only, now internal",
            f"{one.path}#article:{text_at(one.values, 'id')}",
            0,
            f"«{text_at(one.values, 'title', 'name')}» had a user segment",
            "Set `status: published` if everybody may read it",
        )
        for one in articles
        if one.values.get("user_segment_id") and one.values.get("draft") is not True
    ]


def _folders(kept: Mapping[str, list[ExportObject]], languages: Sequence[str]) -> dict[str, Folder]:
    found: dict[str, Folder] = {}
    for kind in ("category", "section"):
        for one in kept[kind]:
            _add(found, f"{kind}:{text_at(one.values, 'id')}", one.values, languages)
            if parent := _parent(one.values):
                found[f"{kind}:{text_at(one.values, 'id')} in"] = Folder(parent)
    for one in kept["translation"]:
        kind = text_at(one.values, "source_type").lower()
        if kind in ("category", "section"):
            _add(found, f"{kind}:{text_at(one.values, 'source_id')}", one.values, languages)
    return found


def _parent(values: Json) -> str:
    if parent := text_at(values, "parent_section_id"):
        return f"section:{parent}"
    return f"category:{parent}" if (parent := text_at(values, "category_id")) else ""


def _add(found: dict[str, Folder], key: str, values: Json, languages: Sequence[str]) -> None:
    known = found.get(key, Folder(key))
    locale = text_at(values, "locale", "source_locale")
    lang = language_of(locale, languages) if locale else ""
    title = words_of(text_at(values, "title", "name"))
    about = words_of(html_at(values, "description", "body"))
    number = number_at(values, "position")
    found[key] = Folder(
        key,
        {**known.titles, lang: title} if title else known.titles,
        {**known.descriptions, lang: about} if about else known.descriptions,
        known.order if number is None else number,
    )


def _above(section: str, folders: Mapping[str, Folder]) -> tuple[str, ...]:
    """Keys of the folders around an article, outermost first."""
    keys: list[str] = []
    key = f"section:{section}" if section else ""
    while key in folders and key not in keys:
        keys.insert(0, key)
        parent = folders.get(f"{key} in")
        key = parent.key if parent else ""
    return tuple(keys)
