"""Rendered HTML as a tree of elements. Pure.

Reads only the canonical HTML that `kb.content.sanitize.to_html` writes, whose tags nest.
"""

from __future__ import annotations

import html as html_entities
from collections.abc import Iterator
from dataclasses import dataclass, field

from search.text.html_text import ATTRIBUTE, SPACES, TOKEN

VOID_TAGS = frozenset({"br", "hr", "img"})
FOOTNOTE_MARKS = frozenset({"footnote-ref", "footnote-backref"})


@dataclass
class Element:
    """A tag with what stands inside it; text is a string."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Element]:
        return (child for child in self.children if isinstance(child, Element))


def parse(html: str) -> Element:
    """Read a page's HTML into an element without a name of its own. Takes linear time."""
    root = Element("")
    path = [root]
    for match in TOKEN.finditer(html):
        slash, tag, attributes, text = match.groups()
        if text is not None:
            path[-1].children.append(html_entities.unescape(text))
        elif slash:
            _close(path, tag)
        else:
            found = {key: html_entities.unescape(value) for key, value in _pairs(attributes)}
            element = Element(tag, found)
            path[-1].children.append(element)
            if tag not in VOID_TAGS:
                path.append(element)
    return root


def visible_text(node: Element | str) -> str:
    """Text of a node in one line: white space collapsed, without the marks of footnotes."""
    return SPACES.sub(" ", "".join(_texts(node))).strip()


def raw_text(node: Element | str) -> str:
    """Text of a node with its white space: code."""
    return "".join(_texts(node)).strip("\n")


def _texts(node: Element | str) -> Iterator[str]:
    """Pieces of text; walks without recursion, as pages may nest as deep as they like."""
    waiting: list[Element | str] = [node]
    while waiting:
        taken = waiting.pop()
        if isinstance(taken, str):
            yield taken
        elif taken.tag == "br":
            yield " "
        elif taken.attributes.get("class") not in FOOTNOTE_MARKS:
            waiting.extend(reversed(taken.children))


def _pairs(attributes: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = ATTRIBUTE.findall(attributes)
    return found


def _close(path: list[Element], tag: str) -> None:
    """Close the innermost open `tag`. Canonical HTML closes only what is open."""
    if len(path) > 1 and path[-1].tag == tag:
        path.pop()
