"""A message as topics and small talk are looked for in it: sentences of words, each known by its
term, its written form, and what it most likely was meant to be. Pure.

Reads words of all languages we know alike, as people write in more than their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.languages import records
from search.text import analysis, dictionary, keyboard
from search.text.words import fold

MOST_DOUBTED = 12
"""Words of a message, unknown to dictionaries, for which another reading is looked for."""
LEAST_CHARS = 4
"""A shorter word is taken as it stands."""
LEAST_MISSPELT_CHARS = 6
"""A shorter word with a typing error in it is too often another word."""
MOST_SENTENCES = 40

FORM = "="
"""Before a written form, to tell it from a term."""

_SENTENCE = re.compile(r"[.!?;…]+(?:\s|$)|\n+")
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
    doubted = [0]
    parts = _SENTENCE.split(message[: analysis.MAX_QUERY_CHARS])[:MOST_SENTENCES]
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
                terms.update(_other_readings(form))
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


@lru_cache(maxsize=4096)
def _other_readings(form: str) -> frozenset[str]:
    """Terms of the words that no word may stand for: keys of the other keyboard, Russian in Latin
    letters, or one typing error in a word that our lists hold."""
    swapped = fold(keyboard.in_other_layout(form) or "")
    if swapped.isalpha() and dictionary.is_word(swapped):
        return frozenset({analysis.term_of(swapped), FORM + swapped})
    heard = _by_ear(form) if form.isascii() else ""
    if heard:
        return frozenset({analysis.term_of(heard), FORM + heard})
    return frozenset(_nearest(form))


def _by_ear(form: str) -> str:
    """The Russian word that a Latin one sounds like; "" for none."""
    sounding = (word for sound in keyboard.sounds(form) if (word := _by_sound().get(sound)))
    spelt = filter(dictionary.is_word, keyboard.in_cyrillic(form))
    return next(sounding, "") or next(spelt, "")


@cache
def _by_sound() -> Mapping[str, str]:
    """Words that our lists hold by the way they sound."""
    texts = (f"{it.often_misspelt} {it.thanks_beside} {it.greetings}" for it in records().values())
    words_held = (fold(word) for text in texts for word in text.split() if not word.isascii())
    return {sound: word for word in words_held for sound in keyboard.sounds(word)}


def _nearest(form: str) -> Iterator[str]:
    """Terms of the words in our lists that differ in one typing error."""
    term = analysis.term_of(form)
    for text in dict.fromkeys((form, term)):
        if len(text) < LEAST_MISSPELT_CHARS - 1:
            continue
        for word, _, _ in process.extract(
            text, _vocabulary(), scorer=OSA.distance, score_cutoff=1, limit=None
        ):
            if word[0] == text[0]:
                yield _vocabulary_terms()[word]


@cache
def _vocabulary_terms() -> Mapping[str, str]:
    """Longer words of the release's lists, and their terms → the terms."""
    found: dict[str, str] = {}
    for record in records().values():
        for text in record.often_misspelt.split():
            term = analysis.term_of(text)
            found |= {fold(text): term, term: term}
    return {word: term for word, term in found.items() if len(word) >= LEAST_MISSPELT_CHARS - 1}


@cache
def _vocabulary() -> tuple[str, ...]:
    return tuple(_vocabulary_terms())
