"""Blocks of Markdown below each other that must stay two: lists of one kind would become one."""

from __future__ import annotations

import re
from collections.abc import Sequence

MARKER = re.compile(r"(?:[-*]|\d{1,9}[.)]) ")
OTHER = {"-": "*", "*": "-", ".": ")", ")": "."}
DEFINITION = "\n:   "
APART = "<!-- -->"
"""A comment, which readers do not see and which ends whatever stands above."""


def apart(blocks: Sequence[str]) -> list[str]:
    """`blocks` of which no two neighbours are read as one.

    A list below another of its kind gets the other sign: `1)` below `1.`, `*` below `-`.
    """
    found: list[str] = []
    for block in blocks:
        above = found[-1] if found else ""
        sign = list_sign(above)
        if sign and list_sign(block) == sign:
            block = _with_sign(block, OTHER[sign])
        elif _is_definitions(above) and _is_definitions(block):
            found.append(APART)
        found.append(block)
    return found


def list_sign(block: str) -> str:
    """The sign by which lists of one kind are known; "" for a block that is none."""
    match = MARKER.match(block)
    return match[0][-2] if match else ""


def _with_sign(block: str, sign: str) -> str:
    """A list by another sign: its items are all that begins at the margin."""
    lines = block.split("\n")
    for at, line in enumerate(lines):
        if match := MARKER.match(line):
            end = match.end()
            lines[at] = f"{line[: end - 2]}{sign}{line[end - 1 :]}"
    return "\n".join(lines)


def _is_definitions(block: str) -> bool:
    return DEFINITION in block and not block.startswith((" ", "!!!", "???", ">", "`", "|"))
