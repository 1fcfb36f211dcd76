"""The lists of a generation: persons asked for, dangers, risks. Pure.

The release's stand in `kb/languages/topics`; a site changes them in a file
(`kb.content.topics_file`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from kb.content.topics.phrases import PhraseList, compiled, is_only, terms_of
from kb.content.topics.sentences import Sentence, clauses, sentences
from kb.languages import records
from kb.languages.record import DANGERS, PERSON

Phrases = Mapping[str, tuple[str, ...]]
"""Topic → phrases, in the notation of `kb.content.topics.phrases`."""

MOST_COMPILED = 64
"""Lists kept compiled: those of two generations with changed ones, and more."""

RELEASE: Mapping[str, Phrases] = {code: it.topics for code, it in records().items() if it.topics}


@dataclass(frozen=True)
class Topics:
    """The lists of a generation, by language and topic."""

    lists: Mapping[str, Phrases] = field(default_factory=lambda: RELEASE)

    def warm_up(self) -> None:
        """Compile the lists and load what reads misspelt words now, not with the first message."""
        self.held("wherre опиратор")

    @cached_property
    def switched_off(self) -> frozenset[str]:
        """Topics that a site has emptied in a language."""
        return frozenset(
            topic
            for topics in self.lists.values()
            for topic, phrases in topics.items()
            if not phrases
        )

    def held(self, message: str) -> frozenset[str]:
        """The topics that a message touches."""
        return frozenset(self._held(message))

    def asks_for_person(self, message: str) -> bool:
        """True when the customer wants a person."""
        return PERSON in self.held(message)

    def dangerous(self, message: str) -> str:
        """Name of the danger that a message tells of, "" for none."""
        return min(self.held(message).intersection(DANGERS), default="")

    def sensitive(self, message: str) -> str:
        """Name of another sensitive topic of a message, "" for none."""
        return min(self.held(message).difference((PERSON, *DANGERS)), default="")

    def _held(self, message: str) -> Iterator[str]:
        for topic, phrases in self._compiled:
            if any(phrases.stands_in(sentence) for sentence in sentences(message)):
                yield topic
        if any(map(_is_bare_request, clauses(message))):
            yield PERSON

    @cached_property
    def _compiled(self) -> tuple[tuple[str, PhraseList], ...]:
        """Of all languages: people write in more than their own."""
        return tuple(
            (topic, _phrase_list(lang, tuple(phrases)))
            for lang, topics in self.lists.items()
            for topic, phrases in topics.items()
            if phrases
        )

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


@lru_cache(maxsize=MOST_COMPILED)
def _phrase_list(lang: str, phrases: tuple[str, ...]) -> PhraseList:
    """The same lists stand in most generations, and workers are forked from who compiled them."""
    return PhraseList(compiled(phrases, groups_of(lang)))


def groups_of(lang: str) -> Mapping[str, str]:
    """The groups of words that phrases in a language may name."""
    record = records().get(lang)
    return record.groups if record else {}


def _is_bare_request(said: Sentence) -> bool:
    """True for nothing but a word for a person and words that ask for one."""
    is_named = any(word.is_of(_person_terms()) and not word.is_small for word in said)
    return is_named and is_only(said, _bare_terms())


@cache
def _person_terms() -> frozenset[str]:
    return frozenset().union(*(terms_of(it.persons) for it in records().values()))


@cache
def _bare_terms() -> frozenset[str]:
    return frozenset().union(*(terms_of(it.bare_requests) for it in records().values()))
