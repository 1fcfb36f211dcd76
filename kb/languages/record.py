"""The shape of a language's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.text.languages.record import TextLanguage

USUAL_DATE = "long"
"""Dates as the speakers of a language are used to them."""
PERSON = "person"
"""The topic that holds ways to ask for a person."""


@dataclass(frozen=True)
class Language:
    """A language beyond its catalogue. Words are separated by spaces; any part may be left out."""

    text: TextLanguage
    """As search knows it."""
    date_pattern: str = USUAL_DATE
    """As `22 November 2026`: a pattern of CLDR, or the name of one of the language's own."""
    question_words: str = ""
    """First words of titles that ask something though they have no question mark: alternatives of a
    regular expression."""
    greetings: str = ""
    """Words that say hello, or nothing."""
    negation: str = ""
    """The word that turns a phrase round, and is no small word there."""
    persons: str = ""
    """Words for a person who answers."""
    bare_requests: str = ""
    """A message of nothing but these words asks for a person, if one of `persons` is among them."""
    callouts: Mapping[str, str] = field(default_factory=dict)
    """Kind of a callout → its title where the author gives none; else in English."""
    draft: tuple[str, ...] = ()
    """Summary and first paragraph of an article that `kb new` starts; else in English."""
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Topic → phrases of messages that go to a person; a word matches in all its forms."""

    @property
    def code(self) -> str:
        return self.text.code
