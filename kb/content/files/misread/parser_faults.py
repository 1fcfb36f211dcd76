"""The line that a parser of YAML stumbled over, which is often below the one at fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from kb.content.files.misread import lines as line_faults

LOOKED_AT = 40
"""Lines above the one where reading ended that may be at fault."""
STRANGE_REMEDY = 'Put values with : # [ ] { } into "quotes", indent by spaces'


@dataclass(frozen=True)
class LineFault:
    """A line of YAML, from 0, with what is wrong in it and what to write."""

    line: int
    message: str
    remedy: str


def explained(text: str, error: yaml.YAMLError) -> LineFault:
    """Find the fault that an error of the parser is about."""
    lines = text.split("\n")
    at = _marked(error, len(lines))
    if at is None:  # a character that no YAML holds
        found = (_fault(lines, number) for number in range(len(lines)))
        return next(filter(None, found), LineFault(0, *_strange(error)))
    for number in _suspects(lines, error, at):
        if found_here := _fault(lines, number):
            return found_here
    at = min(at, len(lines) - 1)
    while at and not lines[at].strip():
        at -= 1
    if misplaced := _misplaced(lines, at):
        return LineFault(at, *misplaced)
    if not line_faults.is_entry(lines[at]):
        return LineFault(at, *keyless(lines[at]))
    return LineFault(at, *_strange(error))


def keyless(line: str) -> line_faults.Explanation:
    """Tell of a line that neither names a key nor belongs to one."""
    remedy = "Write `key: value`, or indent it if it goes on from above"
    return f"`{line_faults.shown(line)}` has no key", remedy


def _fault(lines: Sequence[str], number: int) -> LineFault | None:
    found = line_faults.fault(lines[number])
    return LineFault(number, *found) if found else None


def _marked(error: yaml.YAMLError, count: int) -> int | None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return min(int(mark.line), count - 1) if mark else None


def _suspects(lines: Sequence[str], error: yaml.YAMLError, at: int) -> Iterator[int]:
    """Lines that may be at fault, the likeliest first."""
    context = getattr(error, "context_mark", None)
    if context and "scanning" in (getattr(error, "context", "") or ""):
        yield min(int(context.line), len(lines) - 1)
    yield from range(at, max(-1, at - LOOKED_AT), -1)


def _misplaced(lines: Sequence[str], at: int) -> line_faults.Explanation | None:
    """Tell of a line that stands neither below those beside it nor below the one above."""
    depth = _depth(lines[at])
    above = [_depth(line) for line in lines[max(0, at - LOOKED_AT) : at] if line.strip()]
    if not above or depth == above[-1] or not line_faults.is_entry(lines[at]):
        return None
    if not depth:
        stands_apart = min(above) > 0
        message = "stands further left than everything above"
        return (message, "Begin those lines at the left edge too") if stands_apart else None
    side = "deeper" if depth > above[-1] else "less deep"
    spaces = "1 space" if above[-1] == 1 else f"{above[-1]} spaces"
    remedy = f"Indent it by {spaces} as that line" if above[-1] else "Begin it at the left edge"
    return f"is indented {side} than the line above", remedy


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _strange(error: yaml.YAMLError) -> line_faults.Explanation:
    problem = getattr(error, "problem", None) or getattr(error, "context", None) or ""
    return f"is not valid YAML{': ' if problem else ''}{problem}", STRANGE_REMEDY
