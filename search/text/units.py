"""Units of a document: the smallest parts that answer by themselves. Pure.

A unit is what is scored against a query; what is shown of it may be more: steps are shown whole, a
row with its column heads, an item under its lead-in. `shown` joins units into what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from search.model import Document, LayoutBlock
from search.text.characters.composition import spoken
from search.text.layout import blocks, split_sentences

MAX_UNIT_CHARS = 400
"""Of what is scored at once: about 100 tokens of English, 120 of Russian."""
MAX_READING_CHARS = 800
"""Of a unit's text that encoder and reader see: more than the reader has room for."""
MAX_STEPS_CHARS = 1500
"""Longer steps are never shown, only linked to: half an instruction is a wrong one."""
MAX_ROWS = 3

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Unit:
    """Parts `first` to `end` of a block, numbered from 0 in its document."""

    block: int
    first: int
    end: int


@dataclass(frozen=True)
class DocumentUnits:
    """Blocks of a document in page order, the first holding its summary if there is one."""

    title: str
    blocks: tuple[LayoutBlock, ...]
    units: tuple[Unit, ...]
    has_summary: bool = False

    @property
    def is_bare(self) -> bool:
        """True when there is no text that says more than the title."""
        said = set(_WORD.findall(spoken(self.title).casefold()))
        return all(said.issuperset(_WORD.findall(_said(block))) for block in self.blocks)

    def block(self, number: int) -> LayoutBlock:
        """Block that a unit is part of."""
        return self.blocks[self.units[number].block]

    def is_opening(self, number: int) -> bool:
        """True for the summary and for what is said or cited above the first heading."""
        return self.is_opening_block(self.units[number].block)

    def is_opening_block(self, place: int) -> bool:
        """The same of a block by its place."""
        block = self.blocks[place]
        return not block.headings and block.kind in {"paragraph", "callout", "code"}

    def reading(self, number: int) -> str:
        """Text of a unit as encoder and reader see it, under title and headings."""
        unit = self.units[number]
        block = self.blocks[unit.block]
        path = " › ".join((self.title, *block.headings))
        return spoken(f"{path}\n{unit_text(block, unit)}")[:MAX_READING_CHARS]


def _said(block: LayoutBlock) -> str:
    return spoken(" ".join((block.lead, block.title, *block.parts))).casefold()


def document_units(document: Document) -> DocumentUnits:
    """Split a document; one without any text has no units."""
    found = [_in_sentences(block) for block in blocks(document.html)]
    if document.summary:
        summary = _in_sentences(LayoutBlock("paragraph", "", (), (document.summary,)))
        found.insert(0, summary)
    units = [unit for number, block in enumerate(found) for unit in _units(number, block)]
    return DocumentUnits(document.title, tuple(found), tuple(units), bool(document.summary))


def unit_text(block: LayoutBlock, unit: Unit) -> str:
    """Text that is scored: a row beside its heads, a term before its definition."""
    parts = block.parts[unit.first : unit.end]
    if block.kind == "table":
        rows = (row for part in parts for row in part.split("\n"))
        body = "\n".join(_row_text(block, row) for row in rows)
    else:
        body = (" " if block.kind == "paragraph" else "\n").join(parts).replace("\t", "")
    above = (text for text in (block.lead, block.title) if text)
    return "\n".join((*above, body))


def unit_span(block: LayoutBlock, unit: Unit) -> str:
    """Text of a unit as it stands on the page, without what stands above it."""
    parts = block.parts[unit.first : unit.end]
    return (" " if block.kind == "paragraph" else "\n").join(parts).replace("\t", " ").strip()


def _row_text(block: LayoutBlock, row: str) -> str:
    cells = row.split("\t")
    heads = block.head if len(block.head) == len(cells) else ("",) * len(cells)
    pairs = zip(heads, cells, strict=True)
    return " | ".join(f"{head}: {cell}" if head else cell for head, cell in pairs if cell)


def _in_sentences(block: LayoutBlock) -> LayoutBlock:
    """A long paragraph by its sentences, each of which may be quoted."""
    if block.kind != "paragraph" or len(block.parts[0]) <= MAX_UNIT_CHARS:
        return block
    return replace(block, parts=tuple(split_sentences(block.parts[0])))


def _units(number: int, block: LayoutBlock) -> Iterator[Unit]:
    """Units of one block: runs of its parts, each as long as fits."""
    least = 1 if block.kind in {"table", "definition"} else MAX_UNIT_CHARS
    whole = sum(map(len, block.parts)) <= MAX_UNIT_CHARS and len(block.parts) <= MAX_ROWS
    first, size = 0, 0
    for place, part in enumerate(block.parts):
        if place > first and size + len(part) > (MAX_UNIT_CHARS if whole else least):
            yield Unit(number, first, place)
            first, size = place, 0
        size += len(part)
    yield Unit(number, first, len(block.parts))
