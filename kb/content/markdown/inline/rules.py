"""The inline rules as a part of Python-Markdown: it gives the blocks, ours read their texts."""

from __future__ import annotations

import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from kb.content.markdown.inline.raw_html import RawTags
from kb.content.markdown.inline.scanner import InlineSurroundings, tokens_of
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tree import element_of


class InlineRules(Treeprocessor):
    """Reads every text of the tree that is not finished; stands for the rules of that name."""

    def __init__(self, md: Markdown, targets: Targets) -> None:
        super().__init__(md)
        self._markdown = md
        self._targets = targets

    def run(self, root: etree.Element) -> None:
        around = InlineSurroundings(
            targets=self._targets,
            references=self._markdown.references,
            raw_tags=RawTags(self._markdown, self._targets),
            footnote=self._footnote,
        )
        for element in list(root.iter()):
            for tail_of in list(element):
                self._read_tail(element, tail_of, around)
            self._read_text(element, around)

    def _read_text(self, element: etree.Element, around: InlineSurroundings) -> None:
        text = element.text
        if text and not isinstance(text, AtomicString):
            found = self._found(text, around)
            element.text = found.text
            element[:0] = list(found)

    def _read_tail(
        self, parent: etree.Element, element: etree.Element, around: InlineSurroundings
    ) -> None:
        text = element.tail
        if text and text.strip() and not isinstance(text, AtomicString):
            found = self._found(text, around)
            element.tail = (" " if text.startswith(" ") else "") + (found.text or "")
            place = list(parent).index(element) + 1
            parent[place:place] = list(found)

    def _found(self, text: str, around: InlineSurroundings) -> etree.Element:
        return element_of(tokens_of(text.strip(" \t\n"), around), around.targets)

    def _footnote(self, text: str, at: int) -> tuple[etree.Element, int] | None:
        """The reference at `at`, made by Python-Markdown's own rule."""
        rule = self._markdown.inlinePatterns["footnote"]
        match = rule.getCompiledRegExp().match(text, at)
        if not match or not isinstance(rule, InlineProcessor):
            return None
        element = rule.handleMatch(match, text)[0]
        return (element, match.end()) if isinstance(element, etree.Element) else None
