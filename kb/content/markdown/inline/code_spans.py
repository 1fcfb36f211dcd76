"""Code spans: runs of backticks that close each other."""

from __future__ import annotations

import re

_RUN = re.compile(r"`+")


class CodeSpans:
    """Finds the run that closes another, over one text: each length is looked up, not searched."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[int, list[int]] | None = None

    def closing(self, opened: int, length: int) -> int | None:
        """Start of the next run of `length` backticks; to be asked from left to right."""
        if self._starts is None:
            self._starts = _runs(self._text)
        starts = self._starts.get(length, [])
        while starts and starts[-1] < opened:
            starts.pop()
        return starts[-1] if starts else None


def _runs(text: str) -> dict[int, list[int]]:
    """Length of a run → where such runs start, the last one first."""
    found: dict[int, list[int]] = {}
    for run in _RUN.finditer(text):
        found.setdefault(run.end() - run.start(), []).append(run.start())
    for starts in found.values():
        starts.reverse()
    return found


def code_text(written: str) -> str:
    """Text shown of `written` between the runs: one line, a space at both ends taken off."""
    text = written.replace("\n", " ")
    is_padded = text.startswith(" ") and text.endswith(" ") and text.strip(" ")
    return text[1:-1] if is_padded else text
