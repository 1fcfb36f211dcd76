"""A quotation → the blocks that the API gives of it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from kb.catalog.quoted_blocks import QuotedBlock, quoted_blocks
from kb.web.api.schemas.blocks import BlockOut
from search.model import LayoutKind, Quotation

_FIELDS: dict[LayoutKind, tuple[str, ...]] = {
    "paragraph": ("text",),
    "steps": ("lead", "start", "items"),
    "list": ("lead", "items", "left_out"),
    "table": ("lead", "head", "rows", "left_out"),
    "callout": ("lead", "title", "tone", "text"),
    "definition": ("title", "text"),
    "code": ("lead", "text"),
}
"""Fields of each kind besides those of all."""
_BLOCKS: TypeAdapter[list[BlockOut]] = TypeAdapter(list[BlockOut])


def answer_blocks(quotation: Quotation) -> list[BlockOut]:
    return _BLOCKS.validate_python([_fields(block) for block in quoted_blocks(quotation)])


def _fields(block: QuotedBlock) -> dict[str, Any]:
    names = ("kind", "heading", "anchor", *_FIELDS[block.kind])
    fields = {name: getattr(block, name) for name in names}
    items = ["\n".join("\t" * line.depth + line.text for line in lines) for lines in block.items]
    return fields | ({"items": items} if items else {})
