"""The notation of lists of phrases, and finding them in sentences. Pure.

A phrase is words in order; each matches in all its forms, small words do not count:

    talk to a human          with at most MAX_GAP other telling words between two
    speak|talk {person}      either word; any of the group `person` of the language
    need +human              directly after, but for small words
    {thing} & swollen        both, in any order, anywhere in one sentence
    =are =you bot            exactly as written, small words included; so is a small one of several
    ^fire                    nothing else is told in the sentence
    !smoke detector          these words are innocent side by side: no other phrase of the list may
                             use them; with & anywhere in one sentence
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.content.topics.misspellings import FORM
from kb.content.topics.sentences import Sentence, negations, telling
from search.text import analysis
from search.text.words import fold

MAX_GAP = 2
"""Telling words that may stand between two of a phrase: «соедините срочно с оператором»."""
INNOCENT = "!"
NEXT = "+"
ALONE = "^"
_GROUP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Slot:
    """A place of a phrase: one of these terms, after at most `gap` other telling words."""

    terms: frozenset[str]
    gap: int = MAX_GAP


Part = tuple[Slot, ...]


@dataclass(frozen=True)
class Phrase:
    """Parts that must all stand in one sentence, each in its own order."""

    parts: tuple[Part, ...]
    is_innocent: bool = False
    is_alone: bool = False

    def may_stand_among(self, held: frozenset[str]) -> bool:
        """True when each of its places could be taken by one of these terms."""
        return not any(slot.terms.isdisjoint(held) for part in self.parts for slot in part)


def compiled(texts: Iterable[str], groups: Mapping[str, str]) -> tuple[Phrase, ...]:
    """The phrases of a list; those without a telling word are left out."""
    found = (_phrase(text, groups) for text in texts)
    return tuple(phrase for phrase in found if phrase.parts and all(phrase.parts))


def _phrase(text: str, groups: Mapping[str, str]) -> Phrase:
    is_innocent = text.startswith(INNOCENT)
    spelt = _GROUP.sub(lambda name: "|".join(groups.get(name.group(1), "").split()), text)
    parts = (_part(part) for part in spelt.lstrip(INNOCENT + ALONE).split("&"))
    return Phrase(tuple(parts), is_innocent, is_alone=text.startswith(ALONE))


def _part(text: str) -> Part:
    """Slots of the words between blanks; a word such as `e-mail` may make several."""
    return tuple(slot for piece in text.split() for slot in _slots(piece))


def _slots(piece: str) -> Iterator[Slot]:
    gap = 0 if piece.startswith(NEXT) else MAX_GAP
    choices = piece.removeprefix(NEXT).split("|")
    if len(choices) > 1 or choices[0].startswith(FORM):
        terms = frozenset(term for choice in choices for term in _terms(choice))
        if terms:
            yield Slot(terms, gap)
        return
    yield from (Slot(frozenset({term}), gap) for term in telling(choices[0]))


def _terms(choice: str) -> tuple[str, ...]:
    if choice.startswith(FORM):
        return (FORM + fold(choice.removeprefix(FORM)),)
    return telling(choice)[:1] or (FORM + fold(choice),)


class PhraseList:
    """The phrases of one list, ready to be looked for."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._innocent = [phrase for phrase in phrases if phrase.is_innocent]
        self._guilty = [phrase for phrase in phrases if not phrase.is_innocent]
        self._by_term: dict[str, list[int]] = {}
        """Numbers of guilty phrases by the terms of their first place, which each needs."""
        for number, phrase in enumerate(self._guilty):
            for term in phrase.parts[0][0].terms:
                self._by_term.setdefault(term, []).append(number)
        self.terms = frozenset(
            term
            for phrase in phrases
            for part in phrase.parts
            for slot in part
            for term in slot.terms
        )
        """Of all its words."""

    def stands_in(self, sentence: Sentence) -> bool:
        """True when a phrase stands in the sentence, made of no words that are innocent there."""
        held = frozenset().union(*(word.terms for word in sentence))
        begun = {number for term in held for number in self._by_term.get(term, ())}
        possible = [it for it in map(self._guilty.__getitem__, begun) if it.may_stand_among(held)]
        if not possible:
            return False
        innocent = self._innocent_places(sentence)
        return any(_stands(sentence, phrase, innocent) for phrase in possible)

    def _innocent_places(self, sentence: Sentence) -> frozenset[int]:
        places: set[int] = set()
        for phrase in self._innocent:
            found = [tuple(_found(sentence, part, most_gap=0)) for part in phrase.parts]
            if all(found):
                places.update(place for part in found for one in part for place in one)
        return frozenset(places)


def _stands(sentence: Sentence, phrase: Phrase, innocent: frozenset[int]) -> bool:
    found = [next(_found(sentence, part, innocent), ()) for part in phrase.parts]
    if not all(found):
        return False
    told = frozenset(place for place, word in enumerate(sentence) if not word.is_small)
    return not phrase.is_alone or told <= frozenset(place for part in found for place in part)


def _found(
    sentence: Sentence,
    part: Part,
    innocent: frozenset[int] = frozenset(),
    *,
    most_gap: int = MAX_GAP,
) -> Iterator[tuple[int, ...]]:
    """Places of the words of `part`, wherever it stands without an innocent word."""
    for start, word in enumerate(sentence):
        if word.is_of(part[0].terms):
            places = _places(sentence, start, part, most_gap)
            if places and innocent.isdisjoint(places):
                yield places


def _places(sentence: Sentence, start: int, part: Part, most_gap: int) -> tuple[int, ...]:
    """Places of the words of `part`, its first one at `start`; () when the others do not follow."""
    found = [start]
    for slot in part[1:]:
        place = _next(sentence, found[-1] + 1, slot, min(slot.gap, most_gap))
        if place is None:
            return ()
        found.append(place)
    return tuple(found)


def _next(sentence: Sentence, start: int, slot: Slot, gap: int) -> int | None:
    """Place of the first word of `slot` from `start` on, at most `gap` telling words later."""
    passed = 0
    for place in range(start, len(sentence)):
        if sentence[place].is_of(slot.terms):
            return place
        passed += not sentence[place].is_small
        if passed > gap:
            return None
    return None


def is_only(sentence: Sentence, allowed: frozenset[str]) -> bool:
    """True when a sentence holds nothing but small words and the allowed terms."""
    return all(word.is_small or word.is_of(allowed) for word in sentence)


def terms_of(text: str) -> frozenset[str]:
    """Terms of words between blanks, small ones too; with = exactly as written."""
    return frozenset(
        FORM + fold(word.removeprefix(FORM)) if word.startswith(FORM) else analysis.term_of(word)
        for word in text.split()
    )


def is_negated(sentence: Sentence) -> bool:
    return any(word.is_of(negations()) for word in sentence)
