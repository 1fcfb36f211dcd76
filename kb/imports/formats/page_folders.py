"""Folders of a tree of Markdown: their titles by language, and which pages stand for them."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.imports.formats import front
from kb.imports.formats.layout import PageFile, PagePlace, TreeLayout, number_of
from kb.imports.formats.titles import first_heading, humanised
from kb.imports.model import Folder
from kb.imports.sources.files import SourceFiles

CATEGORY_FILES = ("_category_.json", "_category_.yml", "_category_.yaml", ".pages", "_meta.json")


@dataclass(frozen=True)
class PageFolders:
    """Folders by key, and the pages that stand for one."""

    folders: Mapping[str, Folder]
    busy: frozenset[tuple[str, str]]
    """Folders (in the source) with pages besides their own, each with its language."""
    sections: frozenset[str]
    """Paths of index pages of such folders."""

    def is_leaf(self, page: PageFile) -> bool:
        """True for the index of a folder that holds no other page."""
        return page.place.path not in self.sections

    def is_section(self, path: str) -> bool:
        return path in self.sections


def folders_of(files: SourceFiles, layout: TreeLayout, pages: Sequence[PageFile]) -> PageFolders:
    """Titles from what each system has for them: files of categories, index pages, menus, names."""
    busy = _busy(pages)
    found: dict[str, Folder] = {}
    sections: set[str] = set()
    for page in pages:
        place = page.place
        group = place.root.group or place.root.folder
        for end in range(1, len(place.parts)):
            key = "/".join((group, *place.parts[:end]))
            name = place.parts[end - 1]
            folder = found.setdefault(key, Folder(key, {}, {}, number_of(name)))
            if place.lang not in folder.titles:
                source = _source_folder(page, end)
                told = _told(files, layout, source)
                titled = _with(folder, place.lang, told, humanised(name))
                listed = (*folder.addresses, *layout.lists.get(source, ()))
                found[key] = replace(titled, addresses=tuple(dict.fromkeys(listed)))
    for page in pages:
        place = page.place
        key = "/".join((place.root.group or place.root.folder, *place.parts[:-1]))
        if place.is_index and key in found and (key, place.lang) in busy:
            sections.add(place.path)
            title = page.facts.title or first_heading(page.front.body) or page.facts.label
            title = _of_menu(layout, place) or title
            if title and not _has_file(files, posixpath.dirname(place.path)):
                told = Folder(key, {"": title}, {"": page.facts.summary}, page.facts.order)
                found[key] = _with(found[key], place.lang, told, title, is_better=True)
        elif place.is_index and len(place.parts) == 1:
            pass  # the front page of the whole site is an article like any other
    return PageFolders(found, busy, frozenset(sections))


def _of_menu(layout: TreeLayout, place: PagePlace) -> str:
    """The name by which the menu calls the folder of an index page in the site's first language."""
    if place.locale not in ("", layout.default_lang):
        return ""
    told = layout.folders.get(posixpath.dirname(place.path))
    return told.titles.get("", "") if told else ""


def _busy(pages: Sequence[PageFile]) -> frozenset[tuple[str, str]]:
    """Keys of folders that hold more than their own page, with the language."""
    found = set()
    for page in pages:
        place = page.place
        group = place.root.group or place.root.folder
        last = len(place.parts) - (2 if place.is_index else 1)
        for end in range(1, last + 1):
            found.add(("/".join((group, *place.parts[:end])), place.lang))
    return frozenset(found)


def _source_folder(page: PageFile, end: int) -> str:
    """Path in the source of the folder `end` levels below the page's root."""
    above = len(page.place.parts) - 1 - end
    folder = posixpath.dirname(page.place.path)
    for _ in range(above):
        folder = posixpath.dirname(folder)
    return folder


def _has_file(files: SourceFiles, folder: str) -> bool:
    return any(f"{folder}/{name}" in files for name in CATEGORY_FILES)


def _told(files: SourceFiles, layout: TreeLayout, folder: str) -> Folder:
    """The folder as its own file or the layout's menu tells it; "" stands for any language."""
    if folder in layout.folders:
        return layout.folders[folder]
    for name in CATEGORY_FILES:
        path = f"{folder}/{name}"
        if path in files and (text := files.text(path)):
            values = _values(text, name)
            title = front.first_text(values, "label", "title")
            summary = front.first_text(values, "link.description", "description")
            order = front.whole_number(values, "position", "order")
            return Folder(folder, {"": title}, {"": summary}, order)
    return Folder(folder)


def _values(text: str, name: str) -> Mapping[str, Any]:
    if not name.endswith(".json"):
        return front.yaml(text)[0]
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _with(
    folder: Folder, lang: str, told: Folder, usual: str, *, is_better: bool = False
) -> Folder:
    title = told.titles.get(lang) or told.titles.get("") or usual
    summary = told.descriptions.get(lang) or told.descriptions.get("") or ""
    known = folder.titles if not is_better else {**folder.titles, lang: title}
    is_told = told.titles.get(lang) or told.titles.get("")
    is_made = not is_better and not is_told and usual != posixpath.basename(folder.key)
    guessed = folder.guessed - {lang} | ({lang} if is_made else set())
    order = told.order if told.order is not None else folder.order
    return replace(
        folder,
        titles={lang: title, **known},
        descriptions={**folder.descriptions, **({lang: summary} if summary else {})},
        order=order,
        guessed=guessed,
    )
