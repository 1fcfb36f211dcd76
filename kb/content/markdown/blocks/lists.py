"""The marks of lists: `-`, `*` and `+`, and numbers with a full stop or a parenthesis."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.content.markdown.blocks.cursor import Cursor

_MARK = re.compile(r"(?:([-+*])|(\d{1,9})([.)]))(?=[ \t]|$)")
_MAX_GAP = 4
"""Columns between a mark and its text; with more the text is code."""


@dataclass(frozen=True)
class ListMark:
    """`kind` is the mark without its number, `width` the columns from the list to its text."""

    kind: str
    number: int | None
    width: int


def read_mark(cursor: Cursor, *, is_in_paragraph: bool) -> ListMark | None:
    """Read the mark of an item and pass it; None, with nothing read, where there is none.

    Between the lines of a paragraph only an item with text begins a list, and of steps only 1.
    """
    match = cursor.match(_MARK)
    if not match:
        return None
    if is_in_paragraph and (match[2] or "1").lstrip("0") != "1":
        return None
    if is_in_paragraph and not cursor.text[match.end() :].strip(" \t"):
        return None
    indent = cursor.indent
    cursor.skip(len(match[0]))
    gap = 1 if cursor.is_blank or cursor.indent > _MAX_GAP else cursor.indent
    cursor.skip_columns(gap)
    number = int(match[2]) if match[2] else None
    return ListMark(match[1] or match[3], number, indent + len(match[0]) + gap)
