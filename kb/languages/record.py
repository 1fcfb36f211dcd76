"""The shape of a language's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.languages.lists import TopicLists
from search.text.languages.record import TextLanguage

USUAL_DATE = "long"
"""Dates as the speakers of a language are used to them."""
PERSON = "person"
"""The topic that holds ways to ask for a person."""
DANGERS = frozenset({"danger", "injury"})
"""Topics for which a word on safety comes first."""
SELF_HARM = "self-harm"
"""The topic that outranks them: no device is the danger."""


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
    fillers: str = ""
    """Words of politeness, and of a question that is only announced: "I have a question"."""
    gratitude: str = ""
    """Words of thanks."""
    thanks: str = ""
    """Phrases of who has been helped, one a line, as in lists of topics."""
    solved: str = ""
    """Written forms that say, together with thanks, that all is well, whatever is named besides."""
    turns: str = ""
    """Words that take back what was said, or ask for more."""
    thanks_beside: str = ""
    """Words that go along with thanks and mean nothing alone."""
    yes: str = ""
    """Words that agree."""
    understood: str = ""
    """Further words that acknowledge an answer, before a question that goes on."""
    no: str = ""
    """Words that do not."""
    unneeded: str = ""
    """What the negation may stand before without taking thanks back: "not needed any more"."""
    unhelpful: str = ""
    """What did not help, once it is said that it did not: words beside the negation."""
    useless: str = ""
    """Words that say so without one."""
    follow_ups: str = ""
    """First words of a question that goes on from the one before: phrases, one a line."""
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
    slang: str = ""
    """Contractions, abbreviations and frequent misspellings with the usual words, as
    `dont: do not`, separated by semicolons."""
    often_misspelt: str = ""
    """Words that are recognised with a typing error."""
    lists: TopicLists = field(default_factory=TopicLists)
    """Messages that go to a person: groups of words, phrases by topic."""

    @property
    def code(self) -> str:
        return self.text.code

    @property
    def topics(self) -> Mapping[str, tuple[str, ...]]:
        return self.lists.topics

    @property
    def groups(self) -> Mapping[str, str]:
        return self.lists.groups
