"""Repair of queries typed in the wrong layout, in Latin letters, or with errors.

Evidence is the index: a word it holds, or a dictionary does, is left alone, so that a query that
finds something as typed is searched as typed. Immutable, safe for many threads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.lexical.bm25 import LexicalIndex
from search.lexical.known_words import (
    MIN_PART_CHARS,
    MIN_STRONG_CHARS,
    KnownWords,
    words_of,
)
from search.model import Repair, RepairKind
from search.text import analysis, dictionary, keyboard
from search.text.index_terms import query_terms
from search.text.words import Words, fold

MIN_SPLIT_CHARS = 7
MAX_RESPELT_WORDS = 6
"""Words of one query that are compared with the whole vocabulary, at some ms each."""

LATIN_PAGE = "en"
"""Language of pages on which Latin letters are what they seem: a name in them is a name."""
MIN_FOREIGN_WORDS = 2
"""Of a query in such a language that, all of them, read well in Cyrillic: one may be a name."""

_NAME = re.compile(r"(?<=[^\W\d_])[A-ZА-ЯЁ]")
"""A capital within a word: somebody gave that name on purpose."""
_CAPITAL = re.compile(r"[A-Z]")


class Repairer:
    """Repairs queries to one index."""

    def __init__(self, words: Words, lexical: LexicalIndex) -> None:
        self.known = KnownWords(words, lexical)
        self._lexical = lexical

    def warm_up(self) -> None:
        """Make what the first query to need it would wait a quarter of a second for."""
        self.known.warm_up()

    def repair(self, query: str, lang: str = "") -> Repair | None:
        """The most likely meaning of a cleaned query; None to search for it as it is.

        Layouts and alphabets are changed between Russian and English alone: a German word reads
        like a Russian one by chance, and no dictionary here would tell.
        """
        pieces = query.split(" ")
        kinds: list[RepairKind] = []
        has_dictionary = dictionary.knows(lang)
        is_latin_page = lang.partition("-")[0] == LATIN_PAGE
        if has_dictionary and self._repair_layout(pieces, is_latin_page):
            kinds.append("layout")
        if has_dictionary and self._repair_transliteration(pieces, is_latin_page):
            kinds.append("transliteration")
        kinds += self._repair_errors(pieces, "" if has_dictionary else lang)
        text = " ".join(pieces)
        is_changed = fold(text) != fold(query)
        return Repair(text, tuple(dict.fromkeys(kinds))) if kinds and is_changed else None

    def alternative(self, query: str) -> str | None:
        """A likelier query although every word exists; None when nothing is.

        For a word that dictionaries know and the index lacks, the commonest one of the index that
        differs in one typing error and stands somewhere with the other words.
        """
        pieces = query.split(" ")
        absent = [
            (number, word)
            for number, piece in enumerate(pieces)
            for word in words_of(piece)
            if allowed_errors(word)
            and dictionary.is_word(word)
            and not analysis.is_stop_word(word)
            and analysis.term_of(word) not in self._lexical
        ]
        for number, word in absent[:MAX_RESPELT_WORDS]:
            others = query_terms(" ".join((*pieces[:number], *pieces[number + 1 :])))
            new = self._respelt(word, errors=1)
            if new and self.known.share_passage([analysis.term_of(new), *others]):
                pieces[number] = _replaced(pieces[number], word, new)
                return " ".join(pieces)
        return None

    def _may_leave_latin(self, old: str, new: str, is_latin_page: bool) -> bool:
        """False for a name in Latin letters, or what may be one, that by chance reads otherwise.

        That a dictionary of the other alphabet knows the new word proves nothing there: the index
        must hold it.
        """
        if not old.isascii() or not (is_latin_page or len(_CAPITAL.findall(old)) > 1):
            return True
        return self.known.holds(new)

    # --- layout ----------------------------------------------------------------------------------

    def _repair_layout(self, pieces: list[str], is_latin_page: bool) -> bool:
        """Swap the layout of what is a word only then; with it of what is no word either way."""
        swapped = [self._swapped(piece) for piece in pieces]
        strong = [
            new is not None
            and not self.known.knows(old)
            and self.known.is_strong(new)
            and self._may_leave_latin(old, new, is_latin_page)
            for old, new in zip(pieces, swapped, strict=True)
        ]
        doubtful = sum(
            new is not None and len(old) >= MIN_STRONG_CHARS and not self.known.knows(old)
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
        if not self._may_leave_latin(old, new, is_latin_page=False):
            return False
        if not self.known.knows(old):
            return True
        if len(old) < MIN_STRONG_CHARS and analysis.is_stop_word(fold(new)):
            return True
        is_here = all(word in self.known.frequency for word in words_of(old))
        return not is_here and self.known.knows(new)

    def _swapped(self, piece: str) -> str | None:
        """In the other layout; punctuation at the end is a letter there only if that is a word."""
        new = keyboard.in_other_layout(piece)
        if new is None:
            return None
        bare = piece.rstrip(".,;:?!")
        if bare != piece and bare and not self.known.is_strong(new):
            return (keyboard.in_other_layout(bare) or "") + piece[len(bare) :]
        return new

    # --- letters of another alphabet -------------------------------------------------------------

    def _repair_transliteration(self, pieces: list[str], is_latin_page: bool) -> bool:
        """Write in its own letters what exists only so.

        Latin letters are taken for Cyrillic words when at least half of the longer words read
        well so: one such word in an English question is more likely a misspelt one.
        """
        found = {
            number: new
            for number, piece in enumerate(pieces)
            if not self.known.knows(piece)
            and (new := self._piece_by_ear(piece))
            and self._may_leave_latin(piece, new, is_latin_page)
        }
        long = [n for n, piece in enumerate(pieces) if _is_long_latin(piece)]
        if is_latin_page and not self._is_foreign(pieces, found):
            found = {number: new for number, new in found.items() if not pieces[number].isascii()}
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

    def _is_foreign(self, pieces: Sequence[str], found: Mapping[int, str]) -> bool:
        """True for a whole sentence of another language; a word or two may be names."""
        latin = [
            number
            for number, piece in enumerate(pieces)
            if piece.isascii() and any(map(str.isalpha, piece))
        ]
        return len(latin) >= MIN_FOREIGN_WORDS and all(
            (number in found or _stop_word_by_ear(fold(pieces[number])))
            and not (number and _CAPITAL.search(pieces[number]))
            for number in latin
        )

    def _piece_by_ear(self, piece: str) -> str | None:
        """Every word of a piece by ear, its punctuation kept; None when one cannot be read so."""
        words = [word for word in words_of(piece) if word.isalpha()]
        for word in words:
            new = self._by_ear(word)
            if new is None:
                return None
            piece = _replaced(piece, word, new)
        return piece if words else None

    def _by_ear(self, word: str) -> str | None:
        """The commonest word of the other alphabet that sounds the same, else any that exists."""
        candidates = [
            form
            for sound in keyboard.sounds(word)
            for form in self.known.by_sound.get(sound, ())
            if form.isascii() != word.isascii()
        ]
        if candidates:
            return max(candidates, key=self.known.frequency.__getitem__)
        spellings = keyboard.in_cyrillic(word) if word.isascii() else []
        return next(filter(dictionary.is_word, spellings), None)

    # --- errors ----------------------------------------------------------------------------------

    def _repair_errors(self, pieces: list[str], lang: str) -> list[RepairKind]:
        """`lang` is "" where a dictionary tells a word from an error; elsewhere its stem does."""
        kinds: list[RepairKind] = []
        unknown = [
            number
            for number, piece in enumerate(pieces)
            if not self.known.knows(piece) and not _NAME.search(piece)
        ]
        doubtful = [
            (number, word)
            for number in unknown
            for word in words_of(pieces[number])
            if word.isalpha()
            and not self.known.knows_word(word)
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
            for form in self.known.by_length.get((word.isascii(), length), ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=errors, limit=None)
        # A word with or without an ending is another word, not a typing error.
        return max(
            (
                f
                for f, _, _ in found
                if errors == 1 or not (f.startswith(word) or word.startswith(f))
            ),
            key=lambda form: (form[0] == word[0], self.known.frequency[form]),
            default=None,
        )

    def _split(self, word: str) -> str | None:
        """Two words of the index that were written together; the rarer one as common as can be."""
        if len(word) < MIN_SPLIT_CHARS:
            return None
        pairs = [
            (word[:at], word[at:])
            for at in range(MIN_PART_CHARS, len(word) - MIN_PART_CHARS + 1)
            if self.known.are_together(word[:at], word[at:])
        ]
        best = max(
            pairs, key=lambda pair: min(map(self.known.frequency.__getitem__, pair)), default=()
        )
        return " ".join(best) or None


def allowed_errors(word: str) -> int:
    """Typing errors forgiven: a short word with one is another word."""
    if len(word) < 5:
        return 0
    return 1 if len(word) < 8 else 2


def _stop_word_by_ear(word: str) -> str | None:
    spellings = keyboard.in_cyrillic(word) if word.isascii() and word.isalpha() else []
    return next(filter(analysis.is_stop_word, spellings), None)


def _is_long_latin(piece: str) -> bool:
    words = words_of(piece)
    return piece.isascii() and any(w.isalpha() and len(w) >= MIN_STRONG_CHARS for w in words)


def _replaced(piece: str, word: str, new: str) -> str:
    """`piece` with a word of it, known in its folded form, replaced."""
    at = fold(piece).find(word)
    return piece[:at] + new + piece[at + len(word) :]
