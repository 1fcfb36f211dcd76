"""The catalog as JSON, the form in which a generation keeps it. No files are read or written here.

Generations of earlier releases must open: whatever is added later has a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

from kb.catalog.catalog import ArticleHeading, ArticleVersion, Catalog
from kb.content.model import ArticleHead, Category, Product

_HEAD_NAMES = frozenset(field.name for field in fields(ArticleHead))
_TEXT_LISTS = tuple(
    name for name, kind in get_type_hints(ArticleHead).items() if kind == tuple[str, ...]
)
_ORDER = (
    *("id", "lang", "section", "category", "slug", "title", "summary", "tags", "questions"),
    *("order", "aliases", "related", "updated_at", "html", "headings", "minutes"),
    *("source_path", "source_digest", "next", "source", "changes", "products", "created_at"),
)
"""Keys of a page as the first releases wrote them, so that equal catalogs stay equal bytes."""


def to_json(catalog: Catalog) -> bytes:
    """Serialise; equal catalogs give equal bytes."""
    value = {
        "languages": catalog.languages,
        "retired": sorted(catalog.retired),
        "categories": [asdict(category) for category in catalog.categories],
        "pages": [_page(page) for page in catalog.all_pages],
        "products": [asdict(product) for product in catalog.products],
        "former": sorted((lang, *place, it) for (lang, place), it in catalog.former.items()),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes, neighbours: Mapping[str, Sequence[str]] | None = None) -> Catalog:
    """Read what `to_json` wrote; raises ValueError, KeyError or TypeError for anything else.

    A catalog of an older release has no products and no former addresses.
    """
    value = json.loads(content)
    return Catalog(
        map(_version, value["pages"]),
        (Category(**entry) for entry in value["categories"]),
        value["languages"],
        value["retired"],
        neighbours,
        map(_product, value.get("products", ())),
        {
            (lang, (section, category, slug)): article_id
            for lang, section, category, slug, article_id in value.get("former", ())
        },
    )


def _page(version: ArticleVersion) -> dict[str, Any]:
    """`dataclasses.asdict` copies deeply, which takes a second for a thousand pages."""
    values = vars(version.head) | vars(version)
    del values["head"]
    created_at = version.created_at
    return (
        dict.fromkeys(_ORDER)
        | values
        | {
            "aliases": version.alias_addresses,
            "headings": [vars(heading) for heading in version.headings],
            "changes": [int(moment.timestamp()) for moment in version.changes],
            "updated_at": version.updated_at.isoformat() if version.updated_at else None,
            "created_at": created_at.isoformat() if created_at else None,
        }
    )


def _version(entry: Mapping[str, Any]) -> ArticleVersion:
    lists = {name: tuple(entry.get(name, ())) for name in _TEXT_LISTS}
    lists["aliases"] = tuple("/".join(address) for address in entry["aliases"])
    lists["changes"] = tuple(datetime.fromtimestamp(at, UTC) for at in entry.get("changes", ()))
    created_at = entry.get("created_at")
    updated_at = entry["updated_at"]
    dates = {
        "updated_at": datetime.fromisoformat(updated_at) if updated_at else None,
        "created_at": datetime.fromisoformat(created_at) if created_at else None,
    }
    headings = tuple(ArticleHeading(**heading) for heading in entry["headings"])
    values = {**entry, **lists, **dates, "headings": headings}
    head = {name: values.pop(name) for name in _HEAD_NAMES & values.keys()}
    return ArticleVersion(ArticleHead(**head), **values)


def _product(entry: Mapping[str, Any]) -> Product:
    lists = {name: tuple(entry[name]) for name in ("aliases", "former")}
    return Product(**{**entry, **lists})
