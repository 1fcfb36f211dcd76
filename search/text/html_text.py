"""Visible text of rendered HTML: headings and sections. Pure.

Reads only the canonical HTML that `kb.content.sanitize.to_html` writes (quoted attributes, every
`<` and `>` of the text escaped), so one pass of a small tokenizer is enough. Knows no Markdown.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

BlockKind = Literal["text", "code", "list_item", "table_row"]


@dataclass(frozen=True)
class Heading:
    """A heading of a page; `level` is 2 to 6, `anchor` its id."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Block:
    """A run of visible text that stands on lines of its own.

    Whitespace is collapsed except in code. Cells of a table row are separated by one space.
    """

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class Section:
    """Text under one heading, up to the next heading of any level.

    `headings` is the path of headings, outermost first, this section's own last; empty, with an
    empty `anchor`, for what comes before the first heading. Text of a footnote belongs to the
    section that refers to it first.
    """

    anchor: str
    headings: tuple[str, ...]
    blocks: tuple[Block, ...]


TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[^\s=<>"]+(?:="[^"]*")?)*)\s*/?>|([^<]+|<)')
ATTRIBUTE = re.compile(r'([^\s=>"]+)(?:="([^"]*)")?')
HEADING_TAGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
BLOCK_TAGS = frozenset(
    "p div li ul ol dl dt dd pre table thead tbody tfoot tr blockquote details summary hr "
    "figure figcaption caption h1 h2 h3 h4 h5 h6".split()
)
CELL_TAGS = frozenset({"td", "th"})
FOOTNOTE_MARKS = frozenset({"footnote-ref", "footnote-backref"})
SPACES = re.compile(r"\s+")


class _Token(NamedTuple):
    tag: str = ""
    """Empty for text."""
    is_end: bool = False
    attributes: str = ""
    text: str = ""

    def get(self, name: str) -> str:
        for key, value in ATTRIBUTE.findall(self.attributes):
            if key == name:
                return html_entities.unescape(value)
        return ""


def _tokens(html: str) -> Iterator[_Token]:
    for match in TOKEN.finditer(html):
        slash, tag, attributes, text = match.groups()
        if text is not None:
            yield _Token(text=html_entities.unescape(text))
        else:
            yield _Token(tag, slash == "/", attributes)


def headings(html: str) -> tuple[Heading, ...]:
    """The headings that have an anchor, in order."""
    return _read(html)[0]


def sections(html: str) -> tuple[Section, ...]:
    """Visible text by heading, in order; sections without text are left out.

    The text of collapsible details counts as visible; alternative texts, attributes and footnote
    marks do not.
    """
    return _read(html)[1]


@lru_cache(maxsize=1)
def _read(html: str) -> tuple[tuple[Heading, ...], tuple[Section, ...]]:
    """Headings and sections, which are asked for one after the other."""
    reader = _Reader()
    reader.read(html)
    found = (Section(it.anchor, it.path, tuple(it.blocks)) for it in reader.parts if it.blocks)
    return tuple(reader.headings), tuple(found)


@dataclass
class _Part:
    anchor: str
    path: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)


class _Reader:
    """Walks the tokens once, collecting text until a block-level tag closes the run."""

    def __init__(self) -> None:
        self.parts = [_Part("", ())]
        self.headings: list[Heading] = []
        self._run: list[str] = []
        self._open: list[Heading] = []
        """Headings above the current section, outermost first."""
        self._heading: Heading | None = None
        self._depth = {"pre": 0, "li": 0, "dl": 0, "tr": 0}
        self._is_in_mark = False
        self._footnote_homes: dict[str, _Part] = {}
        self._note: _Part | None = None

    def read(self, html: str) -> None:
        for token in _tokens(html):
            if not token.tag:
                if not self._is_in_mark:
                    self._run.append(token.text)
            elif token.is_end:
                self._end(token)
            else:
                self._start(token)
        self._flush()

    def _start(self, token: _Token) -> None:
        tag = token.tag
        if tag in CELL_TAGS or tag == "br":
            self._run.append("\n" if self._depth["pre"] else " ")
        elif tag == "a" and token.get("class") in FOOTNOTE_MARKS:
            self._mark(token)
        elif tag in BLOCK_TAGS and not (self._depth["tr"] and tag != "tr"):
            self._flush()
        if tag in self._depth:
            self._depth[tag] += 1
        if tag in HEADING_TAGS and (anchor := token.get("id")):
            self._heading = Heading(int(tag[1]), anchor, "")
        elif tag == "li" and token.get("id").startswith("fn:"):
            self._note = self._footnote_homes.get(token.get("id"))

    def _end(self, token: _Token) -> None:
        tag = token.tag
        if tag == "a":
            self._is_in_mark = False
        elif tag in HEADING_TAGS and self._heading:
            self._enter(self._heading)
        elif tag in CELL_TAGS:
            self._run.append(" ")
        elif tag in BLOCK_TAGS and not (self._depth["tr"] and tag != "tr"):
            self._flush()
        if self._depth.get(tag):
            self._depth[tag] -= 1
        if tag == "ol":
            self._note = None

    def _mark(self, token: _Token) -> None:
        self._is_in_mark = True
        if token.get("class") == "footnote-ref":
            self._footnote_homes.setdefault(token.get("href").removeprefix("#"), self.parts[-1])

    def _enter(self, opened: Heading) -> None:
        """Begin the section of a heading whose text has just been read."""
        heading = Heading(opened.level, opened.anchor, _collapse("".join(self._run)))
        self._run.clear()
        self._heading = None
        self.headings.append(heading)
        self._open = [above for above in self._open if above.level < heading.level]
        self._open.append(heading)
        self.parts.append(_Part(heading.anchor, tuple(above.text for above in self._open)))

    def _flush(self) -> None:
        text = "".join(self._run)
        self._run.clear()
        kind = self._kind()
        text = text.strip("\n") if kind == "code" else _collapse(text)
        if text.strip():
            (self._note or self.parts[-1]).blocks.append(Block(kind, text))

    def _kind(self) -> BlockKind:
        if self._depth["pre"]:
            return "code"
        if self._depth["tr"]:
            return "table_row"
        if self._depth["li"] or self._depth["dl"]:
            return "list_item"
        return "text"


def _collapse(text: str) -> str:
    return SPACES.sub(" ", text).strip()
