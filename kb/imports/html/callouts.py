"""Callouts of help desks and their themes, known by class or colour."""

from __future__ import annotations

import re

from kb.imports.callout_kinds import NAMES, NamedCallout
from kb.imports.html.tree import HtmlNode

BOXES = frozenset("div aside section p blockquote table span".split())
MARKS = frozenset(
    "callout admonition alert notice notification infobox hint box banner panel message"
    " intercom-interblocks-callout".split()
)
"""Words of classes that make a box a callout, whatever its kind."""
ALONE = frozenset("note info tip hint warning warn attention caution danger important".split())
"""Words that make a callout of a box without any other."""
GENERAL = frozenset("callout admonition alert notice default primary secondary new".split())
"""Names that say nothing of the kind."""
TITLES = frozenset("title heading header".split())
WORD = re.compile(r"[a-z]{1,40}")
COLOUR = re.compile(r"background(?:-color)?[ ]{0,4}:[ ]{0,4}#([0-9a-fA-F]{6})")


def kind_of(node: HtmlNode) -> NamedCallout | None:
    """The kind of callout that an element is; None for any other element."""
    if node.tag not in BOXES:
        return None
    joined = node.get("class").lower()[:500]
    words = WORD.findall(joined)
    classes = set(node.classes)
    is_marked = bool(MARKS & set(words)) or "intercom-interblocks-callout" in classes
    kinds = [NAMES[word] for word in words if word in NAMES and word not in GENERAL]
    if is_marked:
        return max(kinds, key=ORDER.index) if kinds else _by_colour(node)
    if classes & ALONE and not _is_part(classes):
        return max(kinds, key=ORDER.index)
    return None


ORDER: tuple[NamedCallout, ...] = ("note", "warning", "danger")


def _is_part(classes: set[str]) -> bool:
    return any(one.endswith(("-title", "__title", "-icon")) for one in classes)


def _by_colour(node: HtmlNode) -> NamedCallout:
    match = COLOUR.search(node.get("style")[:500])
    if not match:
        return "note"
    red, green, blue = (int(match[1][at : at + 2], 16) for at in (0, 2, 4))
    if red - green > 12 and red - blue > 12 and green - blue < 25:
        return "danger"
    return "warning" if red - blue > 12 and green - blue > 8 else "note"


def is_title(node: HtmlNode) -> bool:
    """True for the part of a callout that names it."""
    return any(TITLES & set(WORD.findall(one)) for one in node.classes)
