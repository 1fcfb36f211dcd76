"""Front matter parted into its top-level entries, each of which can be read without the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FIRST_WORD = re.compile(r"[\w-]{1,60}(?=[ \t]|$)", re.MULTILINE)
NAME = re.compile(r"""[\w-]{1,60}(?=["']?[ \t\u00a0]{0,20}:)""")
GOES_ON = (" ", "\t", "#", "- ", "]", "}")
"""Beginnings of lines that belong to the entry above; empty ones do too."""
PARENT = re.compile(
    r"""(?P<mark>["']?)(?P<key>[^\s"'#:][^"'#:\n]{0,200})(?P=mark):[ \t]*(?:#.*)?"""
)
"""A key with nothing beside it."""
ITEM = re.compile(r"(?P<indent> *)-[ \t]+\S")


@dataclass(frozen=True)
class FrontEntry:
    """Lines of one key, from the one that names it."""

    line: int
    """Of the front matter, from 0."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((*self.lines, ""))

    @property
    def names(self) -> frozenset[str]:
        """Everything in it that may be meant as a key."""
        first = FIRST_WORD.match(self.lines[0])
        return frozenset((*NAME.findall(self.text), first[0] if first else ""))


def entries(lines: Sequence[str]) -> Iterator[FrontEntry]:
    """The lines, each in one entry."""
    first = 0
    for number, line in enumerate(lines):
        is_next = line and line != "-" and not line.startswith(GOES_ON)
        if is_next and number > first:
            yield FrontEntry(first, tuple(lines[first:number]))
            first = number
    if lines:
        yield FrontEntry(first, tuple(lines[first:]))


@dataclass(frozen=True)
class LinesBelow:
    """Lines below a key, without their common indent."""

    key: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((*self.lines, ""))

    @property
    def is_list(self) -> bool:
        return next(filter(str.strip, self.lines), "").startswith("- ")

    def items(self) -> Iterator[tuple[int, str]]:
        """Each item of a list, with its first line, from 0."""
        starts = [at for at, line in enumerate(self.lines) if line.startswith("- ")]
        for first, after in zip(starts, (*starts[1:], len(self.lines)), strict=True):
            yield first, "\n".join(self.lines[first:after])


def parted(entry: FrontEntry) -> LinesBelow | None:
    """The lines below the key of an entry; None for one that has none, or a value beside it."""
    head = PARENT.fullmatch(entry.lines[0])
    below = entry.lines[1:]
    first = next((line for line in below if line.strip() and line.lstrip()[0] != "#"), "")
    depth = len(first) - len(first.lstrip(" "))
    if not head or not first.strip() or not (depth or first.startswith("- ")):
        return None
    lines = tuple(line[min(depth, len(line) - len(line.lstrip(" "))) :] for line in below)
    return LinesBelow(head["key"], lines)


def joined_items(lines: Sequence[str]) -> Iterator[int]:
    """Lines of items that YAML joins with the one above, since they stand deeper."""
    depth: int | None = None
    for number, line in enumerate(lines):
        item = ITEM.match(line)
        if item is None:
            depth = None
        elif depth is None or len(item["indent"]) <= depth:
            depth = len(item["indent"])
        else:
            yield number


def going_on(lines: Sequence[str], first: int) -> Iterator[int]:
    """A line, and those below it that may go on with its value."""
    yield first
    for number in range(first + 1, len(lines)):
        if not lines[number].startswith(" ") or ITEM.match(lines[number]):
            return
        yield number
