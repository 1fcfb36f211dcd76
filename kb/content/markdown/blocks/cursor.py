"""A line while its markers are read, from left to right."""

from __future__ import annotations

import re

TAB = 4
CODE_INDENT = 4
"""Columns by which code is indented."""

_BLANKS = re.compile(r"[ \t]*+")


class Cursor:
    """A place in a line, in characters and in columns: a tab reaches to the next fourth one.

    `first` is the place of the first character that is neither space nor tab.
    """

    __slots__ = ("_column", "_first_column", "_tab_left", "at", "first", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self._column = self._tab_left = 0
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.first = _end_of_blanks(self.text, self.at)
        blanks = self.text[self.at : self.first]
        if "\t" in blanks:
            start = self._column % TAB
            width = len((" " * start + blanks).expandtabs(TAB)) - start
        else:
            width = len(blanks)
        self._first_column = self._column + width

    @property
    def is_blank(self) -> bool:
        return self.first == len(self.text)

    @property
    def indent(self) -> int:
        """Columns of blanks before the first character."""
        return self._first_column - self._column

    @property
    def char(self) -> str:
        """The first character; "" in a blank line."""
        return self.text[self.first : self.first + 1]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match of `pattern` from the first character on."""
        return pattern.match(self.text, self.first)

    def skip_blanks(self) -> None:
        self.at, self._column, self._tab_left = self.first, self._first_column, 0

    def skip(self, chars: int) -> None:
        """Go past the first characters, which hold no tab, and whatever stands before them."""
        self.skip_blanks()
        self.at += chars
        self._column += chars
        self._look_ahead()

    def skip_columns(self, columns: int) -> None:
        """Go past at most so many columns of blanks, through a tab if need be."""
        while columns > 0 and self.at < self.first:
            width = self._tab_left or self._width_here()
            step = min(width, columns)
            columns -= step
            self._column += step
            self._tab_left = width - step
            self.at += self._tab_left == 0

    def _width_here(self) -> int:
        return TAB - self._column % TAB if self.text[self.at] == "\t" else 1

    def rest(self) -> str:
        """Rest of the line; of a tab that was gone into, the columns that are left."""
        if self._tab_left:
            return " " * self._tab_left + self.text[self.at + 1 :]
        return self.text[self.at :]

    def words(self) -> str:
        """Rest of the line without the blanks before it."""
        return self.text[self.first :]


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
