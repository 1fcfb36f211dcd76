"""Emphasis and strikethrough: which runs of `*`, `_` and `~` belong together.

The algorithm is that of CommonMark's appendix: a stack of runs, and for each kind of closing run
how far down an opening one has been looked for in vain, so that all takes linear time.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

from kb.content.markdown.inline.tokens import DelimiterRun

MAX_TILDES = 2

CharacterKind = Literal["space", "punctuation", "other"]


class Runs:
    """The runs that may still open or close something, as a stack."""

    def __init__(self) -> None:
        self.top: DelimiterRun | None = None

    def push(self, run: DelimiterRun) -> None:
        run.previous = self.top
        if self.top:
            self.top.next = run
        self.top = run

    def pair(self, bottom: DelimiterRun | None = None) -> None:
        """Pair all runs above `bottom`, which leave the stack then."""
        in_vain: dict[tuple[str, bool, int], DelimiterRun | None] = {}
        closing = self._first_above(bottom)
        while closing:
            if not closing.can_close:
                closing = closing.next
                continue
            kind = _kind_of_closing(closing)
            opening = _opening(closing, in_vain.get(kind, bottom))
            if opening:
                closing = self._join(opening, closing)
            else:
                in_vain[kind] = closing.previous
                following = closing.next
                if not closing.can_open:
                    self._remove(closing)
                closing = following
        self.top = bottom
        if bottom:
            bottom.next = None

    def _first_above(self, bottom: DelimiterRun | None) -> DelimiterRun | None:
        run = self.top
        if run is bottom:
            return None
        while run and run.previous is not bottom:
            run = run.previous
        return run

    def _join(self, opening: DelimiterRun, closing: DelimiterRun) -> DelimiterRun | None:
        """Make one element of two runs; the run to go on with."""
        tag, used = _element(opening, closing)
        opening.opens.append(tag)
        closing.closes.append(tag)
        opening.count -= used
        closing.count -= used
        opening.next, closing.previous = closing, opening  # runs between them pair no more
        if not opening.count:
            self._remove(opening)
        if closing.count:
            return closing
        following = closing.next
        self._remove(closing)
        return following

    def _remove(self, run: DelimiterRun) -> None:
        if run.previous:
            run.previous.next = run.next
        if run.next:
            run.next.previous = run.previous
        else:
            self.top = run.previous


def _kind_of_closing(run: DelimiterRun) -> tuple[str, bool, int]:
    """Runs of one kind can be closed by the same others."""
    if run.character == "~":
        return run.character, False, run.length
    return run.character, run.can_open, run.length % 3


def _opening(closing: DelimiterRun, floor: DelimiterRun | None) -> DelimiterRun | None:
    """The nearest run above `floor` that opens what `closing` closes."""
    run = closing.previous
    while run and run is not floor:
        if run.can_open and run.character == closing.character and _fit(run, closing):
            return run
        run = run.previous
    return None


def _fit(opening: DelimiterRun, closing: DelimiterRun) -> bool:
    if closing.character == "~":
        return opening.count == closing.count
    if not (opening.can_close or closing.can_open) or closing.length % 3 == 0:
        return True
    return (opening.length + closing.length) % 3 != 0


def _element(opening: DelimiterRun, closing: DelimiterRun) -> tuple[str, int]:
    """Tag of the innermost element of two runs, and how many characters of each it takes."""
    if closing.character == "~":
        return "del", closing.count
    return ("strong", 2) if min(opening.count, closing.count) >= 2 else ("em", 1)


def run_at(text: str, start: int, end: int) -> DelimiterRun | None:
    """The run that `text` has between two places; None when it can only be text."""
    before = _kind(text[start - 1]) if start else "space"
    after = _kind(text[end]) if end < len(text) else "space"
    leans_left = after != "space" and (after == "other" or before != "other")
    leans_right = before != "space" and (before == "other" or after != "other")
    can_open, can_close = leans_left, leans_right
    character = text[start]
    if character == "_":
        can_open = leans_left and (not leans_right or before == "punctuation")
        can_close = leans_right and (not leans_left or after == "punctuation")
    if not (can_open or can_close) or (character == "~" and end - start > MAX_TILDES):
        return None
    return DelimiterRun(character, end - start, can_open=can_open, can_close=can_close)


@lru_cache(maxsize=2_000)
def _kind(char: str) -> CharacterKind:
    category = unicodedata.category(char)
    if category == "Zs" or char in "\t\n\f\r":
        return "space"
    return "punctuation" if category[0] in "PS" else "other"
