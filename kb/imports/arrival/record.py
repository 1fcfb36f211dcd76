"""The record of imports, `imports.json` beside the articles: what came from where, and how.

By it a page of the source finds its article again, and what was edited here is known from what
was not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.imports.model import CannotImport

RECORD_FILE = "imports.json"
VERSION = 1


@dataclass(frozen=True)
class PageRecord:
    """A page that was imported."""

    id: str
    group: str
    path: str
    """File of its article, below the folder of articles."""
    source: str
    """Digest of its text before links had a place."""
    landed: str
    """Digest of the file as it was written."""
    addresses: tuple[str, ...] = ()
    """Old ones that were put into the redirects."""


@dataclass(frozen=True)
class PictureRecord:
    """A picture that was brought along."""

    name: str
    landed: str


@dataclass(frozen=True)
class SourceRecord:
    """All that came from one source."""

    label: str = ""
    """Name of the folder or archive."""
    pages: Mapping[str, PageRecord] = field(default_factory=dict)
    pictures: Mapping[str, PictureRecord] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    """Folder of the source → "section/category" here."""


@dataclass(frozen=True)
class ImportRecord:
    """All sources by their names."""

    sources: Mapping[str, SourceRecord] = field(default_factory=dict)

    def with_source(self, name: str, source: SourceRecord) -> ImportRecord:
        return replace(self, sources={**self.sources, name: source})


def read(root: Path) -> ImportRecord:
    """The record; an empty one where nothing was imported. Raises CannotImport."""
    if not (root / RECORD_FILE).exists():
        return ImportRecord()
    try:
        values = json.loads((root / RECORD_FILE).read_text("utf-8"))
        if values["version"] != VERSION:
            raise CannotImport(f"{RECORD_FILE}: was written by a newer release")
        return ImportRecord({name: _source(one) for name, one in values["sources"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotImport(f"{RECORD_FILE}: is damaged; take it from git again") from error


def _source(values: Mapping[str, Any]) -> SourceRecord:
    return SourceRecord(
        label=str(values["label"]),
        pages={
            key: PageRecord(**{**one, "addresses": tuple(one.get("addresses", ()))})
            for key, one in values["pages"].items()
        },
        pictures={key: PictureRecord(**one) for key, one in values["pictures"].items()},
        categories={key: str(one) for key, one in values["categories"].items()},
    )


def written(record: ImportRecord) -> bytes:
    """The record as a file: one line for each page, so that versions merge."""
    lines = ["{", f' "version": {VERSION},', ' "sources": {']
    sources = sorted(record.sources.items())
    for at, (name, source) in enumerate(sources):
        lines += [f"  {_json(name)}: {{", f'   "label": {_json(source.label)},']
        pages = {key: _page(one) for key, one in source.pages.items()}
        pictures = {
            key: {"name": one.name, "landed": one.landed} for key, one in source.pictures.items()
        }
        lines += _entries("pages", pages, ",")
        lines += _entries("pictures", pictures, ",")
        lines += _entries("categories", source.categories, "")
        lines.append("  }," if at + 1 < len(sources) else "  }")
    return "\n".join([*lines, " }", "}", ""]).encode()


def _page(page: PageRecord) -> Mapping[str, object]:
    values = {
        "id": page.id,
        "group": page.group,
        "path": page.path,
        "source": page.source,
        "landed": page.landed,
    }
    return {**values, "addresses": list(page.addresses)} if page.addresses else values


def _entries(name: str, values: Mapping[str, object], end: str) -> list[str]:
    if not values:
        return [f'   "{name}": {{}}{end}']
    lines = [f"    {_json(key)}: {_json(one)}" for key, one in sorted(values.items())]
    return [f'   "{name}": {{', *(f"{line}," for line in lines[:-1]), lines[-1], f"   }}{end}"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
