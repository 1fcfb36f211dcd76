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


def short_indents(lines: Sequence[str], written: Sequence[str]) -> Iterator[ShortIndent]:
    """Each list once. Takes lines with their code blanked, and as they are written. Linear.

    Code goes with its list where it is indented as that is; any other ends the list.
    """
    number, width = 0, 0
    while number < len(lines):
        line = lines[number]
        indent = len(line) - len(line.lstrip(" "))
        if step := STEP.match(line):
            width = len(step["marker"])
        elif line.strip() and not indent:
            width = 0
        elif width and BULLET.match(line) and indent < width:
            end = _end(lines, written, number)
            yield ShortIndent(number, end, width - indent)
            number = end - 1
        number += 1


def _end(lines: Sequence[str], written: Sequence[str], start: int) -> int:
    """Line behind the last one that is indented, blank, or code that begins indented."""
    end, was_code = start, False
    while end < len(lines):
        is_code = not lines[end].strip() and bool(written[end].strip())
        if written[end].strip():
            if not (is_code and was_code) and not written[end].startswith(" "):
                break
            was_code = is_code
        end += 1
    return end
