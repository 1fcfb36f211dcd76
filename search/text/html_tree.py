"""Rendered HTML as a tree of elements. Pure.

Reads only the canonical HTML that `kb.content.sanitize.to_html` writes, whose tags nest.
"""

from __future__ import annotations

import html as html_entities
from collections.abc import Iterator
from dataclasses import dataclass, field

from search.text.html_text import ATTRIBUTE, FOOTNOTE_MARKS, SPACES, TOKEN

VOID_TAGS = frozenset({"br", "hr", "img", "input"})
INLINE_TAGS = frozenset(
    "a abbr b bdi br code del em i img input ins kbd label mark q s samp small strong sub sup u "
    "var".split()
)
"""All others stand on lines of their own."""


@dataclass(eq=False)
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
    return SPACES.sub(" ", "".join(_texts(node, line_break=" "))).strip()


def raw_text(node: Element | str) -> str:
    """Text of a node with its white space: code."""
    return "".join(_texts(node, line_break="\n")).strip("\n")


def descendants(node: Element) -> Iterator[Element]:
    """Elements inside a node in page order; walks without recursion, however deep they nest."""
    waiting = [*reversed(node.children)]
    while waiting:
        taken = waiting.pop()
        if isinstance(taken, Element):
            yield taken
            waiting.extend(reversed(taken.children))


def _texts(node: Element | str, *, line_break: str) -> Iterator[str]:
    """Pieces of text, apart where a block begins or ends inside the node."""
    waiting: list[Element | str] = [node]
    while waiting:
        taken = waiting.pop()
        if isinstance(taken, str):
            yield taken
        elif taken.tag == "br":
            yield line_break
        elif taken.attributes.get("class") in FOOTNOTE_MARKS:
            continue
        elif taken is node or taken.tag in INLINE_TAGS:
            waiting.extend(reversed(taken.children))
        else:
            waiting.extend((line_break, *reversed(taken.children), line_break))


def _pairs(attributes: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = ATTRIBUTE.findall(attributes)
    return found


def _close(path: list[Element], tag: str) -> None:
    """Close the innermost open `tag`. Canonical HTML closes only what is open."""
    if len(path) > 1 and path[-1].tag == tag:
        path.pop()
