"""Repair of queries typed in the wrong layout, in Latin letters, or with errors.

Evidence is the index: a word it holds, or a dictionary does, is left alone, so that a query that
finds something as typed is searched as typed. Immutable, safe for many threads.
"""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.lexical.bm25 import LexicalIndex
from search.model import Repair, RepairKind
from search.text import analysis, dictionary, keyboard
from search.text.words import Words, fold

MIN_STRONG_CHARS = 4
"""A shorter word that exists by chance after a change of letters proves nothing."""
MIN_PART_CHARS = 3
"""Of a word that was written together with its neighbour."""
MIN_SPLIT_CHARS = 7
MAX_RESPELT_WORDS = 6
"""Words of one query that are compared with the whole vocabulary, at some ms each."""

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?<=[^\W\d_])[A-ZА-ЯЁ]")
"""A capital within a word: somebody gave that name on purpose."""


class Repairer:
    """Repairs queries to one index."""

    def __init__(self, words: Words, lexical: LexicalIndex) -> None:
        self._words = words
        self._lexical = lexical

    def warm_up(self) -> None:
        """Make what the first query to need it would wait a quarter of a second for."""
        dictionary.warm_up()
        _ = self.frequency, self._by_sound, self._by_length

    def repair(self, query: str, lang: str = "") -> Repair | None:
        """The most likely meaning of a cleaned query; None to search for it as it is.

        Layouts and alphabets are changed between Russian and English alone: a German word reads
        like a Russian one by chance, and no dictionary here would tell.
        """
        pieces = query.split(" ")
        kinds: list[RepairKind] = []
        has_dictionary = lang.partition("-")[0] in ("", *dictionary.LANGUAGES)
        if has_dictionary and self._repair_layout(pieces):
            kinds.append("layout")
        if has_dictionary and self._repair_transliteration(pieces):
            kinds.append("transliteration")
        kinds += self._repair_errors(pieces, "" if has_dictionary else lang)
        text = " ".join(pieces)
        return Repair(text, tuple(dict.fromkeys(kinds))) if kinds and text != query else None

    def alternative(self, query: str) -> str | None:
        """A likelier query although every word exists; None when nothing is.

        For a word that dictionaries know and the index lacks, the commonest one of the index that
        differs in one typing error and stands somewhere with the other words.
        """
        pieces = query.split(" ")
        absent = [
            (number, word)
            for number, piece in enumerate(pieces)
            for word in _words(piece)
            if allowed_errors(word)
            and dictionary.is_word(word)
            and not analysis.is_stop_word(word)
            and analysis.term_of(word) not in self._lexical
        ]
        for number, word in absent[:MAX_RESPELT_WORDS]:
            others = analysis.query_terms(" ".join((*pieces[:number], *pieces[number + 1 :])))
            new = self._respelt(word, errors=1)
            if new and self._share_passage([analysis.term_of(new), *others]):
                pieces[number] = _replaced(pieces[number], word, new)
                return " ".join(pieces)
        return None

    # --- evidence --------------------------------------------------------------------------------

    def _is_known(self, piece: str) -> bool:
        """True when every word of a piece means something as it stands."""
        if dictionary.is_word(fold(piece).replace("’", "'")):
            return True
        return all(self._is_known_word(word) for word in _words(piece))

    def _is_known_word(self, word: str) -> bool:
        return word.isdigit() or word in self.frequency or dictionary.is_word(word)

    def _is_strong(self, piece: str) -> bool:
        """True when a changed piece is so clearly a word that the change must be right."""
        words = _words(piece)
        if not all(word.isalpha() and self._is_known_word(word) for word in words):
            return False
        return any(
            len(word) >= (MIN_STRONG_CHARS - 1 if word in self.frequency else MIN_STRONG_CHARS)
            for word in words
        )

    # --- layout ----------------------------------------------------------------------------------

    def _repair_layout(self, pieces: list[str]) -> bool:
        """Swap the layout of what is a word only then; with it of what is no word either way."""
        swapped = [self._swapped(piece) for piece in pieces]
        strong = [
            new is not None and not self._is_known(old) and self._is_strong(new)
            for old, new in zip(pieces, swapped, strict=True)
        ]
        doubtful = sum(
            new is not None and len(old) >= MIN_STRONG_CHARS and not self._is_known(old)
            for old, new in zip(pieces, swapped, strict=True)
        )
        # One misspelt word of many that is a rare word in the other layout proves nothing.
        if not any(strong) or 2 * sum(strong) < doubtful:
            return False
        for number, new in enumerate(swapped):
            if new is not None and (strong[number] or self._goes_along(pieces[number], new)):
                pieces[number] = new
        return True

    def _goes_along(self, old: str, new: str) -> bool:
        """True when a piece that proves nothing changes with the others."""
        if not self._is_known(old):
            return True
        if len(old) < MIN_STRONG_CHARS and analysis.is_stop_word(fold(new)):
            return True
        is_here = all(word in self.frequency for word in _words(old))
        return not is_here and self._is_known(new)

    def _swapped(self, piece: str) -> str | None:
        """In the other layout; punctuation at the end is a letter there only if that is a word."""
        new = keyboard.in_other_layout(piece)
        if new is None:
            return None
        bare = piece.rstrip(".,;:?!")
        if bare != piece and bare and not self._is_strong(new):
            return (keyboard.in_other_layout(bare) or "") + piece[len(bare) :]
        return new

    # --- letters of another alphabet -------------------------------------------------------------

    def _repair_transliteration(self, pieces: list[str]) -> bool:
        """Write in its own letters what exists only so.

        Latin letters are taken for Cyrillic words when at least half of the longer words read
        well so: one such word in an English question is more likely a misspelt one.
        """
        found = {
            number: new
            for number, piece in enumerate(pieces)
            if not self._is_known(piece) and (new := self._piece_by_ear(piece))
        }
        long = [n for n, piece in enumerate(pieces) if _is_long_latin(piece)]
        if 2 * sum(number in found for number in long) < len(long):
            found = {number: new for number, new in found.items() if not pieces[number].isascii()}
        if not any(len(new) >= MIN_STRONG_CHARS for new in found.values()):
            return False
        is_cyrillic = any(not new.isascii() for new in found.values())
        for number, piece in enumerate(pieces):
            if number in found:
                pieces[number] = found[number]
            elif is_cyrillic and len(piece) < MIN_STRONG_CHARS:
                pieces[number] = _stop_word_by_ear(fold(piece)) or piece
        return True

    def _piece_by_ear(self, piece: str) -> str | None:
        """Every word of a piece by ear, its punctuation kept; None when one cannot be read so."""
        for word in _words(piece):
            new = self._by_ear(word) if word.isalpha() else word
            if new is None:
                return None
            piece = _replaced(piece, word, new)
        return piece

    def _by_ear(self, word: str) -> str | None:
        """The commonest word of the other alphabet that sounds the same, else any that exists."""
        candidates = [
            form
            for sound in keyboard.sounds(word)
            for form in self._by_sound.get(sound, ())
            if form.isascii() != word.isascii()
        ]
        if candidates:
            return max(candidates, key=self.frequency.__getitem__)
        spellings = keyboard.in_cyrillic(word) if word.isascii() else []
        return next(filter(dictionary.is_word, spellings), None)

    # --- errors ----------------------------------------------------------------------------------

    def _repair_errors(self, pieces: list[str], lang: str) -> list[RepairKind]:
        """`lang` is "" where a dictionary tells a word from an error; elsewhere its stem does."""
        kinds: list[RepairKind] = []
        unknown = [
            number
            for number, piece in enumerate(pieces)
            if not self._is_known(piece) and not _NAME.search(piece)
        ]
        doubtful = [
            (number, word)
            for number in unknown
            for word in _words(pieces[number])
            if word.isalpha()
            and not self._is_known_word(word)
            and not (lang and analysis.terms(word, lang)[0] in self._lexical)
        ]
        for number, word in doubtful[:MAX_RESPELT_WORDS]:
            new = self._respelt(word, errors=1)
            kind: RepairKind = "spelling"
            if new is None and (new := self._split(word)):
                kind = "spacing"
            new = new or self._respelt(word, errors=2)
            if new is not None:
                pieces[number] = _replaced(pieces[number], word, new)
                kinds.append(kind)
        return kinds

    def _respelt(self, word: str, *, errors: int) -> str | None:
        """The commonest word that differs in so many typing errors."""
        if errors > allowed_errors(word):
            return None
        choices = [
            form
            for length in range(len(word) - errors, len(word) + errors + 1)
            for form in self._by_length.get((word.isascii(), length), ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=errors, limit=None)
        # A word with or without an ending is another word, not a typing error.
        return max(
            (
                f
                for f, _, _ in found
                if errors == 1 or not (f.startswith(word) or word.startswith(f))
            ),
            key=lambda form: (form[0] == word[0], self.frequency[form]),
            default=None,
        )

    def _split(self, word: str) -> str | None:
        """Two words of the index that were written together; the rarer one as common as can be."""
        if len(word) < MIN_SPLIT_CHARS:
            return None
        pairs = [
            (word[:at], word[at:])
            for at in range(MIN_PART_CHARS, len(word) - MIN_PART_CHARS + 1)
            if self._is_together(word[:at], word[at:])
        ]
        best = max(pairs, key=lambda pair: min(map(self.frequency.__getitem__, pair)), default=())
        return " ".join(best) or None

    def _is_together(self, *words: str) -> bool:
        """True when some passage holds these words."""
        if not all(word in self.frequency for word in words):
            return False
        return self._share_passage([analysis.term_of(word) for word in words])

    def _share_passage(self, terms: list[str]) -> bool:
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
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for form in self.frequency:
            if form.isalpha() and len(form) >= MIN_PART_CHARS:
                for sound in keyboard.sounds(form):
                    found.setdefault(sound, []).append(form)
        return found

    @cached_property
    def _by_length(self) -> dict[tuple[bool, int], list[str]]:
        """By whether a form is Latin, and its length."""
        found: dict[tuple[bool, int], list[str]] = {}
        for form in filter(str.isalpha, self.frequency):
            found.setdefault((form.isascii(), len(form)), []).append(form)
        return found


def allowed_errors(word: str) -> int:
    """Typing errors forgiven: a short word with one is another word."""
    if len(word) < 5:
        return 0
    return 1 if len(word) < 8 else 2


def _stop_word_by_ear(word: str) -> str | None:
    spellings = keyboard.in_cyrillic(word) if word.isascii() and word.isalpha() else []
    return next(filter(analysis.is_stop_word, spellings), None)


def _is_long_latin(piece: str) -> bool:
    words = _words(piece)
    return piece.isascii() and any(w.isalpha() and len(w) >= MIN_STRONG_CHARS for w in words)


def _words(piece: str) -> list[str]:
    return [fold(match.group()) for match in _WORD.finditer(piece)]


def _replaced(piece: str, word: str, new: str) -> str:
    """`piece` with a word of it, known in its folded form, replaced."""
    at = fold(piece).find(word)
    return piece[:at] + new + piece[at + len(word) :]
