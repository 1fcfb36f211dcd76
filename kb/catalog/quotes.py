"""The part of a passage that answers: the sentences, or the list of steps, that hold the question's
words. Always an exact quotation: nothing is put together or left out inside it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from search.text import analysis
from search.text.html_text import sections

MAX_ANSWER_CHARS = 400
MAX_STEPS_CHARS = 1500
"""Steps are worth reading whole: half an instruction is a wrong one."""
MIN_STEPS = 2
MIN_ANSWER_CHARS = 120
"""A shorter answer gets the sentences that follow in its line, as far as they fit."""
EPSILON = 1e-9

AnswerKind = Literal["text", "steps"]

_SENTENCE_END = re.compile(r"[.!?…]+(?=\s)|\n")
Span = tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """A quotation; `kind` says how to lay it out: a step stands on each line of steps."""

    text: str
    kind: AnswerKind = "text"


@dataclass(frozen=True)
class _Query:
    """Terms of a query, with how telling each is, and the language they are of."""

    terms: Mapping[str, float]
    lang: str

    def terms_in(self, text: str) -> set[str]:
        return {token.term for token in analysis.tokens(text, self.lang)} & set(self.terms)

    def held(self, text: str) -> float:
        return _weight(self.terms_in(text), self.terms)


def extract(
    passage: str,
    terms: Mapping[str, float],
    *,
    lang: str = "",
    html: str = "",
    max_chars: int = MAX_ANSWER_CHARS,
) -> Answer:
    """Quote the part of `passage` that answers a query of `terms`, each with how telling it is.

    `lang` is the language of both.

    With the `html` of the article it is known which lines are items of a list: when the words
    point into one, the whole list is the answer. Else it is the shortest run of whole sentences
    that holds what is most telling, the first of equal ones, with the rest of its line if that is
    very short. A short passage is taken whole, a sentence longer than `max_chars` in full.
    """
    query = _Query(terms, lang)
    steps = _steps(passage, query, _list_items(html)) if html else None
    if steps:
        return Answer(passage[steps[0] : steps[1]], "steps")
    if len(passage) <= max_chars:
        return Answer(passage.strip())
    start, end = _best_run(passage, _sentences(passage), query, max_chars)
    return Answer(passage[start:end].strip())


def _steps(passage: str, query: _Query, items: frozenset[str]) -> Span | None:
    """The list that holds at least as many of the words as any line beside it, with its lead-in.

    In a passage whose heading is the question neither holds any: then the steps are the answer.
    """
    lines = _lines(passage)
    best: Span | None = None
    others = [(start, end) for start, end in lines if passage[start:end] not in items]
    best_count = (
        max((query.held(passage[start:end]) for start, end in others), default=0.0) - EPSILON
    )
    for first, last in _runs([passage[start:end] in items for start, end in lines]):
        if last - first + 1 < MIN_STEPS:
            continue
        if first and passage[lines[first - 1][0] : lines[first - 1][1]].endswith(":"):
            first -= 1
        span = lines[first][0], lines[last][1]
        count = query.held(passage[span[0] : span[1]])
        if span[1] - span[0] <= MAX_STEPS_CHARS and count > best_count:
            best, best_count = span, count
    return best


def _best_run(passage: str, spans: Sequence[Span], query: _Query, max_chars: int) -> Span:
    if not spans:
        return 0, max_chars
    terms = query.terms
    held = [query.terms_in(passage[a:b]) for a, b in spans]
    best, best_weight = (0, 0), -1.0
    for first in range(len(spans)):
        last = _last_within(spans, first, max_chars)
        weight = _weight(set().union(*held[first : last + 1]), terms)
        if weight > best_weight:
            best, best_weight = (first, last), weight
    first, last = _without_margins(held, best, terms) if best_weight > 0 else best
    while last + 1 < len(spans) and spans[last][1] - spans[first][0] < MIN_ANSWER_CHARS:
        is_too_long = spans[last + 1][1] - spans[first][0] > max_chars
        if is_too_long or _ends_line(passage, spans[last]):
            break
        last += 1
    return spans[first][0], spans[last][1]


def _ends_line(passage: str, span: Span) -> bool:
    """Tell whether something else begins after a sentence, such as the next row of a table."""
    sentence, rest = passage[slice(*span)], passage[span[1] :]
    is_last = sentence.endswith("\n") or rest.startswith("\n")
    return is_last and not sentence.rstrip().endswith(":")


def _last_within(spans: Sequence[Span], first: int, max_chars: int) -> int:
    last = first
    while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= max_chars:
        last += 1
    return last


def _without_margins(
    held: Sequence[set[str]], run: tuple[int, int], terms: Mapping[str, float]
) -> tuple[int, int]:
    """The run without first and last sentences that add nothing."""
    first, last = run
    whole = _weight(set().union(*held[first : last + 1]), terms)
    while last > first and _weight(set().union(*held[first:last]), terms) == whole:
        last -= 1
    while first < last and _weight(set().union(*held[first + 1 : last + 1]), terms) == whole:
        first += 1
    return first, last


def _weight(held: Collection[str], terms: Mapping[str, float]) -> float:
    return sum(terms[term] for term in sorted(held))


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
