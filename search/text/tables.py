"""Tables of a page as rows of cells that stand under their column heads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from search.text.html_tree import Element, visible_text

MAX_COLUMNS = 100
"""Cells behind them span nothing."""


@dataclass(frozen=True)
class Table:
    """Column heads, and the rest by parts: rows that a cell joins are one, a line for each.

    Cells are joined by a tab; where a cell reaches over several columns or rows, its text stands
    in the first of them and the others are empty.
    """

    head: tuple[str, ...]
    parts: tuple[str, ...]
    caption: str


def table(element: Element) -> Table:
    """Read a table; its first row is the head when it holds nothing but heads."""
    rows = [row for part in element.elements for row in _rows(part) if any(row.elements)]
    has_head = bool(rows) and all(cell.tag == "th" for cell in rows[0].elements)
    lines = list(_lines(rows))
    head = lines.pop(0)[0] if has_head else ()
    parts: list[str] = []
    for cells, is_joined in lines:
        line = "\t".join(cells)
        if is_joined and parts:
            parts[-1] += f"\n{line}"
        elif line.strip():
            parts.append(line)
    captions = (visible_text(part) for part in element.elements if part.tag == "caption")
    return Table(head, tuple(parts), next(captions, ""))


def _rows(part: Element) -> Iterator[Element]:
    if part.tag == "tr":
        yield part
    else:
        yield from (row for row in part.elements if row.tag == "tr")


def _lines(rows: list[Element]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Cells of each row, and whether a cell above reaches into it."""
    above: dict[int, int] = {}
    for row in rows:
        cells: list[str] = []
        below: dict[int, int] = {}
        for cell in row.elements:
            while above.get(len(cells), 0):
                cells.append("")
            is_spanning = len(cells) < MAX_COLUMNS
            width = _span(cell.attributes, "colspan") if is_spanning else 1
            if is_spanning and (rest := _span(cell.attributes, "rowspan") - 1):
                below |= dict.fromkeys(range(len(cells), len(cells) + width), rest)
            cells += (visible_text(cell), *[""] * (width - 1))
        while above.get(len(cells), 0):
            cells.append("")
        yield tuple(cells), bool(above)
        above = {n: rest - 1 for n, rest in above.items() if rest > 1} | below


def _span(attributes: Mapping[str, str], name: str) -> int:
    """Columns or rows that a cell takes up, at least one."""
    given = attributes.get(name, "")
    wanted = int(given) if given.isascii() and given.isdecimal() else 1
    return min(max(wanted, 1), MAX_COLUMNS)
