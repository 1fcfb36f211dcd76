"""Units joined into what a reader sees: exact spans of one document, in page order. Pure.

Nothing is put together inside a span or left out of it. Steps come whole with the sentence that
introduces them, a row with its column heads, a callout with its title, a definition with its term;
nothing is said twice, and nothing begins in the middle of a thought.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from search.model import LayoutBlock, Quotation, block_text
from search.text.characters.composition import spoken
from search.text.languages import anaphors, points_ahead
from search.text.layout import COLONS
from search.text.units import MAX_ROWS, MAX_STEPS_CHARS, DocumentUnits, Unit

MAX_CHARS = 700
"""Of all that is no steps and no table."""
MAX_TABLE_CHARS = 1500
MAX_SPANS = 3
SHORT_CHARS = 250
"""What is shorter goes on with what follows in its section: a problem with its remedy."""
MOST_FOLLOWING = 3
"""Units that are tried for that."""
WHOLE_LIST_CHARS = 400
"""A list that is no longer is shown whole."""
REPEATED = 0.75
"""Share of a span's words from which on it counts as said already."""
REPEATED_OPENING = 0.5
"""The same between the summary and what else opens the article, which says it in other words.
Origin: at .5 seven of 760 cards lose a paragraph, each a true repetition, and no words that answer;
between any other spans as low a share loses some."""

LONGEST_ANAPHOR = 3
"""Words."""
LONGEST_CHAIN = 8
"""Sentences that each rest on the one before it, as far as they are followed."""

_WORD = re.compile(r"[^\W_]+")

Parts = frozenset[int]
_Shown = dict[int, Parts]
"""Number of a block → the parts of it that are shown."""


def quotation(
    document: DocumentUnits, chosen: Sequence[int], *, short: int = SHORT_CHARS
) -> Quotation | None:
    """Show units by their numbers, the most important first, as far as they fit.

    One of less than `short` characters goes on with what follows. None when the first cannot be
    shown whole, such as one of too many steps: it is linked to.
    """
    shown: _Shown = {}
    for number in chosen:
        if len(shown) >= MAX_SPANS and document.units[number].block not in shown:
            continue
        grown = _with(document, shown, number)
        if grown is None and not shown:
            return None
        shown = grown or shown
    if not shown:
        return None
    shown = _continued(document, shown, chosen[0], short)
    spans = (span for n in sorted(shown) for span in _spans(document.blocks[n], shown[n]))
    return Quotation(tuple(spans))


def _continued(document: DocumentUnits, shown: _Shown, number: int, short: int) -> _Shown:
    """Let what is shown, where that is short, go on with what follows in its section."""
    blocks, units = document.blocks, document.units
    block = blocks[units[number].block]
    for following in range(number + 1, min(number + 1 + MOST_FOLLOWING, len(units))):
        is_near = blocks[units[following].block].headings == block.headings or not block.headings
        if block.kind != "paragraph" or not is_near or _size(document, shown) >= short:
            break
        shown = _with(document, shown, following) or shown
    return shown


def _size(document: DocumentUnits, shown: _Shown) -> int:
    return sum(len(block_text(_cut(document.blocks[n], parts))) for n, parts in shown.items())


def _with(document: DocumentUnits, shown: _Shown, number: int) -> _Shown | None:
    """Add a unit to what is shown; None when it does not fit or says nothing new."""
    added = _needed(document, number)
    if all(parts <= shown.get(place, frozenset()) for place, parts in added.items()):
        return None
    if _is_repeated(document, shown, added):
        return None
    grown = _joined(shown, added)
    return grown if _fits(document, grown, is_first=not shown) else None


def _fits(document: DocumentUnits, shown: _Shown, *, is_first: bool) -> bool:
    if len(shown) > MAX_SPANS and not is_first:
        return False
    sizes = {"steps": 0, "table": 0}
    for place, parts in shown.items():
        block = document.blocks[place]
        if block.kind == "table" and len(parts) > MAX_ROWS:
            return False
        kind = block.kind if block.kind in sizes else "other"
        sizes[kind] = sizes.get(kind, 0) + len(block_text(_cut(block, parts)))
    return (
        sizes["steps"] <= MAX_STEPS_CHARS
        and sizes["table"] <= MAX_TABLE_CHARS
        and sizes.get("other", 0) <= MAX_CHARS
    )


def _needed(document: DocumentUnits, number: int) -> _Shown:
    """A unit with all without which it would be half a thought."""
    blocks, unit = document.blocks, document.units[number]
    needed: _Shown = {unit.block: _parts(document, number)}
    for place in (*_counted_together(blocks, unit.block), *_introduced(blocks, unit)):
        needed[place] = frozenset(range(len(blocks[place].parts)))
    for _ in range(LONGEST_CHAIN):
        before = _antecedent(document, number)
        if before is None:
            break
        number, earlier = before, document.units[before]
        needed = _joined(needed, {earlier.block: frozenset(range(earlier.first, earlier.end))})
    return needed


