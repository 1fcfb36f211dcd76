"""Units of a generation's documents: a line of JSON each, read when a query wants them.

Units of 25,000 documents would fill a serving process; those of the documents that are read are
kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from search.model import LayoutBlock
from search.text.units import DocumentUnits, Unit

UNITS = "units.jsonl"
KEPT_DOCUMENTS = 512


def units_bytes(documents: Iterable[DocumentUnits]) -> bytes:
    """Content of UNITS, in the order of the documents."""
    return b"".join(_line(document) for document in documents)


class UnitStore:
    """Reads UNITS. Safe for many threads; raises OSError, ValueError when the file is not whole."""

    def __init__(self, path: Path, count: int) -> None:
        self._content = np.memmap(path, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        ends = np.flatnonzero(self._content == ord("\n")) + 1
        if len(ends) != count:
            raise ValueError(f"{path} holds units of {len(ends)} documents, not of {count}")
        self._ends = [0, *ends.tolist()]
        self.document = lru_cache(maxsize=KEPT_DOCUMENTS)(self._read)

    def _read(self, number: int) -> DocumentUnits:
        line = self._content[self._ends[number] : self._ends[number + 1]].tobytes()
        return document_units_of(json.loads(line))


def read_all(path: Path) -> list[DocumentUnits]:
    """Units of all documents, in order; for building on a generation."""
    return [document_units_of(json.loads(line)) for line in path.read_bytes().splitlines()]


def _line(document: DocumentUnits) -> bytes:
    row = [
        document.title,
        document.has_summary,
        [
            [b.kind, b.anchor, b.headings, b.parts, b.lead, b.title, b.head, b.start, b.tone]
            for b in document.blocks
        ],
        [[unit.block, unit.first, unit.end] for unit in document.units],
    ]
    # Escaped, so that no text holds a line's end and any text at all can be kept.
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def document_units_of(row: Sequence[Any]) -> DocumentUnits:
    """Read one line's JSON."""
    title, has_summary, blocks, units = row
    return DocumentUnits(
        title, tuple(map(_block, blocks)), tuple(Unit(*unit) for unit in units), has_summary
    )


def _block(row: Sequence[Any]) -> LayoutBlock:
    kind, anchor, headings, parts, lead, title, head, start, tone = row
    path, texts, heads = tuple(headings), tuple(parts), tuple(head)
    return LayoutBlock(kind, anchor, path, texts, lead, title, heads, start, tone)
