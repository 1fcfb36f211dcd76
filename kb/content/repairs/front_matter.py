"""Front matter: quotes around values that YAML would cut, and its keys in the order of the docs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.content.files import front_matter
from kb.content.files.form import plain
from kb.content.files.misread import quotes
from kb.content.files.text import BadFile

ORDER = (
    *("id", "title", "summary", "tags", "products", "questions", "status", "order", "aliases"),
    *("related", "next", "source", "verified", "updated"),
)
"""Others follow as they stand."""
KEY = re.compile(r"(?P<name>[A-Za-z_][\w-]{0,60}):(?:[ \t]|$)")


def with_quotes(lines: Sequence[str]) -> list[str]:
    """The lines with whole values in quotes where YAML takes them for something else."""
    found = quotes.faults("\n".join(lines))
    return quotes.mended(lines, (it for it in found if it.is_certain))


def in_order(lines: Sequence[str]) -> list[str]:
    """The lines of each key moved to its place, or as they are where that is not certain."""
    blocks = _blocks(lines)
    names = [name for name, _ in blocks]
    if len(set(names)) < len(names):
        return list(lines)
    blocks.sort(key=lambda it: ORDER.index(it[0]) if it[0] in ORDER else len(ORDER))
    ordered = [line for _, block in blocks for line in block]
    return ordered if _means_the_same(lines, ordered) else list(lines)


def _blocks(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Keys with their lines; comments above a key belong to it. Empty where lines have no key."""
    blocks: list[tuple[str, list[str]]] = []
    above: list[str] = []
    for line in lines:
        if match := KEY.match(line):
            blocks.append((match["name"], [*above, line]))
            above = []
        elif line.startswith("#") or not line.strip():
            above.append(line)
        elif blocks and line[:1] in (" ", "\t", "-"):
            blocks[-1][1].extend((*above, line))
            above = []
        else:
            return []
    if blocks:
        blocks[-1][1].extend(above)
    return blocks


def _means_the_same(before: Sequence[str], after: Sequence[str]) -> bool:
    if sorted(before) != sorted(after):
        return False
    try:
        read = [front_matter.read_mapping("\n".join(it), "")[0] for it in (before, after)]
    except BadFile:
        return False
    first, second = ({key: plain(node) for key, node in keys.items()} for keys in read)
    return first == second
