"""An article's page as its readers see it, beside its source: what all advice is read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kb.content.model import Article
from kb.content.remarks.source import Source
from kb.content.remarks.visible_text import VisibleBlock, visible_blocks
from search.model import LayoutBlock
from search.text.html_text import Heading, headings
from search.text.layout import blocks


@dataclass(frozen=True)
class ReadPage:
    """An article with the HTML of its page."""

    article: Article
    html: str

    @cached_property
    def source(self) -> Source:
        return Source(self.article)

    @cached_property
    def blocks(self) -> tuple[LayoutBlock, ...]:
        return blocks(self.html)

    @cached_property
    def visible(self) -> tuple[VisibleBlock, ...]:
        """Every run of text by itself, without code."""
        return visible_blocks(self.html)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        return headings(self.html)
