"""Facts of a page from its front matter, by the keys that any of the known systems uses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.content.model import ArticleStatus
from kb.imports.formats.front import first_text, is_false, is_true, text_of, texts_of, whole_number

TITLE = ("title",)
LABEL = ("linkTitle", "sidebar_label", "nav_title", "name", "sidebar.label")
"""Shorter ones, for menus."""
SUMMARY = ("description", "summary", "excerpt", "abstract", "lead", "subtitle", "intro")
UPDATED = (
    *("updated", "last_update.date", "lastUpdated", "lastmod", "last_modified_at", "updated_at"),
    *("modified", "date_modified", "dateModified", "date"),
)
ORDER = (
    "sidebar_position",
    "sidebar.order",
    "weight",
    "nav_order",
    "order",
    "position",
    "menu.main.weight",
)
TAGS = ("tags", "keywords", "labels")
OLD_PATHS = ("permalink", "url", "redirect_from", "redirects")
USED = frozenset((*TITLE, *LABEL, *SUMMARY, *UPDATED, *ORDER, *TAGS, *OLD_PATHS)) | frozenset(
    "draft published publish status unlisted slug aliases id lang locale language last_update"
    " sidebar type layout category categories".split()
)
"""Keys that are read, or that say nothing to a reader here."""
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class FrontFacts:
    """Facts of a page that its front matter tells."""

    title: str
    label: str
    """By which a menu calls it; its title where it has no other."""
    summary: str
    tags: tuple[str, ...]
    status: ArticleStatus
    order: int | None
    updated: str
    date: str
    """Day under which it was published first; "" for none."""
    categories: tuple[str, ...]
    slug: str
    own_id: str
    lang: str
    old_paths: tuple[str, ...]
    has_permalink: bool
    """True where the first of them is the present address, or its pattern."""
    names: tuple[str, ...]


def facts(values: Mapping[str, Any]) -> FrontFacts:
    """The facts; keys of other systems are read alike."""
    aliases = texts_of(values.get("aliases")) or texts_of(values.get("alias"))
    old_paths = [one for key in OLD_PATHS for one in texts_of(values.get(key))]
    old_paths += [one for one in aliases if one.startswith("/")]
    tags = dict.fromkeys(tag.lstrip("#") for key in TAGS for tag in texts_of(values.get(key)))
    return FrontFacts(
        title=first_text(values, *TITLE),
        label=first_text(values, *LABEL),
        summary=first_text(values, *SUMMARY),
        tags=tuple(tags),
        status=_status(values),
        order=whole_number(values, *ORDER),
        updated=day(first_text(values, *UPDATED)),
        date=day(first_text(values, "date", "publishDate")),
        categories=_categories(values),
        slug=text_of(values.get("slug")),
        own_id=text_of(values.get("id")),
        lang=first_text(values, "lang", "locale", "language"),
        old_paths=tuple(old_paths),
        has_permalink=bool(texts_of(values.get(OLD_PATHS[0]))),
        names=tuple(one for one in aliases if not one.startswith("/")),
    )


def unused(values: Mapping[str, Any], counted: Counter[str]) -> None:
    """Count the keys that are not carried over."""
    counted.update(key for key in values if key not in USED)


def day(text: str) -> str:
    """The day that a date or time begins with, as 2026-11-30; "" for none."""
    match = DAY.match(text[:40])
    if not match:
        return ""
    year, month, number = (int(part) for part in match.groups())
    return f"{year:04}-{month:02}-{number:02}" if 1 <= month <= 12 and 1 <= number <= 31 else ""


def _categories(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Categories as Jekyll reads them: a list, or words between spaces."""
    if one := text_of(values.get("category")):
        return (one,)
    written = values.get("categories")
    return tuple(written.split()) if isinstance(written, str) else texts_of(written)


def _status(values: Mapping[str, Any]) -> ArticleStatus:
    if is_true(values, "draft") or is_true(values, "unlisted"):
        return "draft"
    if is_false(values, "published") or is_false(values, "publish"):
        return "draft"
    name = text_of(values.get("status")).lower()
    if name in ("draft", "unpublished", "archived", "notpublished", "pending", "review"):
        return "draft"
    return "internal" if name in ("internal", "private") else "published"
