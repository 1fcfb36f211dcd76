"""Units joined into what a reader sees: exact spans of one document, in page order. Pure.

Nothing is put together inside a span or left out of it. Steps come whole with the sentence that
introduces them, a row with its column heads, a callout with its title, a definition with its term;
nothing is said twice, and nothing begins in the middle of a thought.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.text.languages import anaphors
from search.text.layout import LayoutBlock
from search.text.units import MAX_ROWS, MAX_STEPS_CHARS, DocumentUnits, Unit

MAX_CHARS = 700
"""Of all that is no steps and no table."""
MAX_SPANS = 3
WHOLE_LIST_CHARS = 400
"""A list that is no longer is shown whole."""
REPEATED = 0.75
"""Share of a span's words from which on it counts as said already."""

_WORD = re.compile(r"[^\W_]+")

Parts = frozenset[int]


@dataclass(frozen=True)
class Quotation:
    """Blocks of one document with the parts that are shown, in page order; never empty."""

    blocks: tuple[LayoutBlock, ...]

    @property
    def text(self) -> str:
        return "\n".join(block_text(block) for block in self.blocks)

    @property
    def kind(self) -> str:
        """ "steps" where there are any, else "text"."""
        return "steps" if any(block.kind == "steps" for block in self.blocks) else "text"


def block_text(block: LayoutBlock) -> str:
    """Visible text of a block as it is shown, a line for each of its spans."""
    rows = (part.replace("\t", " ") for part in block.parts)
    joined = " ".join(rows) if block.kind == "paragraph" else "\n".join(rows)
    above = (block.lead, block.title, " ".join(block.head))
    return "\n".join((*filter(None, above), joined))


def quotation(
    document: DocumentUnits, chosen: Sequence[int], *, max_chars: int = MAX_CHARS
) -> Quotation | None:
    """Show units by their numbers, the most important first, as far as they fit.

    None when none of them can be shown whole.
    """
    shown: dict[int, Parts] = {}
    for number in chosen:
        if len(shown) == MAX_SPANS and document.units[number].block not in shown:
            continue
        if (grown := _with(document, shown, number, max_chars)) is not None:
            shown = grown
    if not shown:
        return None
    return Quotation(tuple(_cut(document.blocks[n], shown[n]) for n in sorted(shown)))


def _with(
    document: DocumentUnits, shown: dict[int, Parts], number: int, max_chars: int
) -> dict[int, Parts] | None:
    """What is shown, and a further unit; None when that does not fit or says nothing new."""
    unit = document.units[number]
    block = document.blocks[unit.block]
    parts = _parts(block, unit)
    if parts is None or parts <= shown.get(unit.block, frozenset()):
        return None
    added = {unit.block: parts}
    if before := _antecedent(document, unit):
        added[before.block] = frozenset(range(before.first, before.end))
    grown = dict(shown)
    for place, some in added.items():
        grown[place] = grown.get(place, frozenset()) | some
    if len(grown[unit.block]) > MAX_ROWS and block.kind == "table":
        return None
    if _is_repeated(document, shown, added):
        return None
    blocks = [_cut(document.blocks[n], some) for n, some in grown.items()]
    size = sum(len(block_text(b)) for b in blocks if b.kind not in {"steps", "table"})
    steps = sum(len(block_text(b)) for b in blocks if b.kind == "steps")
    if steps > MAX_STEPS_CHARS or (shown and size > max_chars):
        return None
    return grown if size <= max_chars else None


def _parts(block: LayoutBlock, unit: Unit) -> Parts | None:
    """Parts of its block that are shown for a unit; None when they cannot be shown whole."""
    everything = frozenset(range(len(block.parts)))
    size = len(block_text(block))
    if block.kind == "steps":
        return everything if size <= MAX_STEPS_CHARS else None
    if block.kind == "code" or (block.kind in {"list", "callout"} and size <= WHOLE_LIST_CHARS):
        return everything
    return frozenset(range(unit.first, unit.end))


def _antecedent(document: DocumentUnits, unit: Unit) -> Unit | None:
    """The unit before one that begins with a word like "it" or "then", in the same section."""
    block = document.blocks[unit.block]
    if block.lead or block.kind != "paragraph":
        return None
    first = _WORD.search(block.parts[unit.first])
    if not first or first.group().casefold() not in anaphors():
        return None
    place = document.units.index(unit)
    before = document.units[place - 1] if place else None
    if before is None or document.blocks[before.block].kind != "paragraph":
        return None
    is_same = document.blocks[before.block].headings == block.headings
    return before if is_same else None


def _is_repeated(document: DocumentUnits, shown: dict[int, Parts], added: dict[int, Parts]) -> bool:
    """True when most words of what is added are shown already: a summary, its first paragraph."""
    said = {w for n, parts in shown.items() for w in _words(_cut(document.blocks[n], parts))}
    new = {w for n, parts in added.items() for w in _words(_cut(document.blocks[n], parts))}
    return bool(said) and len(new & said) >= REPEATED * len(new)


def _words(block: LayoutBlock) -> set[str]:
    return set(_WORD.findall(block_text(block).casefold()))


def _cut(block: LayoutBlock, parts: Parts) -> LayoutBlock:
    return replace(block, parts=tuple(block.parts[n] for n in sorted(parts)))
