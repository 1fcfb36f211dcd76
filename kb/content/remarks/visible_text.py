"""Text of a finished page by block, without code: what readers see of the author's own words.

Reads only the canonical HTML that `kb.content.sanitize.to_html` writes.
"""

from __future__ import annotations

import html as html_entities
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from search.text.html_text import TOKEN

CODE = "\ufffc"
"""In place of a code span, so that words around it do not touch."""
BLOCKS = frozenset(
    "p div li ul ol dl dt dd table thead tbody tfoot tr td th blockquote details summary hr "
    "figure figcaption caption h2 h3 h4 h5 h6 pre".split()
)
HIDDEN = frozenset({"pre", "code", "kbd", "samp"})


@dataclass(frozen=True)
class VisibleBlock:
    """A run of text with its line breaks; `tag` is the block that holds it.

    That of an item's first paragraph is the item's.
    """

    tag: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.split("\n")]


def visible_blocks(html: str) -> tuple[VisibleBlock, ...]:
    """The blocks of a page in order, empty ones left out. Linear."""
    return tuple(_blocks(html))


def _blocks(html: str) -> Iterator[VisibleBlock]:
    run: list[str] = []
    tag, opened, hidden = "", "", 0
    for match in TOKEN.finditer(html):
        slash, name, _, text = match.groups()
        if text is not None:
            run += () if hidden else (html_entities.unescape(text),)
            continue
        if name in HIDDEN:
            hidden = max(0, hidden - 1) if slash else hidden + 1
            run += () if slash else (CODE,)
        if name == "br":
            run.append("\n")
        elif name in BLOCKS:
            joined = "".join(run).strip()
            if joined.strip(CODE):
                yield VisibleBlock(tag, joined)
            run.clear()
            is_of_item = name == "p" and tag == "li" and opened == "li"
            opened = "" if slash else name
            tag = "li" if is_of_item else opened
    joined = "".join(run).strip()
    if joined.strip(CODE):
        yield VisibleBlock(tag, joined)
