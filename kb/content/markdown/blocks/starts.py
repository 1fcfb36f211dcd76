"""Beginnings of blocks: which block a line begins, by its first character."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from kb.content.markdown.blocks.callouts import opened_fenced, opened_indented
from kb.content.markdown.blocks.code import IndentedCode, opened_fence
from kb.content.markdown.blocks.cursor import CODE_INDENT, Cursor
from kb.content.markdown.blocks.html import opened_html
from kb.content.markdown.blocks.lists import read_mark
from kb.content.markdown.blocks.parts import (
    Definition,
    Definitions,
    HeadingText,
    Item,
    Items,
    Note,
    Paragraph,
    Part,
    Quote,
    Separator,
    pass_quote_mark,
)
from kb.content.markdown.blocks.tables import opened_table

_HEADING = re.compile(r"(#{1,6})(?:[ \t]++(.*))?$")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t])#++[ \t]*$")
_UNDERLINE = re.compile(r"(?:=++|-++)[ \t]*$")
_SEPARATOR = re.compile(r"(?:(?:\*[ \t]*+){3,}|(?:_[ \t]*+){3,}|(?:-[ \t]*+){3,})$")
NOTE = re.compile(r"\[\^([^\[\]\n]{1,60})\]:")
_DEFINITION = re.compile(r":(?=[ \t])")


class OpenBlocks(Protocol):
    """The reader, as far as the beginning of a block depends on it."""

    line: int
    is_after_blank: bool
    """True when the line above is empty."""
    last_ends: Mapping[str, int]

    @property
    def container(self) -> Part:
        """The innermost block that the line belongs to so far."""

    @property
    def may_go_on(self) -> bool:
        """True when the line may go on with a paragraph, its own or one that stands deeper."""

    def open(self, part: Part) -> Part:
        """Put a block where the line stands; what cannot hold it is closed."""

    def open_definition(self, terms: Paragraph, definition: Definition) -> Part:
        """Make terms of a paragraph, and open what explains them."""

    def take(self, paragraph: Paragraph) -> list[str]:
        """Remove the open paragraph; its lines, without what defines references."""


Start = Callable[[OpenBlocks, Cursor], Part | None]


def started(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    """The block that begins at `cursor`, opened, with its mark passed; None for none."""
    if cursor.is_blank:
        return None
    if cursor.indent >= CODE_INDENT:
        return None if blocks.may_go_on else _indented_code(blocks, cursor)
    for start in STARTS.get(cursor.char, ()):
        if part := start(blocks, cursor):
            return part
    return None


def _opened(blocks: OpenBlocks, part: Part | None) -> Part | None:
    return blocks.open(part) if part else None


def _indented_code(blocks: OpenBlocks, cursor: Cursor) -> Part:
    cursor.skip_columns(CODE_INDENT)
    code = IndentedCode(blocks.line)
    code.add(cursor.rest(), blocks.line)
    return blocks.open(code)


def _quote(blocks: OpenBlocks, cursor: Cursor) -> Part:
    pass_quote_mark(cursor)
    return blocks.open(Quote(blocks.line))


def _heading(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    match = cursor.match(_HEADING)
    if not match:
        return None
    text = _CLOSING_HASHES.sub("", match[2] or "").strip(" \t")
    return blocks.open(HeadingText(blocks.line, len(match[1]), [text]))


def _fenced_code(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    return _opened(blocks, opened_fence(cursor, blocks.line))


def _html(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    html = opened_html(
        cursor,
        blocks.line,
        is_in_paragraph=blocks.may_go_on,
        last_ends=blocks.last_ends,
    )
    return _opened(blocks, html)


def _underlined(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    paragraph = blocks.container
    if not isinstance(paragraph, Paragraph) or not cursor.match(_UNDERLINE):
        return None
    lines = blocks.take(paragraph)
    if not lines:
        return None
    heading = HeadingText(paragraph.first, 1 if cursor.char == "=" else 2, lines)
    heading.last = blocks.line
    return blocks.open(heading)


def _separator(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    return blocks.open(Separator(blocks.line)) if cursor.match(_SEPARATOR) else None


def _item(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    container = blocks.container
    mark = read_mark(cursor, is_in_paragraph=isinstance(container, Paragraph))
    if mark is None:
        return None
    if not isinstance(container, Items) or container.mark != mark.kind:
        blocks.open(Items(blocks.line, mark.kind, mark.number))
    return blocks.open(Item(blocks.line, mark.width))


def _note(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    match = cursor.match(NOTE)
    if not match:
        return None
    cursor.skip(len(match[0]))
    return blocks.open(Note(blocks.line, match[1]))


def _indented_callout(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    callout = _opened(blocks, opened_indented(cursor, blocks.line))
    return _passed(cursor, callout)


def _fenced_callout(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    return _passed(cursor, _opened(blocks, opened_fenced(cursor, blocks.line)))


def _passed(cursor: Cursor, callout: Part | None) -> Part | None:
    """The callout, with its whole line passed."""
    if callout:
        cursor.skip(len(cursor.words()))
    return callout


def _definition(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    above = _explained(blocks)
    if above is None or not cursor.match(_DEFINITION):
        return None
    indent = cursor.indent
    cursor.skip(1)
    width = min(cursor.indent, CODE_INDENT - 1)
    cursor.skip_columns(width)
    definition = Definition(blocks.line, indent + 1 + width, is_apart=blocks.is_after_blank)
    if isinstance(above, Paragraph):
        return blocks.open_definition(above, definition)
    return blocks.open(definition)


def _explained(blocks: OpenBlocks) -> Part | None:
    """The terms that a definition can stand below, with one empty line between them at most."""
    above = blocks.container
    if isinstance(above, (Paragraph, Definitions)):
        return above
    last = above.children[-1] if above.children else None
    return last if isinstance(last, Paragraph) and blocks.line - last.last <= 2 else None


def _table(blocks: OpenBlocks, cursor: Cursor) -> Part | None:
    paragraph = blocks.container
    if not isinstance(paragraph, Paragraph) or not paragraph.lines:
        return None
    table = opened_table(paragraph.lines[-1], cursor.words(), paragraph.last)
    if table is None:
        return None
    table.last = blocks.line
    paragraph.lines.pop()
    paragraph.last -= 1
    return blocks.open(table)


STARTS: Mapping[str, tuple[Start, ...]] = {
    ">": (_quote,),
    "#": (_heading,),
    "`": (_fenced_code,),
    "~": (_fenced_code,),
    "<": (_html,),
    "=": (_underlined,),
    "-": (_underlined, _separator, _item, _table),
    "*": (_separator, _item),
    "_": (_separator,),
    "+": (_item,),
    "[": (_note,),
    "!": (_indented_callout,),
    "?": (_indented_callout,),
    ":": (_fenced_callout, _definition, _table),
    "|": (_table,),
    **dict.fromkeys("0123456789", (_item,)),
}
"""First character of a line → blocks it may begin, in the order in which they are tried."""
