"""HTML of an article → our Markdown, with addresses of links and pictures as they were."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kb.imports.html.blocks import BlockWriter
from kb.imports.html.places import marked
from kb.imports.html.tables import MergedCells
from kb.imports.html.tree import parse


@dataclass(frozen=True)
class ConvertedHtml:
    """Markdown, and how much of the page became something else in it."""

    markdown: str
    players: int
    merged: MergedCells


def convert(html: str, used_anchors: Collection[str] = ()) -> ConvertedHtml:
    """The page's Markdown, with a sign where an anchor in `used_anchors` is. Never raises; takes
    time in proportion to the text."""
    writer = BlockWriter()
    blocks = writer.blocks(marked(parse(html), used_anchors).children)
    text = "\n\n".join(blocks)
    return ConvertedHtml(f"{text}\n" if text else "", writer.players, writer.merged)
