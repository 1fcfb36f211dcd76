"""Topics of messages that go to a person whatever the articles say: persons asked for, and risks.

The release's lists stand in `kb.languages`; a site changes them in a file
(`kb.content.topics_file`). Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from kb.languages import records
from kb.languages.record import PERSON
from search.text import analysis

MAX_GAP = 2
"""Telling words that may stand between two of a phrase: «соедините срочно с оператором»."""

Phrases = Mapping[str, tuple[str, ...]]
"""Topic → phrases. A word matches in all its forms."""

RELEASE: Mapping[str, Phrases] = {code: it.topics for code, it in records().items() if it.topics}


@dataclass(frozen=True)
class Topics:
    """The lists of a generation, by language and topic."""

    lists: Mapping[str, Phrases] = field(default_factory=lambda: RELEASE)

    def asks_for_person(self, message: str) -> bool:
        """True when the customer wants a person and nothing else."""
        words = words_of(message)
        if PERSON in self._held(words):
            return True
        topical = {word for word in words if word not in analysis.stop_terms()}
        return bool(topical & _person_terms()) and topical <= _bare_terms()

    def sensitive(self, message: str) -> str:
        """Name of a sensitive topic of a message, "" for none."""
        return min(
            (topic for topic in self._held(words_of(message)) if topic != PERSON), default=""
        )

    def _held(self, words: Sequence[str]) -> Iterator[str]:
        """Topics of which a phrase stands in `words`, in order, with at most MAX_GAP between."""
        for place, word in enumerate(words):
            for topic, phrase in self._by_first_term.get(word, ()):
                if _continues(words, place, phrase):
                    yield topic

    @cached_property
    def _by_first_term(self) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """First term of a phrase → topics and phrases. Of all languages: people write in more
        than their own."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for topics in self.lists.values():
            for topic, phrases in topics.items():
                for phrase in filter(None, map(words_of, phrases)):
                    found.setdefault(phrase[0], []).append((topic, phrase))
        return {term: tuple(pairs) for term, pairs in found.items()}

    def to_json(self) -> bytes:
        return json.dumps(self.lists, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Topics:
        """Read what `to_json` wrote; raises ValueError, AttributeError for anything else."""
        lists = json.loads(content)
        return cls(
            {
                lang: {topic: tuple(phrases) for topic, phrases in topics.items()}
                for lang, topics in lists.items()
            }
        )


def words_of(text: str) -> tuple[str, ...]:
    """Terms of a phrase or a message without its small words; «не» is none of them."""
    words = analysis.terms(analysis.clean(text))
    return tuple(w for w in words if w not in analysis.stop_terms() or w in _negations())


def _continues(words: Sequence[str], place: int, phrase: Sequence[str]) -> bool:
    """True when the rest of `phrase` follows its first term, which stands at `place`."""
    for term in phrase[1:]:
        window = words[place + 1 : place + 2 + MAX_GAP]
        if term not in window:
            return False
        place += 1 + window.index(term)
    return True


@cache
def _person_terms() -> frozenset[str]:
    return _terms_of(language.persons for language in records().values())


@cache
def _bare_terms() -> frozenset[str]:
    return _terms_of(language.bare_requests for language in records().values())


@cache
def _negations() -> frozenset[str]:
    return _terms_of(language.negation for language in records().values())


def _terms_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(analysis.term_of(word) for text in texts for word in text.split())
