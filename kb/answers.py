"""The part of a passage that answers: the sentences, or the list of steps, that hold the question's
words. Always an exact quotation: nothing is put together or left out inside it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from search import analysis
from search.visible import sections

MAX_ANSWER_CHARS = 400
MAX_STEPS_CHARS = 1500
"""Steps are worth reading whole: half an instruction is a wrong one."""
MIN_STEPS = 2

Kind = Literal["text", "steps"]

_SENTENCE_END = re.compile(r"[.!?…]+(?=\s)|\n")
Span = tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """A quotation; `kind` says how to lay it out: a step stands on each line of steps."""

    text: str
    kind: Kind = "text"


def extract(
    passage: str, terms: Collection[str], *, html: str = "", max_chars: int = MAX_ANSWER_CHARS
) -> Answer:
    """What of `passage` answers a query of `terms`: a substring of it.

    With the `html` of the article it is known which lines are items of a list: when the words
    point into one, the whole list is the answer. Else it is the run of whole sentences that holds
    most of `terms`, the first of equal ones; a short passage is taken whole, and a single sentence
    longer than `max_chars` is given in full.
    """
    steps = _steps(passage, terms, _list_items(html)) if html else None
    if steps:
        return Answer(passage[steps[0] : steps[1]], "steps")
    if len(passage) <= max_chars:
        return Answer(passage.strip())
    start, end = _best_run(passage, _sentences(passage), terms, max_chars)
    return Answer(passage[start:end].strip())


def _steps(passage: str, terms: Collection[str], items: frozenset[str]) -> Span | None:
    """The list that holds at least as many of the words as any line beside it, with its lead-in.

    In a passage whose heading is the question neither holds any: then the steps are the answer.
    """
    lines = _lines(passage)
    best: Span | None = None
    others = [(start, end) for start, end in lines if passage[start:end] not in items]
    best_count = max((_held(passage[start:end], terms) for start, end in others), default=0) - 1
    for first, last in _runs([passage[start:end] in items for start, end in lines]):
        if last - first + 1 < MIN_STEPS:
            continue
        if first and passage[lines[first - 1][0] : lines[first - 1][1]].endswith(":"):
            first -= 1
        span = lines[first][0], lines[last][1]
        count = _held(passage[span[0] : span[1]], terms)
        if span[1] - span[0] <= MAX_STEPS_CHARS and count > best_count:
            best, best_count = span, count
    return best


def _best_run(
    passage: str, spans: Sequence[Span], terms: Collection[str], max_chars: int
) -> tuple[int, int]:
    if not spans:
        return 0, max_chars
    held = [_terms_in(passage[a:b], terms) for a, b in spans]
    best, best_count = (0, 0), -1
    for first in range(len(spans)):
        last = first
        while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= max_chars:
            last += 1
        count = len(set().union(*held[first : last + 1]))
        if count > best_count:
            best, best_count = (first, last), count
    return spans[best[0]][0], spans[best[1]][1]


def _sentences(text: str) -> list[Span]:
    """Spans of sentences and lines that hold more than white space."""
    ends = [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise([0, *ends]) if text[start:end].strip()]


def _lines(text: str) -> list[Span]:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last place of each run of true flags."""
    edges = [False, *flags, False]
    starts = [i for i in range(len(flags)) if edges[i + 1] and not edges[i]]
    ends = [i for i in range(len(flags)) if edges[i + 1] and not edges[i + 2]]
    return list(zip(starts, ends, strict=True))


@lru_cache(maxsize=256)
def _list_items(html: str) -> frozenset[str]:
    """Texts of the items of all lists. Kept: reading an article again costs milliseconds."""
    return frozenset(
        block.text
        for section in sections(html)
        for block in section.blocks
        if block.kind == "list_item"
    )


def _held(text: str, terms: Collection[str]) -> int:
    return len(_terms_in(text, terms))


def _terms_in(text: str, terms: Collection[str]) -> set[str]:
    return {token.term for token in analysis.tokens(text)} & set(terms)
