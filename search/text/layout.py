"""A page's HTML as blocks that can be laid out again as what they are. Pure.

A block keeps the structure that a quotation needs: steps their numbers, rows their column heads, a
callout its title, a definition its term. Text is visible text, as it stands on the page; captions
of pictures and tables of contents are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from search.model import LayoutBlock, LayoutKind, Tone
from search.text.html_text import HEADING_TAGS
from search.text.html_tree import INLINE_TAGS, Element, descendants, parse, raw_text, visible_text
from search.text.tables import table

TONES: dict[str, Tone] = {
    "callout callout-note": "note",
    "callout callout-careful": "careful",
    "callout callout-danger": "danger",
}
BLOCK_TAGS = HEADING_TAGS | {"p", "ul", "ol", "table", "pre", "dl"}
SILENT_TAGS = frozenset({"hr", "figcaption"})
COLONS = (":", "：")
"""A paragraph that ends in one introduces what follows."""
FOLD_LEVEL = 7
"""Of the summary of folded details, which counts as a heading below all others."""
MAX_HEADINGS = 9
"""More than real pages nest: six levels and folds in folds."""
MAX_TABS = 3
"""Before lines of lists in lists."""
MAX_LEAD_CHARS = 400
"""Of a longer paragraph only the last sentence introduces what follows."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?<!\s\w\.)(?<!\.\w\.)(?<!\bул\.)(?<!\bсм\.)(?<!\bим\.)\s+(?=[^\W_a-zа-я]|[«“\"(])"
)


def blocks(html: str) -> tuple[LayoutBlock, ...]:
    """Blocks of a page in order; a sentence that ends in a colon joins what it introduces."""
    return tuple(_with_leads(_Layout().read(parse(html))))


def split_sentences(text: str) -> list[str]:
    """Sentences of a text; most abbreviations and initials end none."""
    return _SENTENCE_END.split(text)


@dataclass(frozen=True)
class _End:
    """Mark of where an element ends, with the headings that are open again behind it."""

    headings: tuple[tuple[int, str], ...] | None = None
    is_of_list: bool = False


_Place = tuple[str, tuple[tuple[int, str], ...]]
"""Anchor, and level and text of the headings above."""


class _Layout:
    """Walks the elements of a page, remembering the headings above. Takes linear time."""

    def __init__(self) -> None:
        self._anchor = ""
        self._open: tuple[tuple[int, str], ...] = ()
        """Level and text of the headings above."""
        self._homes: dict[str, _Place] = {}
        """Id of each footnote → the place that refers to it first."""

    def read(self, page: Element) -> Iterator[LayoutBlock]:
        """Blocks of everything on a page; text that stands loose is a paragraph."""
        loose: list[Element | str] = []
        waiting: list[Element | str | _End] = [*reversed(page.children)]
        while waiting or loose:
            taken = waiting.pop() if waiting else _End()
            if isinstance(taken, str) or (isinstance(taken, Element) and taken.tag in INLINE_TAGS):
                loose.append(taken)
                continue
            if loose:
                yield from self._block(Element("p", children=loose))
                loose = []
            if isinstance(taken, _End):
                self._open = self._open if taken.headings is None else taken.headings
            elif _is_block(taken):
                yield from self._block(taken)
            elif taken.tag not in SILENT_TAGS:
                waiting.extend(reversed(self._inside(taken)))

    def _inside(self, element: Element) -> list[Element | str | _End]:
        """Everything in an element; what is folded stands under its summary as under a heading."""
        if element.tag != "details":
            return [*element.children, _End()]
        outside = self._open
        summary = next((child for child in element.elements if child.tag == "summary"), None)
        if summary:
            self._open = (*outside[: MAX_HEADINGS - 1], (FOLD_LEVEL, visible_text(summary)))
        return [*(child for child in element.children if child is not summary), _End(outside)]

    def _block(self, element: Element) -> Iterator[LayoutBlock]:
        self._refer(element)
        tag = element.tag
        if tag in HEADING_TAGS:
            self._enter(int(tag[1]), visible_text(element), element.attributes.get("id", ""))
        elif tag == "p":
            yield from self._made("paragraph", (visible_text(element),))
        elif tag in {"ul", "ol"} and _is_contents(element):
            # No part is left of it, so that the sentence above it is known to introduce nothing.
            yield LayoutBlock("list", self._anchor, tuple(text for _, text in self._open), ())
        elif tag == "ul":
            yield from self._made("list", _items(element))
        elif tag == "ol":
            start = element.attributes.get("start", "1")
            number = int(start) if start.isdecimal() else 1
            yield from self._made("steps", _items(element), start=number)
        elif tag == "table":
            it = table(element)
            yield from self._made("table", it.parts, lead=it.caption, head=it.head)
        elif tag == "pre":
            yield from self._made("code", (raw_text(element),))
        elif tag == "dl":
            yield from self._definitions(element)
        elif _class(element) == "footnote":
            yield from self._footnotes(element)
        else:
            yield from self._callout(element)

    def _refer(self, element: Element) -> None:
        for inner in descendants(element):
            if _class(inner) == "footnote-ref":
                note = inner.attributes.get("href", "").removeprefix("#")
                self._homes.setdefault(note, (self._anchor, self._open))

    def _enter(self, level: int, text: str, anchor: str) -> None:
        """Begin the section of a heading; one inside of folded details stays below the summary."""
        above = [open_ for open_ in self._open if open_[0] < level or open_[0] == FOLD_LEVEL]
        self._open = (*above[: MAX_HEADINGS - 1], (level, text))
        self._anchor = anchor or self._anchor

    def _made(
        self,
        kind: LayoutKind,
        parts: Sequence[str],
        *,
        lead: str = "",
        title: str = "",
        head: tuple[str, ...] = (),
        start: int = 1,
        tone: Tone = "",
    ) -> Iterator[LayoutBlock]:
        held = tuple(part for part in parts if part.strip())
        if held:
            headings = tuple(text for _, text in self._open)
            yield LayoutBlock(kind, self._anchor, headings, held, lead, title, head, start, tone)

    def _definitions(self, element: Element) -> Iterator[LayoutBlock]:
        terms: list[str] = []
        is_told = False
        for child in _entries(element):
            if child.tag == "dt":
                terms = [visible_text(child)] if is_told else [*terms, visible_text(child)]
                is_told = False
            else:
                yield from self._made("definition", _lines(child), title="\n".join(terms))
                is_told = True

    def _callout(self, element: Element) -> Iterator[LayoutBlock]:
        title = next((it for it in element.elements if _class(it) == "callout-title"), None)
        body = Element("div", children=[it for it in element.children if it is not title])
        yield from self._made(
            "callout",
            _lines(body),
            title=visible_text(title) if title else "",
            tone=TONES[_class(element)],
        )

    def _footnotes(self, element: Element) -> Iterator[LayoutBlock]:
        """Each under the headings of the sentence that it belongs to."""
        for notes in element.elements:
            for note in notes.elements:
                home = self._homes.get(note.attributes.get("id", ""), ("", ()))
                self._anchor, self._open = home
                for line in _lines(note):
                    yield from self._made("paragraph", (line,))