def _parts(document: DocumentUnits, number: int) -> Parts:
    """Parts of its own block that are shown for a unit."""
    unit = document.units[number]
    block = document.blocks[unit.block]
    everything = frozenset(range(len(block.parts)))
    size = len(block_text(block))
    if block.kind in {"steps", "code"} or (block.kind == "callout" and size <= MAX_CHARS):
        return everything
    if block.kind in {"list", "definition"} and size <= WHOLE_LIST_CHARS:
        return everything
    return frozenset(range(unit.first, unit.end))


def _counted_together(blocks: Sequence[LayoutBlock], place: int) -> range:
    """Steps that are counted on from one list to the next, with what stands between them."""
    first = last = place
    if blocks[place].kind != "steps":
        return range(0)
    for n in range(place - 1, -1, -1):
        if blocks[first].start == 1 or blocks[n].headings != blocks[place].headings:
            break
        if blocks[n].kind == "steps":
            if _next_number(blocks[n]) != blocks[first].start:
                break
            first = n
    for n in range(place + 1, len(blocks)):
        if blocks[n].headings != blocks[place].headings:
            break
        if blocks[n].kind == "steps":
            if _next_number(blocks[last]) != blocks[n].start:
                break
            last = n
    return range(first, last + 1)


def _next_number(steps: LayoutBlock) -> int:
    return steps.start + len(steps.parts)


def _introduced(blocks: Sequence[LayoutBlock], unit: Unit) -> Iterator[int]:
    """Blocks without which a paragraph promises and does not give.

    Definitions after a colon, as they have no room for a lead of their own; the list that "these
    steps" or "the following" are.
    """
    block = blocks[unit.block]
    following = takewhile(
        lambda n: blocks[n].headings == block.headings, range(unit.block + 1, len(blocks))
    )
    if block.kind != "paragraph":
        return
    text = " ".join(block.parts[unit.first : unit.end]).casefold()
    if text.endswith(COLONS):
        yield from takewhile(lambda n: blocks[n].kind == "definition", following)
    elif points_ahead().search(text):
        yield from (n for n in islice(following, 1) if blocks[n].kind in {"steps", "list"})


def _antecedent(document: DocumentUnits, number: int) -> int | None:
    """The unit before one that begins with a word like "it" or "then", in the same section."""
    block = document.blocks[document.units[number].block]
    if number == 0 or block.lead or block.kind != "paragraph":
        return None
    first = block.parts[document.units[number].first].casefold()
    words = [word.group() for word in islice(_WORD.finditer(first), LONGEST_ANAPHOR)]
    if not any(" ".join(words[:n]) in anaphors() for n in range(1, len(words) + 1)):
        return None
    before = document.blocks[document.units[number - 1].block]
    is_near = before.kind == "paragraph" and before.headings == block.headings
    return number - 1 if is_near else None


def _joined(shown: _Shown, added: _Shown) -> _Shown:
    nothing: Parts = frozenset()
    places = shown.keys() | added.keys()
    return {n: shown.get(n, nothing) | added.get(n, nothing) for n in places}


def _is_repeated(document: DocumentUnits, shown: _Shown, added: _Shown) -> bool:
    """True when most words of what is added are shown already: a summary, its first paragraph.

    Rows of one table may differ in a word; a number that is not shown yet is always new.
    """
    if not shown or shown.keys() & added.keys():
        return False
    if _repeats(document, shown, added, REPEATED):
        return True
    opening = {n: parts for n, parts in shown.items() if document.is_opening_block(n)}
    has_summary = document.has_summary and 0 in opening.keys() | added.keys()
    if not has_summary or not opening or not all(map(document.is_opening_block, added)):
        return False
    return _repeats(document, opening, added, REPEATED_OPENING)


def _repeats(document: DocumentUnits, shown: _Shown, added: _Shown, share: float) -> bool:
    said = {w for n, parts in shown.items() for w in _words(_cut(document.blocks[n], parts))}
    words = {w for n, parts in added.items() for w in _words(_cut(document.blocks[n], parts))}
    new = words - said
    if any(char.isdigit() for word in new for char in word):
        return False
    return bool(said) and len(words) - len(new) >= share * len(words)


def _words(block: LayoutBlock) -> set[str]:
    return set(_WORD.findall(spoken(block_text(block)).casefold()))


def _cut(block: LayoutBlock, parts: Parts) -> LayoutBlock:
    shown = tuple(block.parts[n] for n in sorted(parts))
    others = [part for n, part in enumerate(block.parts) if n not in parts]
    rows = sum(len(part.split("\n")) for part in others) if block.kind == "table" else 0
    return replace(block, parts=shown, left_out=len(others) if block.kind == "list" else rows)


def _spans(block: LayoutBlock, parts: Parts) -> Iterator[LayoutBlock]:
    """A block as far as it is shown; sentences that do not follow each other stand apart."""
    if block.kind != "paragraph":
        yield _cut(block, parts)
        return
    run: list[int] = []
    for n in sorted(parts):
        if run and run[-1] != n - 1:
            yield _cut(block, frozenset(run))
            run = []
        run.append(n)
    yield _cut(block, frozenset(run))
