"""The shape of a language's record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextLanguage:
    """A language as search knows it; stemmers are in `search.text.languages`."""

    code: str
    stop_words: frozenset[str] = frozenset()
    """Folded words that carry no topic."""
    keys: str = ""
    """What the keys of a keyboard type, in the order of the English record's; "" for the same."""
    has_dictionary: bool = False
    """Whether `search.text.dictionary` can tell that a word exists."""
    messages: tuple[str, ...] = ()
    """How messages to a support team begin and end: {} stands for the question. For training."""
