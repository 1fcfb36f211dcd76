"""The shape of a language's record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextLanguage:
    """A language as search knows it; stemmers are in `search.text.languages`."""

    code: str
    stop_words: frozenset[str] = frozenset()
    """Folded words that carry no topic."""
    anaphors: frozenset[str] = frozenset()
    """Folded words that begin a sentence which rests on the one before it."""
    stands_alone: str = ""
    """Pattern of folded sentences that begin with such a word and rest on nothing."""
    points_ahead: str = ""
    """Pattern of folded words with which a sentence points at the list that follows it."""
    keys: str = ""
    """Letters of a keyboard, key by key in the order of the English record; "" for the same."""
    has_dictionary: bool = False
    """True when `search.text.dictionary` can tell that a word exists."""
    messages: tuple[str, ...] = ()
    """Messages to a support team, with {} in the place of the question. For training."""
