"""Anchors that go on leading to their section: after a heading was renamed, and in a translation.

A heading is the same one in two versions of a page when it stands at the same place of the same
outline, or has kept its words. What cannot be known is left out: such a link opens the page at its
top. Former anchors are kept in the page's HTML, as empty elements inside the headings they lead
to, so that a link works without script and a generation carries them to the next. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

_HEADING = re.compile(r'<h[2-6] id="([\w-]+)">')
_ALIASED = re.compile(r'(<h[2-6] id="([\w-]+)">)((?:<span id="[\w-]+"></span>)+)')
_ALIAS = re.compile(r'<span id="([\w-]+)"></span>')
_PLACE = re.compile(r'<a id="([\w-]{1,120})"></a>')
_PLACES_ALONE = re.compile(r'<p>((?:<a id="[\w-]{1,120}"></a>\s?)+)</p>')
_ANY_ID = re.compile(r' id="([^"]+)"')
_ANCHOR = re.compile(r"[\w-]{1,120}")
MAX_ALIASES = 100
"""Of one page; a page rewritten for ever must not grow for ever."""


class AnchoredHeading(Protocol):
    @property
    def level(self) -> int: ...

    @property
    def anchor(self) -> str: ...


@dataclass
class _Node:
    """A heading with what stands under it; the root has neither level nor anchor."""

    level: int = 0
    anchor: str = ""
    children: list[_Node] = field(default_factory=list)


def counterparts(
    others: Sequence[AnchoredHeading], own: Sequence[AnchoredHeading]
) -> dict[str, str]:
    """Anchors of another version of a page → those of the same headings in this one.

    Headings with equal anchors are each other's. Beyond them, headings are compared among
    siblings: those between two that are known belong together, in order, when they are equally
    many. Anchors that are the same in both are left out of the result.
    """
    pairs = dict(_matched(_tree(others), _tree(own)))
    present = {heading.anchor for heading in own}
    return {other: mine for other, mine in pairs.items() if other not in present}


def renamed(
    former_html: str, former: Sequence[AnchoredHeading], present: Sequence[AnchoredHeading]
) -> dict[str, str]:
    """Anchors of another version of a page → present ones: its own, and former ones it kept."""
    moved = counterparts(former, present)
    here = {heading.anchor for heading in present}
    found = dict(moved)
    for alias, anchor in aliases_in(former_html).items():
        target = anchor if anchor in here else moved.get(anchor)
        if target and alias not in here:
            found.setdefault(alias, target)
    return found


def aliases_in(html: str) -> dict[str, str]:
    """Former anchor → anchor, of a page's HTML."""
    return {
        alias: match[2] for match in _ALIASED.finditer(html) for alias in _ALIAS.findall(match[3])
    }


def with_aliases(html: str, aliases: Mapping[str, str]) -> str:
    """The page's HTML with further anchors; those that something of the page has are left out."""
    taken = set(_ANY_ID.findall(html))
    wanted: dict[str, list[str]] = {}
    for alias, anchor in list(aliases.items())[:MAX_ALIASES]:
        if alias not in taken and _ANCHOR.fullmatch(alias):
            wanted.setdefault(anchor, []).append(alias)
            taken.add(alias)
    return _HEADING.sub(lambda match: match[0] + _spans(wanted.pop(match[1], ())), html)


def places_in(html: str) -> frozenset[str]:
    """Anchors of places that an author made, other than headings."""
    return frozenset(_PLACE.findall(html))


def with_single_places(html: str) -> str:
    """The page's HTML without places that are called as a heading or an earlier place is.

    A paragraph of nothing but places is none.
    """
    taken = {match[1] for match in _HEADING.finditer(html)}

    def kept(match: re.Match[str]) -> str:
        if match[1] in taken:
            return ""
        taken.add(match[1])
        return match[0]

    return _PLACES_ALONE.sub(r"\1", _PLACE.sub(kept, html))


def _spans(aliases: Sequence[str]) -> str:
    return "".join(f'<span id="{alias}"></span>' for alias in aliases)


def _tree(headings: Sequence[AnchoredHeading]) -> _Node:
    root = _Node()
    path = [root]
    for heading in headings:
        while path[-1].level >= heading.level:
            path.pop()
        node = _Node(heading.level, heading.anchor)
        path[-1].children.append(node)
        path.append(node)
    return root


def _matched(other: _Node, own: _Node) -> Iterator[tuple[str, str]]:
    """Pairs of anchors among the children of two headings that are the same, and below them."""
    for theirs, ours in _siblings(other.children, own.children):
        yield theirs.anchor, ours.anchor
        yield from _matched(theirs, ours)


def _siblings(others: Sequence[_Node], own: Sequence[_Node]) -> Iterator[tuple[_Node, _Node]]:
    """Equal anchors that come in the same order in both, and equally many between them."""
    places = {node.anchor: place for place, node in enumerate(own)}
    from_other, from_own = 0, 0
    fixed = [(i, places[node.anchor]) for i, node in enumerate(others) if node.anchor in places]
    for i, j in [*fixed, (len(others), len(own))]:
        if j < from_own:
            continue  # moved before another one: too much has changed around it
        if i - from_other == j - from_own:
            yield from zip(others[from_other:i], own[from_own:j], strict=True)
        if i < len(others):
            yield others[i], own[j]
        from_other, from_own = i + 1, j + 1
