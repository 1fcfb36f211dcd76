"""Queries that are being typed: the last word may be the beginning of one that the index holds.

Completes that word, nothing more; what is offered to choose from is `search.lexical.autocomplete`.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.lexical.bm25 import LexicalIndex
from search.lexical.query_repair import Repairer
from search.model import RepairKind
from search.text import analysis, keyboard
from search.text.words import fold

MIN_CHARS = 2
"""One letter begins everything."""
MIN_STRANGE_CHARS = 3
"""Fewer letters of another layout or alphabet begin some word by chance."""
MIN_CLEAR_CHARS = 4
CLEAR = 2.0
"""So much commoner than the next one is a word that a finished query can be taken for it."""
NAMED = 5
"""A document with a word in its title or questions weighs as much as so many passages with it."""
MAX_FORMS = 24
"""Commonest words with that beginning which are tried beside the other words of the query."""


class TypedQuery(NamedTuple):
    """A query as it is searched for while it is typed.

    `kinds` are what was mended in it besides its end; `beginning` is what the last word was made
    of, "" when that was finished; `is_clear` when hardly another word can have been meant.
    """

    text: str
    kinds: tuple[RepairKind, ...] = ()
    beginning: str = ""
    is_clear: bool = True


class PrefixReader:
    """Reads queries that are being typed. Immutable, safe for many threads."""

    def __init__(self, repairer: Repairer, lexical: LexicalIndex) -> None:
        self._repairer = repairer
        self._lexical = lexical

    def warm_up(self) -> None:
        """Make what the first query would wait for."""
        _ = self._forms

    def read(self, query: str) -> TypedQuery:
        """The likeliest meaning of a cleaned query; itself when its last word begins nothing.

        The last word is taken as it was typed, then as if typed in the other keyboard layout or
        in Latin letters, unless the words before it were: then it was typed as they were.
        """
        before, _, last = query.rpartition(" ")
        repair = self._repairer.repair(before) if before else None
        mended, kinds = (repair.text, repair.kinds) if repair else (before, ())
        for kind, word in _spellings(last, kinds):
            if found := self.finish(f"{mended} {word}".strip()):
                all_kinds = kinds if kind is None else (*kinds, kind)
                return found._replace(kinds=tuple(dict.fromkeys(all_kinds)))
        return TypedQuery(query)

    def finish(self, query: str) -> TypedQuery | None:
        """The query with its last word finished; None when no word of the index begins so.

        A single letter that is no word is left away.
        """
        before, _, last = query.rpartition(" ")
        word = fold(last)
        if word in self._repairer.known.frequency or analysis.is_stop_word(word):
            return TypedQuery(query)
        if len(word) < MIN_CHARS:
            is_left_away = bool(before) and word.isalpha()
            return TypedQuery(before, beginning=last, is_clear=False) if is_left_away else None
        forms = self._starting(word) if word.isalnum() else []
        if not forms:
            return None
        likeliest, is_clear = self._likeliest(forms, before)
        is_clear = is_clear and len(word) >= MIN_CLEAR_CHARS
        return TypedQuery(f"{before} {likeliest}".strip(), beginning=last, is_clear=is_clear)

    def _starting(self, beginning: str) -> list[str]:
        where = bisect_left(self._forms, beginning)
        return self._forms[where : bisect_left(self._forms, beginning + "\U0010ffff", where)]

    def _likeliest(self, forms: list[str], before: str) -> tuple[str, bool]:
        """The word that stands most often with the others; without any, the commonest.

        Also whether it is clearly so. Titles and questions count more: readers use their words.
        """
        frequency = self._repairer.known.frequency
        common = heapq.nlargest(MAX_FORMS, forms, key=lambda form: (frequency[form], -len(form)))
        topical = [t for t in analysis.terms(before) if t not in analysis.stop_terms()]
        passages = [self._lexical.passages_with(term) for term in topical]
        named = [self._lexical.documents_named(term) for term in topical]
        weights: dict[str, int] = {}
        first: dict[str, str] = {}
        for form in common:
            term = analysis.term_of(form)
            if term not in first:
                first[term] = form
                weights[term] = _shared(self._lexical.passages_with(term), passages)
                weights[term] += NAMED * _shared(self._lexical.documents_named(term), named)
        best, *rest = sorted(weights, key=lambda term: -weights[term])
        return first[best], not rest or weights[best] >= CLEAR * weights[rest[0]]

    @cached_property
    def _forms(self) -> list[str]:
        """Written words of the index, sorted."""
        return sorted(self._repairer.known.frequency)


def _shared(units: NDArray[np.int32], others: Sequence[NDArray[np.int32]]) -> int:
    """Number of the units that are in the others; all when there are no others."""
    return sum(int(np.isin(units, other).sum()) for other in others) if others else len(units)


def _spellings(word: str, kinds: Sequence[RepairKind]) -> Iterator[tuple[RepairKind | None, str]]:
    """Ways to read a beginning, the likeliest first; `kinds` are what its neighbours needed."""
    by_ear = keyboard.in_cyrillic(fold(word)) if word.isascii() and word.isalpha() else []
    other = keyboard.in_other_layout(word)
    if "transliteration" in kinds:
        yield from (("transliteration", spelling) for spelling in by_ear)
    if "layout" in kinds and other:
        yield "layout", other
    yield None, word
    if len(word) >= MIN_STRANGE_CHARS:
        if other:
            yield "layout", other
        yield from (("transliteration", spelling) for spelling in by_ear)
