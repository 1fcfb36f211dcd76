"""Readings of a word that is no word: keys of the other keyboard, Russian in Latin
letters, a word spelt as it sounds, drawn out, or with one typing error. Pure.

Only words that a language's record lists are recognised in another spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.languages import records
from search.text import analysis, dictionary, keyboard
from search.text.words import fold

FORM = "="
"""Before a written form, to tell it from a term."""
LEAST_MISSPELT_CHARS = 6
"""A shorter word with a typing error in it is too often another word."""
LEAST_LISTED_CHARS = 5
"""A listed word may lack one letter of them: "fraudd"."""
LEAST_CHARS_BY_EAR = 5
"""A shorter one sounds like too many: "luks" like "leaks"."""
MOST_EDITS_BY_EAR = 2
"""Between a Latin word and one that sounds alike: consonants alone say little."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_REPEATED = re.compile(r"(.)\1+")
_REFLEXIVE = re.compile(r"ть?ся$|ц[ао]$")
"""«дымится», as it is said: «дымицца»."""
_RUSSIAN_SOUNDS = str.maketrans("оеэыяюбвгджзщё", "аииииупфктшсши", "ьъ")
"""Unstressed vowels and voiced consonants, as they are often mistaken for one another."""
_ENGLISH_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"dg|g(?=[eiy])"), "j"),
    (re.compile(r"(?<=.)[aeiouywh]"), ""),
)


@lru_cache(maxsize=4096)
def other_readings(form: str) -> frozenset[str]:
    """Terms of the words that a folded one, in no dictionary, may stand for."""
    swapped = fold(keyboard.in_other_layout(form) or "")
    if swapped.isalpha() and dictionary.is_word(swapped):
        return _known_as(swapped)
    short = _DRAWN_OUT.sub(r"\1", form)
    if short != form and dictionary.is_word(short):
        return _known_as(short)
    meant = (*_transliterated(short), *_sounding_like(short))
    if meant and not short.isascii():
        return frozenset().union(*map(_known_as, meant))
    return frozenset().union(*map(_known_as, meant), _nearest(short))


def _known_as(form: str) -> frozenset[str]:
    return frozenset({analysis.term_of(form), FORM + form})


def _transliterated(form: str) -> tuple[str, ...]:
    """The Russian word that a Latin one sounds like, if any."""
    if not form.isascii():
        return ()
    sounding = (word for sound in keyboard.sounds(form) if (word := _by_sound().get(sound)))
    spelt = filter(dictionary.is_word, keyboard.in_cyrillic(form))
    return tuple(islice(chain(sounding, spelt), 1))


@cache
def _by_sound() -> Mapping[str, str]:
    """Words that our lists hold by the way they sound."""
    texts = (
        f"{it.often_misspelt} {it.gratitude} {it.thanks_beside} {it.solved} {it.greetings}"
        for it in records().values()
    )
    words_held = (fold(word) for text in texts for word in text.split() if not word.isascii())
    return {sound: word for word in words_held for sound in keyboard.sounds(word)}


def _sounding_like(form: str) -> tuple[str, ...]:
    """Forms of listed words that sound like this one."""
    if len(form) < LEAST_CHARS_BY_EAR:
        return ()
    alike = _by_key().get(_key(form), ())
    if form.isascii():
        return tuple(it for it in alike if OSA.distance(form, it) <= MOST_EDITS_BY_EAR)
    return alike


@cache
def _by_key() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for form in _forms():
        key = _key(form)
        found[key] = (*found.get(key, ()), form)
    return found


def _key(form: str) -> str:
    """The sound of a word: letters that sound alike are one, most English vowels none."""
    if not form.isascii():
        said = _REFLEXIVE.sub("ца", form)
        return _REPEATED.sub(r"\1", said.translate(_RUSSIAN_SOUNDS))
    for pattern, sound in _ENGLISH_SOUNDS:
        form = pattern.sub(sound, form)
    return _REPEATED.sub(r"\1", form)


@cache
def _forms() -> Mapping[str, str]:
    """All forms of the words that are often misspelt → their terms."""
    return {
        form: analysis.term_of(form)
        for record in records().values()
        for text in record.often_misspelt.split()
        for form in (fold(text), *analysis.forms_of(fold(text)), *_plural(fold(text)))
    }


def _plural(form: str) -> tuple[str, ...]:
    """English words have no forms but that one, most often."""
    return (form + "s",) if form.isascii() else ()


def _nearest(form: str) -> Iterator[str]:
    """Terms of listed words that differ in one typing error.

    Forms are compared, never terms: "insurence" would be "injured" with one letter wrong.
    """
    if len(form) < LEAST_MISSPELT_CHARS:
        return
    for word, _, _ in process.extract(
        form, _vocabulary(), scorer=OSA.distance, score_cutoff=1, limit=None
    ):
        if word[0] == form[0]:
            yield from (_vocabulary_terms()[word], FORM + word)


@cache
def _vocabulary_terms() -> Mapping[str, str]:
    """Longer forms of listed words → their terms."""
    return {form: term for form, term in _forms().items() if len(form) >= LEAST_LISTED_CHARS}


@cache
def _vocabulary() -> tuple[str, ...]:
    return tuple(_vocabulary_terms())
