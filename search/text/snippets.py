"""Marks a reader's words in a text and picks the stretch worth showing. Pure, linear time.

Segments, never HTML: whoever shows them escapes them.
"""

from __future__ import annotations

import re

from search.model import Segment
from search.text.analysis import Token
from search.text.words import Matcher

MAX_CHARS = 240
"""Length of a snippet: about three lines at 390 px."""
ELLIPSIS = "…"

_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?…])\s+|\n)(?=\S)")


def highlight(text: str, matcher: Matcher) -> tuple[Segment, ...]:
    """The whole text with the query's words marked; joined, the segments are `text` unchanged."""
    return _marked(text, matcher.find(text))


def snippet(text: str, matcher: Matcher, *, max_chars: int = MAX_CHARS) -> tuple[Segment, ...]:
    """The stretch of at most about `max_chars` that holds most different words of the query.

    It starts with a sentence where one begins near enough, is cut between words, and has "…"
    where text is missing. Without matches it is the start of the text.
    """
    matches = matcher.find(text)
    start = _window_start(text, matches, max_chars)
    end = _window_end(text, start, max_chars)
    inside = [t for t in matches if t.start >= start and t.end <= end]
    moved = [Token(t.term, t.start - start, t.end - start) for t in inside]
    shown = _marked(text[start:end].rstrip().replace("\n", " "), moved)
    before = (Segment(ELLIPSIS, False),) if start > 0 else ()
    after = (Segment(ELLIPSIS, False),) if text[end:].strip() else ()
    return before + shown + after


def _marked(text: str, matches: list[Token]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    position = 0
    for token in matches:
        if token.start > position:
            segments.append(Segment(text[position : token.start], False))
        segments.append(Segment(text[token.start : token.end], True))
        position = token.end
    if position < len(text):
        segments.append(Segment(text[position:], False))
    return tuple(segments)


def _window_start(text: str, matches: list[Token], max_chars: int) -> int:
    """Start of the best window: most different terms, then most matches, then the earliest."""
    if len(text) <= max_chars or not matches:
        return 0
    best, best_value = 0, (0, 0)
    first = 0
    counts: dict[str, int] = {}
    for last, token in enumerate(matches):
        counts[token.term] = counts.get(token.term, 0) + 1
        while token.end - matches[first].start > max_chars * 0.7:
            term = matches[first].term
            counts[term] -= 1
            if not counts[term]:
                del counts[term]
            first += 1
        value = (len(counts), last - first + 1)
        if value > best_value:
            best, best_value = first, value
    return _sentence_start(text, matches[best].start, reach=int(max_chars * 0.3))


def _sentence_start(text: str, position: int, *, reach: int) -> int:
    """Start of a sentence at most `reach` before `position`, else of a word shortly before."""
    lowest = max(0, position - reach)
    starts = [m.end() for m in _SENTENCE_START.finditer(text, lowest, position + 1)]
    if lowest == 0:
        return 0
    if starts:
        return starts[0]
    space = text.find(" ", max(0, position - reach // 2), position)
    return space + 1 if space >= 0 else position


def _window_end(text: str, start: int, max_chars: int) -> int:
    if len(text) - start <= max_chars:
        return len(text)
    end = start + max_chars
    space = text.rfind(" ", start + max_chars // 2, end)
    return space if space > 0 else end
