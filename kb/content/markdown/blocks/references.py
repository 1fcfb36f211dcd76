"""Definitions of link references, `[label]: address "title"`, at the start of a paragraph."""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.content.markdown.inline.destinations import (
    destination_at,
    label_at,
    space_end,
    title_at,
)
from kb.content.markdown.inline.references import normal_label

_LINE_END = re.compile(r"[ \t]*+(?:\n|\Z)")


class ReferenceDefinition(NamedTuple):
    """Address that a label leads to; `end` is the place of the line below the definition."""

    label: str
    address: str
    title: str
    end: int


def definition_at(text: str, at: int) -> ReferenceDefinition | None:
    """The definition that begins at `at`, the start of a line."""
    found = label_at(text, at)
    if not found or not text.startswith(":", found[1]) or not (label := normal_label(found[0])):
        return None
    start = space_end(text, found[1] + 1)
    destination = destination_at(text, start)
    if destination is None or destination[1] == start:
        return None
    address, address_end = destination
    title_start = space_end(text, address_end)
    title = title_at(text, title_start) if title_start > address_end else None
    if title and (end := _LINE_END.match(text, title[1])):
        return ReferenceDefinition(label, address, title[0], end.end())
    line_end = _LINE_END.match(text, address_end)
    return ReferenceDefinition(label, address, "", line_end.end()) if line_end else None