def _class(node: Element | str) -> str:
    return node.attributes.get("class", "") if isinstance(node, Element) else ""


def _is_block(element: Element) -> bool:
    """True for what is laid out in one way, whatever it holds."""
    return element.tag in BLOCK_TAGS or _class(element) in {*TONES, "footnote"}


def _is_contents(element: Element) -> bool:
    """True for a list of nothing but links to places of the same page."""
    has_links = False
    waiting: list[Element | str] = [element]
    while waiting:
        taken = waiting.pop()
        if isinstance(taken, str):
            if taken.strip():
                return False
        elif taken.tag == "a" and taken.attributes.get("href", "").startswith("#"):
            has_links = True
        else:
            waiting.extend(taken.children)
    return has_links


def _items(element: Element) -> list[str]:
    return ["\n".join(_lines(item)) for item in element.elements]


def _entries(element: Element) -> Iterator[Element]:
    """Terms and descriptions of a list of definitions, those in groups too."""
    for child in element.elements:
        if child.tag in {"dt", "dd"}:
            yield child
        else:
            yield from (inner for inner in child.elements if inner.tag in {"dt", "dd"})


def _lines(element: Element) -> list[str]:
    """Text of an element, a line for each block in it, behind a tab for each list around it."""
    found: list[str] = []
    loose: list[Element | str] = []
    depth = 0
    waiting: list[Element | str | _End] = [*reversed(element.children)]
    while waiting or loose:
        taken = waiting.pop() if waiting else _End()
        if isinstance(taken, str) or (isinstance(taken, Element) and taken.tag in INLINE_TAGS):
            loose.append(taken)
            continue
        texts = [visible_text(Element("p", children=loose))]
        loose = []
        if isinstance(taken, Element) and taken.tag == "pre":
            texts.append(raw_text(taken).expandtabs(4))
        elif isinstance(taken, Element) and taken.tag == "tr":
            texts.append(visible_text(taken))
        tabs = "\t" * min(depth, MAX_TABS)
        found += (tabs + line for text in texts for line in text.split("\n") if line.strip())
        if isinstance(taken, _End):
            depth -= taken.is_of_list
        elif taken.tag not in {"pre", "tr"}:
            is_list = taken.tag in {"ul", "ol"}
            waiting.extend((_End(is_of_list=is_list), *reversed(taken.children)))
            depth += is_list
    return found


def _with_leads(found: Iterator[LayoutBlock]) -> Iterator[LayoutBlock]:
    """Join a paragraph that introduces to what it introduces; definitions have their terms."""
    lead: LayoutBlock | None = None
    for block in found:
        if lead and _takes_lead(block) and block.headings == lead.headings:
            *before, last = _lead_parts(lead.parts[0])
            if before:
                yield replace(lead, parts=(" ".join(before),))
            block = replace(block, lead=last) if block.parts else block
        elif lead:
            yield lead
        lead = None
        if not block.parts:
            continue
        if block.kind == "paragraph" and block.parts[0].endswith(COLONS):
            lead = block
        else:
            yield block
    if lead:
        yield lead


def _takes_lead(block: LayoutBlock) -> bool:
    return block.kind not in {"paragraph", "definition"} and not block.lead


def _lead_parts(text: str) -> list[str]:
    return [text] if len(text) <= MAX_LEAD_CHARS else split_sentences(text)
