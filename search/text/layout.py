"""A page's HTML as blocks that can be laid out again as what they are. Pure.

A block keeps the structure that a quotation needs: steps their numbers, rows their column heads, a
callout its title, a definition its term. Text is visible text, as it stands on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from search.text.html_text import HEADING_TAGS
from search.text.html_tree import Element, parse, raw_text, visible_text

LayoutKind = Literal["paragraph", "steps", "list", "table", "callout", "definition", "code"]

INLINE_TAGS = frozenset(
    "a abbr b bdi br code del em i img ins kbd mark q s samp small strong sub sup u var".split()
)
LISTS = frozenset({"ol", "ul"})
END = Element("")
"""Mark of where a block ends."""


@dataclass(frozen=True)
class LayoutBlock:
    """A part of a page that is laid out in one way.

    `parts` are what may be quoted by itself: the paragraph, items, rows (cells joined by a tab),
    lines of a callout's body, a definition's description; never empty. `lead` stands above them
    and belongs to them: the sentence that introduces a list, table or code ("" for none).
    """

    kind: LayoutKind
    anchor: str
    """Id of the heading above, "" before the first."""
    headings: tuple[str, ...]
    """Path of headings, outermost first; the summary of folded details counts as one."""
    parts: tuple[str, ...]
    lead: str = ""
    title: str = ""
    """Title of a callout, term of a definition."""
    head: tuple[str, ...] = ()
    """Column heads of a table."""
    start: int = 1
    """Number of the first step."""


def blocks(html: str) -> tuple[LayoutBlock, ...]:
    """Blocks of a page in order; a sentence that ends in a colon joins what it introduces."""
    return tuple(_with_leads(_Reader().read(parse(html))))


class _Reader:
    """Walks the elements of a page, remembering the headings above."""

    def __init__(self) -> None:
        self._anchor = ""
        self._open: list[tuple[int, str]] = []
        """Level and text of the headings above."""

    def read(self, element: Element) -> Iterator[LayoutBlock]:
        """Blocks of everything in an element; text that stands loose is a paragraph."""
        loose: list[Element | str] = []
        for child in element.children:
            if isinstance(child, str) or child.tag in INLINE_TAGS:
                loose.append(child)
                continue
            yield from self._paragraph(Element("p", children=loose))
            loose = []
            yield from self._block(child)
        yield from self._paragraph(Element("p", children=loose))

    def _block(self, element: Element) -> Iterator[LayoutBlock]:
        tag, classes = element.tag, element.attributes.get("class", "")
        if tag in HEADING_TAGS:
            self._enter(int(tag[1]), visible_text(element), element.attributes.get("id", ""))
        elif tag == "p":
            yield from self._paragraph(element)
        elif tag in LISTS:
            yield from self._list(element)
        elif tag == "table":
            yield from self._table(element)
        elif tag == "pre":
            yield from self._made("code", (raw_text(element),))
        elif tag == "dl":
            yield from self._definitions(element)
        elif tag == "details":
            yield from self._details(element)
        elif classes.startswith("callout"):
            yield from self._callout(element)
        elif classes == "footnote":
            yield from self._footnotes(element)
        elif tag not in {"hr", "figure"}:
            yield from self.read(element)

    def _enter(self, level: int, text: str, anchor: str) -> None:
        self._open = [above for above in self._open if above[0] < level]
        self._open.append((level, text))
        self._anchor = anchor or self._anchor

    def _made(
        self,
        kind: LayoutKind,
        parts: tuple[str, ...],
        *,
        title: str = "",
        head: tuple[str, ...] = (),
        start: int = 1,
    ) -> Iterator[LayoutBlock]:
        parts = tuple(part for part in parts if part.strip())
        if parts:
            headings = tuple(text for _, text in self._open)
            yield LayoutBlock(
                kind, self._anchor, headings, parts, title=title, head=head, start=start
            )

    def _paragraph(self, element: Element) -> Iterator[LayoutBlock]:
        yield from self._made("paragraph", (visible_text(element),))

    def _list(self, element: Element) -> Iterator[LayoutBlock]:
        items = tuple(_item_text(item) for item in element.elements if item.tag == "li")
        if element.tag == "ul":
            yield from self._made("list", items)
            return
        start = element.attributes.get("start", "1")
        yield from self._made("steps", items, start=int(start) if start.isdecimal() else 1)

    def _table(self, element: Element) -> Iterator[LayoutBlock]:
        rows = [row for part in element.elements for row in _rows(part)]
        head: tuple[str, ...] = ()
        if rows and all(cell.tag == "th" for cell in rows[0].elements):
            head = tuple(visible_text(cell) for cell in rows.pop(0).elements)
        texts = ("\t".join(visible_text(cell) for cell in row.elements) for row in rows)
        yield from self._made("table", tuple(texts), head=head)

    def _definitions(self, element: Element) -> Iterator[LayoutBlock]:
        term = ""
        for child in element.elements:
            if child.tag == "dt":
                term = visible_text(child)
            else:
                yield from self._made("definition", _lines(child), title=term)

    def _details(self, element: Element) -> Iterator[LayoutBlock]:
        """What is folded stands under its summary as under a heading."""
        outside = list(self._open)
        rest = Element("div", children=list(element.children))
        for child in element.elements:
            if child.tag == "summary":
                self._open.append((len("h2345678"), visible_text(child)))
                rest.children.remove(child)
                break
        yield from self.read(rest)
        self._open = outside

    def _callout(self, element: Element) -> Iterator[LayoutBlock]:
        title = ""
        body: list[str] = []
        for child in element.elements:
            if child.attributes.get("class") == "callout-title":
                title = visible_text(child)
            else:
                body.extend(_lines(child))
        yield from self._made("callout", tuple(body), title=title)

    def _footnotes(self, element: Element) -> Iterator[LayoutBlock]:
        self._open, self._anchor = [], ""
        for notes in element.elements:
            for note in notes.elements:
                yield from self._made("paragraph", (visible_text(note),))


def _rows(part: Element) -> Iterator[Element]:
    if part.tag == "tr":
        yield part
    else:
        yield from (row for row in part.elements if row.tag == "tr")


def _item_text(item: Element) -> str:
    return "\n".join(_lines(item))


def _lines(element: Element) -> tuple[str, ...]:
    """Text of an element, a line for each block in it."""
    found: list[str] = []
    loose: list[Element | str] = []

    def flush() -> None:
        if text := visible_text(Element("p", children=loose)):
            found.append(text)
        loose.clear()

    waiting: list[Element | str] = list(reversed(element.children))
    while waiting:
        taken = waiting.pop()
        if isinstance(taken, str) or taken.tag in INLINE_TAGS:
            loose.append(taken)
            continue
        flush()
        if taken is END:
            continue
        if taken.tag == "pre":
            found.extend(line for line in (raw_text(taken),) if line.strip())
        elif taken.tag == "tr":
            found.append(" ".join(visible_text(cell) for cell in taken.elements))
        else:
            waiting.extend(reversed([*taken.children, END]))
    flush()
    return tuple(found)


def _with_leads(found: Iterator[LayoutBlock]) -> Iterator[LayoutBlock]:
    """Join a paragraph that introduces to what it introduces."""
    lead: LayoutBlock | None = None
    for block in found:
        if lead is None:
            pass
        elif block.kind not in {"paragraph", "definition"} and block.headings == lead.headings:
            block = replace(block, lead=lead.parts[0])
        else:
            yield lead
        lead = None
        if block.kind == "paragraph" and block.parts[0].endswith((":", "：")):
            lead = block
        else:
            yield block
    if lead:
        yield lead
