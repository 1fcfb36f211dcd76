"""A message as topics and small talk are looked for in it: sentences of words, each known by its
term, its written form, and what it most likely was meant to be. Pure.

Reads words of all languages we know alike, as people write in more than their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kb.content.topics.misspellings import FORM, other_readings
from kb.languages import records
from search.text import analysis, dictionary
from search.text.words import fold

MOST_DOUBTED = 12
"""Words of a message, unknown to dictionaries, for which another reading is looked for."""
LEAST_CHARS = 4
"""A shorter word is taken as it stands."""
MOST_SENTENCES = 40

# A run of marks is looked at from its first one only: from each of them, it takes quadratic time.
_SENTENCE = re.compile(r"(?<![.!?;…])[.!?;…]++(?:\s|$)|\n+")
_CLAUSE = re.compile(r"(?<![.!?;…,:])[.!?;…,:]++(?:\s|$)|\n+|\s[-–—]\s")
_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")


@dataclass(frozen=True)
class Word:
    """One word. `terms` are all that a phrase may know it by; a small word says nothing alone."""

    terms: frozenset[str]
    is_small: bool

    def is_of(self, terms: frozenset[str]) -> bool:
        return not self.terms.isdisjoint(terms)


Sentence = tuple[Word, ...]


@lru_cache(maxsize=512)
def sentences(message: str) -> tuple[Sentence, ...]:
    """The sentences of a message that hold words. Each message is asked about several times."""
    return _parts(message, _SENTENCE)


def clauses(message: str) -> tuple[Sentence, ...]:
    """The parts of a message between its marks, commas too."""
    return _parts(message, _CLAUSE)


def _parts(message: str, mark: re.Pattern[str]) -> tuple[Sentence, ...]:
    doubted = [0]
    parts = mark.split(message[: analysis.MAX_QUERY_CHARS])[:MOST_SENTENCES]
    read = (tuple(_words(part, doubted)) for part in parts)
    return tuple(filter(None, read))


def words(message: str) -> Sentence:
    """All words of a message in a row."""
    return tuple(word for sentence in sentences(message) for word in sentence)


def telling(text: str) -> tuple[str, ...]:
    """Terms of a text without its small words; those that turn it round are none of them."""
    return tuple(
        term
        for term in analysis.terms(analysis.clean(_respelt(text)))
        if term not in analysis.stop_terms() or term in negations()
    )


@cache
def negations() -> frozenset[str]:
    return frozenset(analysis.term_of(it.negation) for it in records().values() if it.negation)


def _words(text: str, doubted: list[int]) -> Iterator[Word]:
    """`doubted` counts the words of the whole message that were no words."""
    cleaned = analysis.clean(_respelt(text))
    for token in analysis.tokens(cleaned):
        form = fold(cleaned[token.start : token.end])
        is_small = token.term in analysis.stop_terms() and token.term not in negations()
        terms = {token.term, FORM + form}
        if len(form) >= LEAST_CHARS and form.isalpha() and not dictionary.is_word(form):
            doubted[0] += 1
            if doubted[0] <= MOST_DOUBTED:
                terms.update(other_readings(form))
        yield Word(frozenset(terms), is_small)


def _respelt(text: str) -> str:
    """A text with contractions and slang as the usual words."""
    usual = _usual_words()
    return _WORD.sub(lambda found: usual.get(_plain(found.group()), found.group()), text)


def _plain(word: str) -> str:
    return fold(word).replace("’", "'").replace("`", "'")


@cache
def _usual_words() -> Mapping[str, str]:
    pairs = (pair for it in records().values() for pair in it.slang.split(";") if pair.strip())
    return dict(" ".join(pair.split()).split(": ") for pair in pairs)
