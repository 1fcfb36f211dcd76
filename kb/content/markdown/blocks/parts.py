"""Blocks that are open or finished: what each may hold, and which lines it goes on with."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from kb.content.markdown.blocks.cursor import CODE_INDENT, Cursor


class Part:
    """A block: it begins in line `first` and ends in line `last`, counted from 0."""

    is_container: ClassVar[bool] = False
    takes_lines: ClassVar[bool] = False
    """True when every line that it goes on with is its own, whatever is written there."""
    may_be_lazy: ClassVar[bool] = True
    """True when a paragraph inside goes on with a line that stands further left."""

    def __init__(self, line: int) -> None:
        self.first = self.last = line
        self.children: list[Part] = []

    def continues(self, cursor: Cursor) -> bool:
        """True when the line at `cursor` belongs here; its markers are then passed."""
        return False

    def holds(self, part: Part) -> bool:
        return False

    def add(self, text: str, line: int) -> None:
        """Add a line of text. Only for blocks of text."""
        raise NotImplementedError

    def close(self) -> None:
        """Note where the block ends."""
        if self.children:
            self.last = max(self.last, self.children[-1].last)


class Container(Part):
    """A block of blocks."""

    is_container = True

    def holds(self, part: Part) -> bool:
        return not isinstance(part, (Item, Term, Definition))


class RootPart(Container):
    def continues(self, cursor: Cursor) -> bool:
        return True


class Quote(Container):
    def continues(self, cursor: Cursor) -> bool:
        if cursor.indent >= CODE_INDENT or cursor.char != ">":
            return False
        pass_quote_mark(cursor)
        return True


def pass_quote_mark(cursor: Cursor) -> None:
    cursor.skip(1)
    cursor.skip_columns(1)


class Items(Container):
    """A list: its items have the same mark, and `start` is the number of the first."""

    def __init__(self, line: int, mark: str, start: int | None) -> None:
        super().__init__(line)
        self.mark = mark
        self.start = start
        self.is_tight = True

    def continues(self, cursor: Cursor) -> bool:
        return True

    def holds(self, part: Part) -> bool:
        return isinstance(part, Item)

    def close(self) -> None:
        super().close()
        self.is_tight = are_adjacent(self.children) and all(
            are_adjacent(item.children) for item in self.children
        )


def are_adjacent(parts: list[Part]) -> bool:
    """True when no empty line lies between the blocks."""
    return all(after.first == before.last + 1 for before, after in pairwise(parts))


class Item(Container):
    """An item of a list, whose text begins `width` columns right of the list."""

    def __init__(self, line: int, width: int) -> None:
        super().__init__(line)
        self.width = width

    def continues(self, cursor: Cursor) -> bool:
        if cursor.is_blank:
            cursor.skip_blanks()
            return bool(self.children)  # an item may begin with one empty line, not with two
        return _pass_indent(cursor, self.width)


def _pass_indent(cursor: Cursor, columns: int) -> bool:
    """True when the line is indented so far; the indent is then passed."""
    if cursor.indent < columns:
        return False
    cursor.skip_columns(columns)
    return True


class Indented(Container):
    """A block whose lines are indented from `width` columns on, and by `full_width` at most."""

    def __init__(self, line: int, width: int, full_width: int) -> None:
        super().__init__(line)
        self._width = width
        self._full_width = full_width

    def continues(self, cursor: Cursor) -> bool:
        if cursor.is_blank:
            cursor.skip_blanks()
            return True
        if cursor.indent < self._width:
            return False
        if not self.children:
            self._full_width = min(cursor.indent, self._full_width)
        cursor.skip_columns(self._full_width)
        return True


class Note(Indented):
    """A footnote."""

    def __init__(self, line: int, label: str) -> None:
        super().__init__(line, CODE_INDENT, CODE_INDENT)
        self.label = label


class Definitions(Container):
    """Terms and what they mean."""

    def continues(self, cursor: Cursor) -> bool:
        return True

    def holds(self, part: Part) -> bool:
        return isinstance(part, (Term, Definition))


class Definition(Indented):
    """Text that explains the terms above it."""

    may_be_lazy = False

    def __init__(self, line: int, width: int, *, is_apart: bool) -> None:
        super().__init__(line, width, CODE_INDENT)
        self.is_apart = is_apart
        """True when an empty line lies between it and its term."""


class TextPart(Part):
    """A block of text."""

    def __init__(self, line: int, lines: list[str] | None = None) -> None:
        super().__init__(line)
        self.lines = lines or []

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip(" \t\n")

    def add(self, text: str, line: int) -> None:
        self.lines.append(text)
        self.last = line


class Paragraph(TextPart):
    def continues(self, cursor: Cursor) -> bool:
        return not cursor.is_blank


class Term(TextPart):
    pass


class HeadingText(TextPart):
    def __init__(self, line: int, level: int, lines: list[str]) -> None:
        super().__init__(line, lines)
        self.level = level


class Separator(Part):
    """A line across the page."""
