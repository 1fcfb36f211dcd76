"""Reading a text line by line: which blocks go on, which begin, which are closed.

The algorithm is the one that the specification describes: a line first passes the marks of the
blocks that are open, then those of blocks that it begins; what is left is text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.content.markdown.blocks.callouts import FencedCallout, closing_size
from kb.content.markdown.blocks.code import Code, FencedCode
from kb.content.markdown.blocks.cursor import Cursor
from kb.content.markdown.blocks.html import RawHtml, last_ends
from kb.content.markdown.blocks.parts import (
    Definition,
    Definitions,
    HeadingText,
    Items,
    Note,
    Paragraph,
    Part,
    Quote,
    RootPart,
    Separator,
    Term,
)
from kb.content.markdown.blocks.references import ReferenceDefinition, definition_at
from kb.content.markdown.blocks.starts import started
from kb.content.markdown.blocks.tables import Rows
from kb.content.markdown.bounds import (
    MAX_CELLS,
    MAX_COUNTED_PARTS,
    MAX_LINE_CHARS,
    MAX_NESTED,
    MarkupRefused,
)

FRAMES = (RootPart, Items, Definitions)
"""Blocks that are no level of their own."""
COUNTED = (HeadingText, Separator, Definition, Note)


class BlockReader:
    """The blocks that are open, from the whole text to the innermost one.

    After `read`, `root` is the tree of blocks and `references` what their text defines.
    """

    def __init__(self) -> None:
        self.root = RootPart(0)
        self.references: dict[str, ReferenceDefinition] = {}
        self.line = -1
        self.is_after_blank = True
        self.last_ends: Mapping[str, int] = {}
        self._open: list[Part] = [self.root]
        self._matched = 1
        """How many of the open blocks the line goes on with."""
        self._counted = self._cells = 0

    def read(self, lines: Sequence[str]) -> None:
        """Read a whole text. Raises MarkupRefused."""
        self.last_ends = last_ends(lines)
        for line in lines:
            self.line += 1
            cursor = Cursor(line)
            is_blank = cursor.is_blank
            self._read_line(cursor)
            self.is_after_blank = is_blank
        while self._open:
            self._close_last()

    @property
    def container(self) -> Part:
        return self._open[self._matched - 1]

    @property
    def may_go_on(self) -> bool:
        return isinstance(self._open[-1], Paragraph)

    def _read_line(self, cursor: Cursor) -> None:
        if self._is_last_of_code(cursor) or self._ends_callout(cursor):
            return
        self._leave_what_is_never_lazy()
        if len(cursor.text) > MAX_LINE_CHARS and not isinstance(self.container, Code):
            raise MarkupRefused(f"has a line of more than {MAX_LINE_CHARS:,} characters")
        while not self.container.takes_lines:
            part = started(self, cursor)
            if part is None or isinstance(part, RawHtml):
                break
            if not part.is_container:
                return
        self._add_text(cursor)

    def _is_last_of_code(self, cursor: Cursor) -> bool:
        """Match the open blocks; True for a closing fence, which is then used up."""
        self._matched = 1
        for part in self._open[1:]:
            if isinstance(part, FencedCode) and part.ends_with(cursor):
                part.last = self.line
                self._close_down_to(self._matched)
                return True
            if not part.continues(cursor):
                break
            if isinstance(part, Quote):
                part.last = self.line
            self._matched += 1
        return False

    def _ends_callout(self, cursor: Cursor) -> bool:
        """True for a line of colons that closes a callout: of those around it the innermost one
        with as many colons, else the innermost with fewer."""
        size = closing_size(cursor)
        if not size or isinstance(self.container, FencedCode):
            return False
        open_sizes = [
            (at, part.size)
            for at, part in enumerate(self._open[: self._matched])
            if isinstance(part, FencedCallout) and part.size <= size
        ]
        if not open_sizes:
            return False
        same = [at for at, its_size in open_sizes if its_size == size]
        closed = same[-1] if same else open_sizes[-1][0]
        self._open[closed].last = self.line
        self._close_down_to(closed)
        return True

    def _leave_what_is_never_lazy(self) -> None:
        if not all(part.may_be_lazy for part in self._open[self._matched :]):
            self._close_down_to(self._matched)

    def _add_text(self, cursor: Cursor) -> None:
        """Add what is left of the line to the block that takes it."""
        is_lazy = self._matched < len(self._open) and self.may_go_on and not cursor.is_blank
        if is_lazy:
            self._add_to(self._open[-1], cursor.words())
            return
        self._close_down_to(self._matched)
        container = self.container
        if container.takes_lines:
            self._add_to(container, cursor.rest())
        elif cursor.is_blank:
            return
        elif isinstance(container, (Paragraph, Rows)):
            self._add_to(container, cursor.words())
        else:
            self._add_to(self.open(Paragraph(self.line)), cursor.words())

    def _add_to(self, part: Part, text: str) -> None:
        part.add(text, self.line)
        if isinstance(part, Rows):
            self._cells += part.columns
            if self._cells > MAX_CELLS:
                raise MarkupRefused(f"has tables of more than {MAX_CELLS:,} cells")
        if isinstance(part, RawHtml) and part.ends_after(text):
            self._close_down_to(len(self._open) - 1)

    def open(self, part: Part) -> Part:
        self._close_down_to(self._matched)
        while not self._open[-1].holds(part):
            self._close_last()
        self._open[-1].children.append(part)
        self._push(part)
        return part

    def _push(self, part: Part) -> None:
        self._open.append(part)
        self._matched = len(self._open)
        self._counted += isinstance(part, COUNTED)
        if self._counted > MAX_COUNTED_PARTS:
            limit = f"{MAX_COUNTED_PARTS:,} headings, lines, definitions or footnotes"
            raise MarkupRefused(f"has more than {limit}")
        if (
            sum(part.is_container and not isinstance(part, FRAMES) for part in self._open)
            > MAX_NESTED
        ):
            raise MarkupRefused(f"has more than {MAX_NESTED} lists or quotes within each other")

    def open_definition(self, terms: Paragraph, definition: Definition) -> Part:
        self._close_down_to(self._matched)
        if self._open[-1] is terms:
            self._open.pop()
            self._define(terms)
        siblings = self._open[-1].children
        siblings.pop()
        if not siblings or not isinstance(siblings[-1], Definitions):
            siblings.append(Definitions(terms.first))
        definitions = siblings[-1]
        definitions.children += [Term(terms.last, [line]) for line in terms.lines]
        self._push(definitions)
        return self.open(definition)

    def take(self, paragraph: Paragraph) -> list[str]:
        self._define(paragraph)
        if paragraph.lines:
            self._open.pop()
            self._open[-1].children.pop()
            self._matched = len(self._open)
        return paragraph.lines

    def _close_down_to(self, count: int) -> None:
        while len(self._open) > count:
            self._close_last()

    def _close_last(self) -> None:
        part = self._open.pop()
        self._matched = min(self._matched, len(self._open))
        if isinstance(part, Paragraph):
            self._define(part)
            if not part.lines:
                self._open[-1].children.pop()
        part.close()

    def _define(self, paragraph: Paragraph) -> None:
        """Take the definitions of references off the start of a paragraph."""
        if not paragraph.lines or not paragraph.lines[0].startswith("["):
            return
        text, at = "\n".join(paragraph.lines), 0
        while found := definition_at(text, at):
            self.references.setdefault(found.label, found)
            at = found.end
        paragraph.lines = text[at:].split("\n") if at < len(text) else []
