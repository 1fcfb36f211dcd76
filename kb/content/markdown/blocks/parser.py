"""Our blocks in the place of Python-Markdown's."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.postprocessors import RawHtmlPostprocessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from kb.content.markdown.blocks.callouts import Callout
from kb.content.markdown.blocks.html import shown_html
from kb.content.markdown.blocks.parts import Note
from kb.content.markdown.blocks.reader import BlockReader
from kb.content.markdown.blocks.tree import Tree
from kb.content.markdown.bounds import MAX_LINES, MarkupRefused
from kb.content.markdown.inline.raw_html import RawTags
from kb.content.markdown.inline.targets import Targets


class MarkdownBlocks(BlockParser):
    """Parser of a whole text; `notes` are its footnotes, which stand elsewhere on the page."""

    def __init__(self, md: Markdown, tree: Tree) -> None:
        super().__init__(md)
        self._tree = tree

    @property
    def notes(self) -> Mapping[str, Note]:
        return self._tree.notes

    def parseDocument(self, lines: Iterable[str]) -> etree.ElementTree:
        reader = BlockReader()
        reader.read(list(lines))
        for label, found in reader.references.items():
            self.md.references[label] = (found.address, found.title)
        root = etree.Element(self.md.doc_tag)
        self._tree.add(root, reader.root.children)
        return etree.ElementTree(root)

    def add_note(self, parent: etree.Element, label: str) -> None:
        """Add the blocks of a footnote to an element."""
        self._tree.add(parent, self._tree.notes[label].children)


class BlockRules(Extension):
    """Puts our blocks, and what goes with them, into Python-Markdown."""

    def __init__(self, targets: Targets, titles: Mapping[Callout, str]) -> None:
        super().__init__()
        self._targets = targets
        self._titles = titles

    def extendMarkdown(self, md: Markdown) -> None:
        raw_tags = RawTags(md, self._targets)
        tree = Tree(
            store=md.htmlStash.store,
            html_of=lambda source: shown_html(source, raw_tags),
            titles=self._titles,
        )
        md.parser = MarkdownBlocks(md, tree)
        md.preprocessors.deregister("normalize_whitespace")
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(PlainLines(md), "plain_lines", 30)
        md.postprocessors.register(FinishedBlocks(md), "raw_html", 30)


class PlainLines(Preprocessor):
    """Lines without the characters that Python-Markdown uses itself, in a number that it bears."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace(STX, "").replace(ETX, "").replace("\0", "\ufffd")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        plain = text.removesuffix("\n").split("\n")
        if len(plain) > MAX_LINES:
            raise MarkupRefused(f"has more than {MAX_LINES:,} lines")
        return plain


class FinishedBlocks(RawHtmlPostprocessor):
    """Puts finished HTML where its mark stands; alone in a paragraph it takes its place."""

    def isblocklevel(self, html: str) -> bool:
        return True
