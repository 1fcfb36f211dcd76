"""What belongs to an item of a list, as in CommonMark: whatever stands below its text.

Python-Markdown wants four spaces for each level. With the two or three that most authors write, a
picture or a note between two steps ended the list, steps were numbered from 1 again, and lists in
lists lost their level.
"""

from __future__ import annotations

import re

from markdown.preprocessors import Preprocessor

from kb.content.markdown.blocks import LIST_ITEM, RULE, STARTS_LIST
from kb.content.markdown.fences import FENCE, closing_fence

LEVEL = 4
MARKER = re.compile(r"(?:[-*+]|\d+\.)(?P<gap>[ ]+)")
MAX_GAP = 4
"""Spaces between a marker and its text; with more the text is code."""
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
        self._is_items_own = False
        """The paragraph that is being read began on the line of the marker."""
        self._closing: re.Pattern[str] | None = None
        """Of the fence that is open; `_shift` is what its lines move by."""
        self._shift = 0

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            if not line.strip():
                self._is_after_blank = self._closing is None
                out.append(line)
                continue
            if self._is_item_after_paragraph(line):
                out.append("")
            out.append(self._line(line))
        return out

    def _is_item_after_paragraph(self, line: str) -> bool:
        """True for an item right below a further paragraph of another item."""
        is_below = bool(self._columns) and not self._is_after_blank and not self._is_items_own
        return is_below and not self._closing and self._is_item(line)

    def _line(self, line: str) -> str:
        if self._closing:
            if self._closing.match(line):
                self._closing = None
            return " " * self._shift + line
        indent = len(line) - len(line.lstrip(" "))
        is_item = self._is_item(line)
        fence = FENCE.match(line)
        is_plain = not is_item and not fence and not self._is_after_blank
        if is_plain and self._columns and (indent < self._columns[-1] or self._is_items_own):
            return line  # goes on with a paragraph, wherever it stands
        while self._columns and indent < self._columns[-1]:
            self._columns.pop()
        shift = max(0, LEVEL * len(self._columns) - indent)
        self._is_after_blank, self._is_items_own = False, is_item
        if fence:
            self._closing, self._shift = closing_fence(fence), shift
        elif is_item:
            self._columns.append(_text_column(line, indent))
        elif HOLDS_BLOCKS.match(line, indent):
            self._columns.append(indent + LEVEL)
        return " " * shift + line

    def _is_item(self, line: str) -> bool:
        """True for a line that begins an item; in the midst of a paragraph only "1." does."""
        if RULE.match(line):
            return False
        is_free = self._is_after_blank or bool(self._columns)
        return bool((LIST_ITEM if is_free else STARTS_LIST).match(line))


def _text_column(line: str, indent: int) -> int:
    """Column at which the text of the item begins whose marker stands behind an indent."""
    marker = MARKER.match(line, indent)
    if not marker:
        return indent + LEVEL
    return marker.end() if len(marker["gap"]) <= MAX_GAP else marker.start("gap") + 1
