"""The words of units as they are written: which units hold a query's words, without reading them.

Looking through the units of all first hits is a good part of a search; those of documents that are
read again and again are split once.
"""

from __future__ import annotations

from functools import lru_cache, partial

from search.answers.unit_index import UnitIndex
from search.text.units import DocumentUnits, unit_text
from search.text.words import runs

KEPT_DOCUMENTS = 128
"""As serving keeps them: of 15 units each they are about six megabytes."""


class UnitWords:
    """Words of the units of one generation's documents. Thread-safe."""

    def __init__(self, units: UnitIndex, kept: int) -> None:
        # Not a method of this object: a cache that held it would keep the generation open.
        self.written = lru_cache(maxsize=kept)(partial(_written, units))


def _written(units: UnitIndex, document: int) -> tuple[frozenset[str], ...]:
    """Letters and digits in a row of each unit and the heading above it, folded."""
    found = units.units(document)
    return tuple(frozenset(runs(headed_text(found, n))) for n in range(len(found.units)))


def headed_text(units: DocumentUnits, number: int) -> str:
    """Text of a unit below its heading."""
    unit = units.units[number]
    block = units.blocks[unit.block]
    return "\n".join((*block.headings[-1:], unit_text(block, unit)))
