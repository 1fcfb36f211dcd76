"""Lists of the body: a space behind marks that lack one, and items as far right as their step."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.content.remarks.indents import short_indents
from kb.content.remarks.source import prose_of

NUMBER = re.compile(r"(?P<mark>[ ]{0,3}\d{1,2}[.)])(?=[^\W\d_]{2})")
HYPHEN = re.compile(r"(?P<mark>[ ]{0,3}-)(?=[^\W\d_]{2})")
ASTERISK = re.compile(r"(?P<mark>[ ]{0,3}\*)(?=[^\W\d_]{2}[^*]*$)")
DOT = re.compile(r"(?P<mark>[ ]{0,3})[•‣▪●◦∙⁃][ \t]*(?=\S)")
ITEM = re.compile(r"(?P<indent>[ ]{0,3})(?P<number>\d{0,2})(?P<mark>(?<=\d)[.)]|(?<!\d)-)[ ]+\S")
GLUED_ITEM = re.compile(
    r"(?P<indent>[ ]{0,3})(?P<number>\d{0,2})(?P<mark>(?<=\d)[.)]|(?<!\d)-)(?=[^\W\d_])"
)
GLUED = (NUMBER, HYPHEN, ASTERISK, DOT)
LEAST = 2
"""Lines of one form below each other that are no accident."""


def with_spaces(lines: Sequence[str]) -> list[str]:
    """The lines with `1.Text`, `-text`, `*text` and `• text` as items of lists."""
    prose = prose_of(list(lines))
    mended = list(lines)
    for form in GLUED:
        run: list[int] = []
        for number in range(len(prose) + 1):
            if number < len(prose) and form.match(prose[number]):
                run.append(number)
                continue
            for at in run if len(run) >= LEAST else ():
                mended[at] = form.sub(_spaced, lines[at], count=1)
            run.clear()
    return _with_joined(mended)


def _with_joined(lines: Sequence[str]) -> list[str]:
    """The lines with those that lack a space below an item of their kind as items too."""
    prose = prose_of(list(lines))
    mended = list(lines)
    last: re.Match[str] | None = None
    for number, line in enumerate(prose):
        if last and (glued := GLUED_ITEM.match(line)) and _goes_on(last, glued):
            end = glued.end()
            mended[number] = f"{lines[number][:end]} {lines[number][end:]}"
            last = glued
        elif item := ITEM.match(line):
            last = item
        elif line.strip() and not line.startswith("  "):
            last = None
    return mended


def _goes_on(last: re.Match[str], glued: re.Match[str]) -> bool:
    """True for the same bullet, or the same mark behind the next number."""
    if (last["indent"], last["mark"]) != (glued["indent"], glued["mark"]):
        return False
    return not last["number"] or int(glued["number"]) == int(last["number"]) + 1


def _spaced(match: re.Match[str]) -> str:
    mark = match["mark"]
    return f"{mark} " if mark.strip() else f"{mark}- "


def with_indents(lines: Sequence[str]) -> list[str]:
    """The lines with lists below steps moved to the step's text."""
    mended = list(lines)
    for one in short_indents(prose_of(list(lines)), lines):
        for number in range(one.start, one.end):
            if mended[number].strip():
                mended[number] = " " * one.shift + mended[number]
    return mended
