"""Spans that the rules find, and the text in which they look: what one has found no other reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

TAKEN = "\x00"
"""Stands for each character of something found; folded texts hold no such character."""


@dataclass(frozen=True)
class TextSpan:
    """A place in a folded text, and what is written instead; "" leaves the place empty."""

    start: int
    end: int
    mask: str


Rule = Callable[[str], Iterable[TextSpan]]


def without(text: str, found: Iterable[TextSpan]) -> str:
    """The text with its places kept and what was found taken out."""
    pieces, done = [], 0
    for one in sorted(found, key=lambda span: span.start):
        pieces += [text[done : one.start], TAKEN * (one.end - max(done, one.start))]
        done = max(done, one.end)
    return "".join([*pieces, text[done:]])


def found_by(rules: Iterable[Rule], text: str) -> list[TextSpan]:
    """Findings of all rules, each looking at what those before it have left."""
    found: list[TextSpan] = []
    for rule in rules:
        more = list(rule(text))
        text = without(text, more)
        found += more
    return found
