"""Words that an index or a dictionary knows: the evidence for repairing a query or not.

Immutable, safe for many threads.
"""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np

from search.lexical.bm25 import LexicalIndex
from search.text import analysis, dictionary, keyboard
from search.text.characters.accents import without_accents
from search.text.words import Words, fold

MIN_STRONG_CHARS = 4
"""A shorter word that exists by chance after a change of letters proves nothing."""
MIN_PART_CHARS = 3
"""Of a word that is compared by ear, or was written together with its neighbour."""

_WORD = re.compile(r"[^\W_]+")


class KnownWords:
    """Words of one index, in any form, and those of dictionaries."""

    def __init__(self, words: Words, lexical: LexicalIndex) -> None:
        self._words = words
        self._lexical = lexical

    def warm_up(self) -> None:
        """Make what the first query to need it would wait a quarter of a second for."""
        dictionary.warm_up()
        _ = self.frequency, self.by_sound, self.by_length, self._bare

    def knows(self, piece: str) -> bool:
        """True when every word of a piece means something as it stands."""
        if dictionary.is_word(fold(piece).replace("’", "'")):
            return True
        return all(self.knows_word(word) for word in words_of(piece))

    def knows_word(self, word: str) -> bool:
        return word.isdigit() or self.is_indexed(word) or dictionary.is_word(word)

    def is_indexed(self, word: str) -> bool:
        """True when the index holds a folded word: in another case, or with accents.

        A name in another case has the stem of one that is in no dictionary; a misspelt word may
        have the stem of one that is.
        """
        if word in self.frequency or word in self._bare:
            return True
        if word.isascii():
            return False
        forms = self._words.by_term.get(analysis.term_of(word), ())
        return any(form in self.frequency and not dictionary.is_word(form) for form in forms)

    def holds(self, piece: str) -> bool:
        """True when the index holds every word of a piece."""
        return all(map(self.is_indexed, words_of(piece)))

    def is_strong(self, piece: str) -> bool:
        """True when a changed piece is so clearly a word that the change must be right."""
        words = words_of(piece)
        if not all(word.isalpha() and self.knows_word(word) for word in words):
            return False
        return any(
            len(word) >= (MIN_STRONG_CHARS - 1 if word in self.frequency else MIN_STRONG_CHARS)
            for word in words
        )

    def are_together(self, *words: str) -> bool:
        """True when some passage holds these words."""
        if not all(word in self.frequency for word in words):
            return False
        return self.share_passage([analysis.term_of(word) for word in words])

    def share_passage(self, terms: list[str]) -> bool:
        """True when some passage holds the first term and another of them, if there is one."""
        first, *others = map(self._lexical.passages_with, terms)
        return not others or any(np.isin(first, other).any() for other in others)

    @cached_property
    def frequency(self) -> dict[str, int]:
        """Written form → passages that hold its term."""
        return {
            form: frequency
            for term, written in self._words.by_term.items()
            if (frequency := self._lexical.document_frequency(term))
            for form in written
            if form.isalnum() and not form.isdigit()
        }

    @cached_property
    def by_sound(self) -> dict[str, list[str]]:
        """Written forms by how they sound."""
        found: dict[str, list[str]] = {}
        for form in self.frequency:
            if form.isalpha() and len(form) >= MIN_PART_CHARS:
                for sound in keyboard.sounds(form):
                    found.setdefault(sound, []).append(form)
        return found

    @cached_property
    def by_length(self) -> dict[tuple[bool, int], list[str]]:
        """Written forms by whether they are Latin, and their length."""
        found: dict[tuple[bool, int], list[str]] = {}
        for form in filter(str.isalpha, self.frequency):
            found.setdefault((form.isascii(), len(form)), []).append(form)
        return found

    @cached_property
    def _bare(self) -> frozenset[str]:
        """Written forms that have accents, without them."""
        accented = (form for form in self.frequency if not form.isascii())
        return frozenset(bare for form in accented if (bare := without_accents(form)) != form)


def words_of(piece: str) -> list[str]:
    """Words of a piece of a query, folded."""
    return [fold(match.group()) for match in _WORD.finditer(piece)]
