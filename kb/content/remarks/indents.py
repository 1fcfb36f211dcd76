"""Lists below steps whose items stand left of the step's text, and so end the steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STEP = re.compile(r"(?P<marker>\d{1,9}[.)][ ]{1,4})\S")
BULLET = re.compile(r"[ ]{1,3}[-*+][ ]+\S")


@dataclass(frozen=True)
class ShortIndent:
    """Lines `start` to `end`, from 0, that belong to a step if they move right by `shift`."""

    start: int
    end: int
    shift: int


def short_indents(lines: Sequence[str]) -> Iterator[ShortIndent]:
    """Each list once. Takes lines whose code is blanked, so that it goes with its list. Linear."""
    number, width = 0, 0
    while number < len(lines):
        line = lines[number]
        indent = len(line) - len(line.lstrip(" "))
        if step := STEP.match(line):
            width = len(step["marker"])
        elif line.strip() and not indent:
            width = 0
        elif width and BULLET.match(line) and indent < width:
            end = _end(lines, number)
            yield ShortIndent(number, end, width - indent)
            number = end - 1
        number += 1


def _end(lines: Sequence[str], start: int) -> int:
    """Line behind the last one that is indented or blank."""
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
        end += 1
    return end
