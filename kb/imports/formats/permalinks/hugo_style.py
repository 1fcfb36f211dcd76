"""Addresses as Hugo makes them by `permalinks` of its settings."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.layout import PagePlace

TOKEN = re.compile(r":([a-z]{1,30})(\[[^\[\]]{0,20}\])?")
KINDS = frozenset({"page", "section", "taxonomy", "term"})


def pattern_for(permalinks: object, sections: Sequence[str], *, is_section: bool) -> str:
    """The pattern for pages of a section, or for the section itself; "" for the usual address."""
    found: dict[str, str] = {}
    wanted = "section" if is_section else "page"
    for name, value in permalinks.items() if isinstance(permalinks, Mapping) else ():
        if isinstance(value, str) and not is_section:
            found[name.strip("/").lower()] = value
        elif name in KINDS and name == wanted and isinstance(value, Mapping):
            found |= {
                key.strip("/").lower(): one for key, one in value.items() if isinstance(one, str)
            }
    names = [one.lower() for one in sections]
    for end in range(len(names), -1, -1):
        if pattern := found.get("/".join(names[:end])):
            return pattern
    return ""


def filled(pattern: str, place: PagePlace, told: FrontFacts) -> str:
    """A pattern with the values of a page."""
    is_bundle = place.is_index and place.parts[-1].lower() in ("index", "_index")
    parts = place.parts[:-1] if is_bundle and len(place.parts) > 1 else place.parts
    sections = parts if place.parts[-1] == "_index" else parts[:-1]
    values = _values(parts[-1], sections, told)

    def value(match: re.Match[str]) -> str:
        if match[1] == "sections" and match[2]:
            return "/".join(_slice(sections, match[2].strip("[]")))
        return values.get(match[1], match[1]) + (match[2] or "")

    return TOKEN.sub(value, pattern).lower()


def _values(name: str, sections: Sequence[str], told: FrontFacts) -> Mapping[str, str]:
    title = urlized(told.title or name)
    base = urlized(name)
    found = {
        "section": sections[0] if sections else "",
        "sections": "/".join(sections),
        "title": title,
        "slug": told.slug or title,
        "slugorfilename": told.slug or base,
        "slugorcontentbasename": told.slug or base,
        "filename": base,
        "contentbasename": base,
    }
    try:
        when = date.fromisoformat(told.date)
    except ValueError:
        return found
    return {
        **found,
        "year": f"{when:%Y}",
        "month": f"{when:%m}",
        "monthname": calendar.month_name[when.month],
        "day": f"{when:%d}",
        "weekday": str(int(f"{when:%w}")),
        "weekdayname": calendar.day_name[when.weekday()],
        "yearday": str(int(f"{when:%j}")),
    }


def _slice(sections: Sequence[str], written: str) -> Sequence[str]:
    """`1:`, `:2`, `last` or `0` of sections."""
    first, mark, last = written.partition(":")

    def number(text: str, usual: int) -> int:
        if text == "last":
            return max(0, len(sections) - 1)
        return int(text) if text.isdigit() else usual

    if not mark:
        at = number(first, 0)
        return sections[at : at + 1]
    return sections[number(first, 0) : number(last, len(sections))]


def urlized(words: str) -> str:
    """Words as Hugo writes them in addresses."""
    kept = (char for char in words.strip().lower() if char.isalnum() or char in " ._-+~/")
    return "-".join("".join(kept).split())


def merged(config: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Settings with those that lie in files of their own, `permalinks.toml` and the like."""
    found = dict(config)
    for name, values in parts.items():
        own = found.get(name)
        found[name] = {**values, **(own if isinstance(own, Mapping) else {})}
    return found
