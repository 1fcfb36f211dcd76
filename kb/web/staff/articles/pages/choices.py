"""Articles and products that a field offers by their titles, and what a chosen one means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MARK = " · "
"""Between the title, for people, and the id or slug, for the file."""


@dataclass(frozen=True)
class Choices:
    """Titles by id or slug, as the page's language has them."""

    articles: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, str]:
        return self.products if kind == "products" else self.articles


def shown(name: str, titles: Mapping[str, str]) -> str:
    """Words for an id or slug in a field; itself where nothing is called so."""
    return f"{titles[name]}{MARK}{name}" if titles.get(name) else name


def chosen(texts: Sequence[str]) -> tuple[str, ...]:
    """Ids or slugs of filled-in fields; those typed by hand may stand in one, with commas."""
    found: list[str] = []
    for text in texts:
        _title, mark, name = text.rpartition(MARK.strip())
        found += [name] if mark else text.split(",")
    names = (" ".join(one.split()) for one in found)
    return tuple(dict.fromkeys(one for one in names if one))
