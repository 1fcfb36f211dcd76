"""Tables as GitHub reads them: cells between bars, their alignment in the second row."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree

from kb.content.markdown.blocks.cursor import Cursor
from kb.content.markdown.blocks.parts import Part

_DELIMITERS = re.compile(r"\|?+[ \t]*+:?+-++:?+[ \t]*+(?:\|[ \t]*+:?+-++:?+[ \t]*+)*\|?+[ \t]*+$")
_CELL = re.compile(r"((?:[^|\\]|\\.|\\$)*)(\||$)", re.DOTALL)


class Rows(Part):
    """A table: rows of as many cells as the first one, which is its head."""

    def __init__(self, line: int, head: list[str], delimiters: list[str]) -> None:
        super().__init__(line)
        self._aligns = [_align(cell) for cell in delimiters]
        self.rows = [head]

    def continues(self, cursor: Cursor) -> bool:
        return not cursor.is_blank

    @property
    def columns(self) -> int:
        return len(self._aligns)

    def add(self, text: str, line: int) -> None:
        self.rows.append(cells(text))
        self.last = line

    def element(self) -> etree.Element:
        table = etree.Element("table")
        self._add_row(etree.SubElement(table, "thead"), self.rows[0], "th")
        if len(self.rows) > 1:
            body = etree.SubElement(table, "tbody")
            for row in self.rows[1:]:
                self._add_row(body, row, "td")
        return table

    def _add_row(self, parent: etree.Element, row: list[str], tag: str) -> None:
        tr = etree.SubElement(parent, "tr")
        for at, align in enumerate(self._aligns):
            cell = etree.SubElement(tr, tag, {"align": align} if align else {})
            cell.text = row[at] if at < len(row) else ""


def opened_table(head: str, delimiters: str, line: int) -> Rows | None:
    """A table whose head stands in the line before its delimiters; None when they are none."""
    if "|" not in head + delimiters or not _DELIMITERS.match(delimiters):
        return None
    titles, columns = cells(head), cells(delimiters)
    return Rows(line, titles, columns) if len(titles) == len(columns) else None


def cells(row: str) -> list[str]:
    r"""Texts between the bars of a row; `\|` is a bar within one, in code too."""
    row = row.strip(" \t").removeprefix("|")
    found: list[str] = []
    at = 0
    while match := _CELL.match(row, at):
        at = match.end()
        if not match[2] and not match[1].strip(" \t") and found:
            break  # the bar at the end of a row ends its last cell
        found.append(match[1].strip(" \t").replace("\\|", "|"))
        if not match[2]:
            break
    return found


def _align(delimiter: str) -> str:
    is_left, is_right = delimiter.startswith(":"), delimiter.endswith(":")
    if is_left and is_right:
        return "center"
    return "left" if is_left else "right" if is_right else ""
