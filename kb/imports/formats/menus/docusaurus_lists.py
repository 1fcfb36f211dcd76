"""Docusaurus: labels of its sidebars in further languages, and its generated lists of pages."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kb.imports.formats import front
from kb.imports.formats.layout import joined, without_number
from kb.imports.formats.menus.labels import Labels
from kb.imports.formats.titles import humanised
from kb.imports.sources.files import SourceFiles

SUFFIXES = (".json", ".yml", ".yaml")
CATEGORY = "_category_"
LABEL = re.compile(r"sidebar\.[^.]{1,100}\.category\.(.{1,200})")
DETAIL = ".link.generated-index."
NO_SLUG = re.compile(r"[^\w\- ]")


def labels(files: SourceFiles, folder: str) -> Labels:
    """Labels of categories that `i18n/<locale>/…/current.json` translates."""
    start = posixpath.join(folder, "i18n") + "/"
    found: dict[str, dict[str, str]] = {}
    for path in files.paths:
        if not path.startswith(start) or posixpath.basename(path) != "current.json":
            continue
        locale = path.removeprefix(start).partition("/")[0]
        for name, value in _json(files.text(path) or "").items():
            message = front.text_of(value.get("message") if isinstance(value, Mapping) else value)
            match = LABEL.fullmatch(name)
            if match and message and DETAIL not in name:
                found.setdefault(locale, {})[match[1]] = message
    return found


def lists(files: SourceFiles, roots: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Folders in the source → addresses of the pages that Docusaurus made to list them.

    `roots` are folders of pages, each with the beginnings of its addresses.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path in files.paths:
        stem, suffix = posixpath.splitext(posixpath.basename(path))
        folder = posixpath.dirname(path)
        root = next((it for it in roots if folder.startswith(f"{it}/")), None)
        if stem == CATEGORY and suffix in SUFFIXES and root is not None:
            values = _values(files.text(path) or "", suffix)
            if slug := _slug(values, folder):
                found[folder] = tuple(joined(one, slug) for one in roots[root])
    return found


def _slug(values: Mapping[str, Any], folder: str) -> str:
    """The address of a generated list, from where its pages lie; "" for a folder without one."""
    if front.first_text(values, "link.type") != "generated-index":
        return ""
    if told := front.first_text(values, "link.slug"):
        return told
    usual = humanised(without_number(posixpath.basename(folder)))
    label = front.first_text(values, "label") or usual
    return f"/category/{NO_SLUG.sub('', label.lower()).replace(' ', '-')}"


def _values(text: str, suffix: str) -> Mapping[str, Any]:
    return _json(text) if suffix == ".json" else front.yaml(text)[0]


def _json(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def locales(config: str) -> Iterator[str]:
    """Locales that the settings name."""
    if match := LOCALES.search(config):
        yield from QUOTED.findall(match[1])


LOCALES = re.compile(r"\blocales[ \t]{0,9}:[ \t\n]{0,9}\[([^\[\]]{0,1000})\]")
QUOTED = re.compile(r"[\"'`]([\w-]{2,20})[\"'`]")
