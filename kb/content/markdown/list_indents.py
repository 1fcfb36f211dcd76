"""Lists as in CommonMark: to an item belongs whatever stands below its text.

Python-Markdown wants four spaces for each level. With the two or three that most authors write, a
picture or a note between two steps ended the list, steps were numbered from 1 again, and lists in
lists lost their level.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Literal

from markdown.preprocessors import Preprocessor

from kb.content.markdown.blocks import ALONE, LIST_ITEM, RULE, begins_block
from kb.content.markdown.fences import FENCE, closing_fence

LEVEL = 4
MARKER = re.compile(r"(?:[-*+]|\d+\.)(?P<gap>[ ]+)")
MAX_GAP = 4
"""Spaces between a marker and its text; with more the text is code."""
OPENS_COMMENT = re.compile(r"[ ]*<!--")
HOLDS_BLOCKS = re.compile(r"!!!|\?\?\?|:[ ]|\[\^")
"""Beginning of a callout, a definition or a footnote, which hold what is indented by a LEVEL."""


class ListIndents(Preprocessor):
    """Indent what belongs to an item by a LEVEL for each list around it. Takes linear time."""

    def run(self, lines: list[str]) -> list[str]:
        return list(_Reading().run(lines))


class _Reading:
    """Lines from top to bottom with the items that are open."""

    def __init__(self) -> None:
        self._columns: list[int] = []
        """Column at which the text of each open item begins, outermost first."""
        self._is_after_blank = True
        self._level = 0
        """Lists around the first line since the last blank one."""
        self._before = ""
        self._below: Literal["item", "opener", "text"] = "text"
        """Kind of the line that the paragraph being read began with."""
        self._comment_end = -1
        """Line that ends the comment being read."""
        self._closing: re.Pattern[str] | None = None
        """Of the fence that is open; `_shift` is what its lines move by."""
        self._shift = 0

    def run(self, lines: list[str]) -> list[str]:
        ends = [number for number, line in enumerate(lines) if "-->" in line]
        out: list[str] = []
        for number, line in enumerate(lines):
            if number > self._comment_end and not self._closing and OPENS_COMMENT.match(line):
                place = bisect_left(ends, number)
                self._comment_end = ends[place] if place < len(ends) else self._comment_end
            out += [line] if number <= self._comment_end else self._moved(line)
            self._before = line
        return out

    def _moved(self, line: str) -> list[str]:
        if self._closing:
            self._closing = None if self._closing.match(line) else self._closing
            return [" " * self._shift + line if line.strip() else line]
        if not line.strip():
            self._is_after_blank = True
            return [line]
        indent = len(line) - len(line.lstrip(" "))
        is_item, fence = self._is_item(line), FENCE.match(line)
        is_apart = is_item or fence or ALONE.match(line) or RULE.match(line)
        is_plain = not is_apart and not self._is_after_blank and bool(self._columns)
        if is_plain and (indent < self._columns[-1] or self._below == "item"):
            return [line]  # goes on with a paragraph, wherever it stands
        was_in_list = bool(self._columns)
        while self._columns and indent < self._columns[-1]:
            self._columns.pop()
        level = len(self._columns)
        ends_block = is_item and was_in_list and not self._is_after_blank
        ends_block = ends_block and (self._below == "text" or level < self._level)
        if self._is_after_blank or ends_block:
            self._level = level
        shift = max(0, LEVEL * level - indent)
        self._is_after_blank = False
        self._below = "item" if is_item else "text"
        if fence:
            self._closing, self._shift = closing_fence(fence), shift
        elif is_item:
            self._columns.append(_text_column(line, indent))
        elif HOLDS_BLOCKS.match(line, indent):
            self._columns.append(indent + LEVEL)
            self._below = "opener"
        moved = " " * shift + line
        # Python-Markdown takes an item right below a further paragraph for a part of it.
        return ["", moved] if ends_block else [moved]

    def _is_item(self, line: str) -> bool:
        """True for a line that begins an item; in the midst of a paragraph only "1." does."""
        if RULE.match(line):
            return False
        if self._is_after_blank or self._columns:
            return bool(LIST_ITEM.match(line))
        return bool(LIST_ITEM.match(line)) and begins_block(line, self._before, is_in_list=False)


def _text_column(line: str, indent: int) -> int:
    """Column at which the text of the item begins whose marker stands behind an indent."""
    marker = MARKER.match(line, indent)
    if not marker:
        return indent + LEVEL
    return marker.end() if len(marker["gap"]) <= MAX_GAP else marker.start("gap") + 1
