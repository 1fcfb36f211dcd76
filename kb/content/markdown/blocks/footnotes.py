"""Footnotes: numbered in the order in which the text refers to them, as on GitHub."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections import Counter
from collections.abc import Mapping

from markdown import Markdown
from markdown.extensions.footnotes import (
    FN_BACKLINK_TEXT,
    NBSP_PLACEHOLDER,
    FootnoteExtension,
    FootnoteInlineProcessor,
)
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from kb.content.markdown.blocks.parser import MarkdownBlocks
from kb.content.markdown.blocks.parts import Note
from kb.content.markdown.bounds import MAX_COUNTED_PARTS, MarkupRefused

_REFERENCE = r"\[\^([^\[\]\n]{1,60})\]"
_NOT_IN_ID = re.compile(r"[^\w.-]")


class Footnotes(FootnoteExtension):
    """Footnotes of Python-Markdown over notes that our parser has read, in linear time."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._div = self._list = etree.Element("div")
        self._counts: Counter[str] = Counter()
        self._references = 0
        super().__init__(SEPARATOR=":")

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        self._blocks: MarkdownBlocks = md.parser  # type: ignore[assignment]  # set by BlockRules
        md.inlinePatterns.register(_References(_REFERENCE, self), "footnote", 175)
        md.treeprocessors.register(_Order(self), "footnote-reorder", 19)

    def reset(self) -> None:
        super().reset()
        self.numbers.clear()
        self._counts.clear()
        self._references = 0

    @property
    def notes(self) -> Mapping[str, Note]:
        return self._blocks.notes

    def number(self, label: str) -> int:
        """Number of a note, given at its first reference."""
        return self.numbers.setdefault(label, len(self.numbers) + 1)

    def makeFootnoteId(self, id: str) -> str:
        return f"fn:{_NOT_IN_ID.sub('-', id)}"

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:
        self._counts[id] += found
        self._references += found
        if self._references > MAX_COUNTED_PARTS:
            raise MarkupRefused(f"refers to footnotes more than {MAX_COUNTED_PARTS:,} times")
        number = self._counts[id] if found and self._counts[id] > 1 else ""
        first = f"fnref:{_NOT_IN_ID.sub('-', id)}"
        self.found_refs[first] = self._counts[id]
        return first.replace("fnref", f"fnref{number}", 1)

    def findFootnotesPlaceholder(self, root: etree.Element) -> None:
        """Notes always stand at the end."""

    def makeFootnotesDiv(self, root: etree.Element) -> etree.Element | None:
        notes = self._blocks.notes
        if not notes:
            return None
        self._div = etree.Element("div", {"class": "footnote"})
        etree.SubElement(self._div, "hr")
        self._list = etree.SubElement(self._div, "ol")
        while len(self._list) < len(notes):  # a note may hold others
            for label in list(notes)[len(self._list) :]:
                item = etree.SubElement(self._list, "li", {"id": self.makeFootnoteId(label)})
                self._blocks.add_note(item, label)
                self._add_backlink(item, label)
        return self._div

    def _add_backlink(self, item: etree.Element, label: str) -> None:
        last = item[-1] if len(item) else None
        if last is None or last.tag != "p" or isinstance(last.text, AtomicString):
            last = etree.SubElement(item, "p")
            last.text = ""
        last.text = f"{last.text}{NBSP_PLACEHOLDER}"
        address = f"#{self.makeFootnoteRefId(label)}"
        backlink = etree.SubElement(last, "a", {"href": address, "class": "footnote-backref"})
        backlink.text = FN_BACKLINK_TEXT

    def sort(self, root: etree.Element) -> None:
        """Put the notes into the order of their numbers; what nothing refers to is not shown."""
        items = zip(self._blocks.notes, self._list, strict=True)
        numbered = [(self.numbers[label], item) for label, item in items if label in self.numbers]
        self._list[:] = [item for _, item in sorted(numbered, key=lambda pair: pair[0])]
        if self._blocks.notes and not numbered:
            root.remove(self._div)


class _References(FootnoteInlineProcessor):
    """`[^label]`, where there is a note of that label."""

    footnotes: Footnotes

    def handleMatch(  # type: ignore[override]  # the stubs leave out that there may be none
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        label = m[1]
        if label not in self.footnotes.notes:
            return None, None, None
        mark = etree.Element("sup", {"id": self.footnotes.makeFootnoteRefId(label, found=True)})
        address = f"#{self.footnotes.makeFootnoteId(label)}"
        link = etree.SubElement(mark, "a", {"href": address, "class": "footnote-ref"})
        link.text = str(self.footnotes.number(label))
        return mark, m.start(), m.end()


class _Order(Treeprocessor):
    def __init__(self, footnotes: Footnotes) -> None:
        super().__init__()
        self._footnotes = footnotes

    def run(self, root: etree.Element) -> None:
        self._footnotes.sort(root)
