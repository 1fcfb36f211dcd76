"""Addresses as Jekyll makes them: a style by name or a pattern, categories, dates, defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.imports.formats import front
from kb.imports.formats.facts import FrontFacts, day
from kb.imports.formats.layout import PagePlace, joined

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
TOKEN = re.compile(r":([a-z_]{1,30})")
NOT_IN_SLUG = re.compile(r"[^\w]+")
EXTENSION = ".html"


@dataclass(frozen=True)
class JekyllStyle:
    """Addresses as the settings have them."""

    folder: str
    """Of the site in the source."""
    permalink: str
    collections: Mapping[str, str]
    """Name → pattern, "" for the usual one."""
    defaults: tuple[tuple[str, str, str], ...] = ()
    """Path, kind and pattern of front matter's defaults."""

    def addresses(self, place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        """Addresses of a page without the site's base, the present one first."""
        pattern = next((one for one in told.old_paths[:1] if told.has_permalink), "")
        pattern = pattern or self._default(place)
        if pattern:
            return (self._filled(STYLES.get(pattern, pattern), place, told),)
        if place.root.kind != "pages":
            return (self._filled(STYLES.get(self.permalink, self.permalink), place, told),)
        if place.root.prefix:
            own = self.collections[place.root.prefix]
            return (self._filled(own or self._suffixed("/:collection/:path"), place, told),)
        path = "/".join(place.parts[:-1] if place.parts[-1] == "index" else place.parts)
        if place.parts[-1] == "index":
            return (f"/{path}/" if path else "/",)
        shown = self._suffixed(f"/{path}").replace(":output_ext", EXTENSION)
        return (shown,) if shown != f"/{path}" else (shown, f"/{path}{EXTENSION}")

    def _suffixed(self, pattern: str) -> str:
        """A pattern with the end that the site's style gives pages and collections."""
        style = self.permalink
        if style == "pretty" or style.endswith("/"):
            return f"{pattern}/"
        return f"{pattern}:output_ext" if style in STYLES or style.endswith("_ext") else pattern

    def _default(self, place: PagePlace) -> str:
        """The pattern of the defaults that hold for a page, the most particular ones."""
        kind = place.root.prefix or place.root.kind
        path = place.path.removeprefix(f"{self.folder}/" if self.folder else "")
        found = ""
        length = -1
        for scope, wanted, pattern in self.defaults:
            is_below = not scope or path == scope or path.startswith(f"{scope.rstrip('/')}/")
            if is_below and wanted in ("", kind) and len(scope) >= length:
                found, length = pattern, len(scope)
        return found

    def _filled(self, pattern: str, place: PagePlace, told: FrontFacts) -> str:
        values = self._values(place, told)
        filled = TOKEN.sub(lambda match: values.get(match[1], match[0]), pattern)
        return joined(*filled.split("/")) + ("/" if filled.endswith("/") else "")

    def _values(self, place: PagePlace, told: FrontFacts) -> Mapping[str, str]:
        name = place.parts[-1]
        written = told.date or day(name)
        title = name[11:] if day(name) and place.root.kind == "posts" else name
        title = told.slug or title.replace(" ", "-")
        categories = self._categories(place, told)
        return {
            "title": title,
            "slug": slugified(told.slug or title),
            "name": slugified(name),
            "basename": name,
            "path": "/".join(place.parts),
            "collection": place.root.prefix or place.root.kind,
            "output_ext": EXTENSION,
            "categories": "/".join(categories),
            "slugified_categories": "/".join(map(slugified, categories)),
            **_of_day(written),
        }

    def _categories(self, place: PagePlace, told: FrontFacts) -> tuple[str, ...]:
        """Categories of a post: folders above `_posts`, then its own."""
        above = place.root.folder.removeprefix(self.folder).strip("/").split("/")[:-1]
        above = above if place.root.kind != "pages" else []
        return tuple(dict.fromkeys(one.lower() for one in (*above, *told.categories) if one))


def _of_day(written: str) -> Mapping[str, str]:
    try:
        when = date.fromisoformat(written)
    except ValueError:
        return {}
    return {
        "year": f"{when:%Y}",
        "short_year": f"{when:%y}",
        "month": f"{when:%m}",
        "i_month": str(when.month),
        "short_month": f"{when:%b}",
        "long_month": f"{when:%B}",
        "day": f"{when:%d}",
        "i_day": str(when.day),
        "y_day": f"{when:%j}",
        "week": f"{when:%V}",
        "w_year": f"{when:%G}",
        "w_day": f"{when:%u}",
        "short_day": f"{when:%a}",
        "long_day": f"{when:%A}",
    }


def slugified(words: str) -> str:
    return NOT_IN_SLUG.sub("-", words.replace("_", "-").lower()).strip("-")


def defaults_of(config: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Scopes of front matter's defaults that give a permalink."""
    written = config.get("defaults")
    found = []
    for one in written if isinstance(written, tuple | list) else ():
        if isinstance(one, Mapping) and (pattern := front.first_text(one, "values.permalink")):
            path, kind = front.first_text(one, "scope.path"), front.first_text(one, "scope.type")
            found.append((path.strip("/"), kind, pattern))
    return tuple(found)
