"""HTML of an article → our Markdown, with addresses of links and pictures as they were."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kb.imports.html.blocks import BlockWriter
from kb.imports.html.places import marked
from kb.imports.html.tables import MergedCells
from kb.imports.html.tree import DROPPED, TAGS, parse

PLACEHOLDER = re.compile(r"<([A-Z][\w-]{0,40})(?:[ ][\w-]{1,40}){0,6}>")
"""Words in angle brackets, such as `<Device name>`, and tags in capitals."""


@dataclass(frozen=True)
class ConvertedHtml:
    """Markdown, and how much of the page became something else in it."""

    markdown: str
    players: int
    merged: MergedCells


def _as_text(match: re.Match[str]) -> str:
    is_tag = match[1].lower() in TAGS | DROPPED
    return match[0] if is_tag else f"&lt;{match[0][1:-1]}&gt;"


def convert(html: str, used_anchors: Collection[str] = ()) -> ConvertedHtml:
    """The page's Markdown, with a sign where an anchor in `used_anchors` is. Never raises; takes
    time in proportion to the text."""
    writer = BlockWriter()
    blocks = writer.blocks(marked(parse(PLACEHOLDER.sub(_as_text, html)), used_anchors).children)
    text = "\n\n".join(blocks)
    return ConvertedHtml(f"{text}\n" if text else "", writer.players, writer.merged)
