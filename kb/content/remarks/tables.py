"""Lines that were meant as a table, and rows whose last cells nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof

DELIMITERS = re.compile(
    r"\|?[ ]*+:?-++:?[ ]*+(?:\|[ ]*+:?-++:?[ ]*+)+\|?[ ]*+$|\|[ ]*+:?-++:?[ ]*+\|[ ]*+$"
)
GRID = re.compile(r"(?:\+[-=]{3,80}){2,40}\+$")
COLUMNS = re.compile(r" \| ")
OTHER_BLOCK = re.compile(
    r"[#>`~<=]|[-*+][ ]|\d{1,9}[.)][ ]|:::|!!!|\?\?\?|\[\^|\{\{|(?:[*_-][ ]?){3,}$|[-]+$"
)
"""Beginning of a line that ends a table."""
QUOTE = re.compile(r"[ \t>]*+")
MEANT = FaultKind.MEANT_AS_TABLE


def leftovers(proof: Proof) -> Iterator[Leftover]:
    for block in proof.blocks:
        if block.tag not in ("td", "th", "tr"):
            yield from _meant(block.lines)
    yield from _uneven(proof)


def _meant(lines: Sequence[str]) -> Iterator[Leftover]:
    """At most one for a paragraph: its row of dashes, or its first row."""
    for before, line in zip(("", *lines), lines, strict=False):
        if GRID.match(line):
            message = "`{shown}` is shown as text, not as a table"
            yield Leftover(
                MEANT, line, message, "Write | a | b |, below it | --- | --- |", name=line
            )
            return
        if DELIMITERS.match(line):
            head, dashes = len(cells(before)), len(cells(line))
            message = f"is shown as text, not as a table: {head} cells above {dashes} of dashes"
            remedy = "Give the head and the row of dashes equally many"
            if head == dashes or not before:
                message, remedy = "`{shown}` is shown as text", "Put the head of the table above it"
            yield Leftover(MEANT, line, message, remedy, name=line)
            return
    for line, below, third in zip_longest(lines, lines[1:], lines[2:], fillvalue=""):
        bare = {COLUMNS.sub("", it).count("|") for it in (line, below, third)}
        is_bare = len({it.count(" | ") for it in (line, below, third)}) == 1 and bare == {0}
        if (_is_row(line) and _is_row(below)) or (is_bare and " | " in line):
            message = "`{shown}` is shown as text, not as a row of a table"
            yield Leftover(MEANT, line, message, "Put | --- | --- | below the head", name=line)
            return


def _is_row(line: str) -> bool:
    return line.count("|") >= 2 and line.startswith("|") and line.endswith("|")


def cells(row: str) -> list[str]:
    """The cells of a row, as it stands in the source."""
    text = row.strip().replace("\\|", "")
    return text.removeprefix("|").removesuffix("|").split("|")


def _uneven(proof: Proof) -> Iterator[Leftover]:
    """Of each table the first row that has more cells than the head, which are left out."""
    source, width, is_told = proof.source, 0, False
    for number, line in enumerate(source.prose):
        row = QUOTE.sub("", line, count=1)
        before = source.lines[number - 1] if number else ""
        if DELIMITERS.match(row) and "|" in before:
            width = len(cells(QUOTE.sub("", before, count=1)))
            width, is_told = (width if width == len(cells(row)) else 0), False
        elif not row.strip():
            width = 0
        elif width and not is_told:
            found = len(cells(QUOTE.sub("", source.lines[number], count=1)))
            if found > width:
                is_told = True
                yield _too_wide(source.file_line(number), found, width)
            elif found < width and not OTHER_BLOCK.match(row):
                is_told = True
                yield _too_short(source.file_line(number), row, found, width)


def _too_short(line: int, row: str, found: int, width: int) -> Leftover:
    message = f"a row of the table has {found} cell{'s' if found > 1 else ''}, the head {width}"
    remedy = "Write the cells that lack, empty ones too: `| |`"
    if "|" not in row:
        message = "the line `{shown}` is shown as a row of the table above"
        remedy = "Leave a blank line above it"
    return Leftover(FaultKind.SHORT_ROW, row, message, remedy, line, name=str(line))


def _too_wide(line: int, found: int, width: int) -> Leftover:
    message = f"a row of the table has {found} cells, the head {width}: the last are not shown"
    remedy = "Remove a cell, or write \\| for a | within one"
    return Leftover(FaultKind.UNEVEN_TABLE, "", message, remedy, line, name=str(line))
