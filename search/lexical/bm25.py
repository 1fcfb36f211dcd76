"""BM25F over postings arrays: the lexical ranker that serves. NumPy only, no Whoosh.

Impacts (what a term adds to a passage's score) are computed once when the index is opened, so a
query is a handful of array additions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.lexical.impacts import Bm25Parameters, Impacts, inverse_frequency, merged
from search.lexical.postings import FIELDS, IndexSegment, IntArray, joined, read_segments
from search.model import TermScore

FloatArray = npt.NDArray[np.float32]

SYNONYM_WEIGHT = 0.6
"""Of a term that a word of the query also means: less than the word itself."""


class LexicalScores(NamedTuple):
    """Scores of every passage and every document for some terms."""

    passages: FloatArray
    """(n_passages,) BM25F score."""
    matched: FloatArray
    """(n_passages,) share of the terms' idf weight found."""
    documents: FloatArray
    """(n_documents,) BM25F score of all passages of a document together."""


class LexicalIndex:
    """Scores passages and documents for terms. Immutable, safe for many threads."""

    def __init__(
        self,
        segments: Iterable[IndexSegment],
        size: int,
        first_passages: IntArray,
        parameters: Bm25Parameters | None = None,
    ) -> None:
        self._vocabulary: dict[str, int] = {}
        self._size = size
        terms, passages, frequencies = joined(list(segments), self._vocabulary)
        parameters = parameters or Bm25Parameters()
        count = len(self._vocabulary)
        self._passages = Impacts.of(terms, passages, frequencies, count, size, parameters)
        documents = np.searchsorted(first_passages, passages, side="right") - 1
        self._documents = Impacts.of(
            *merged(terms, documents, frequencies), count, len(first_passages), parameters
        )

    @classmethod
    def open(
        cls,
        files: Iterable[Path],
        keys: Sequence[str],
        first_passages: IntArray | None = None,
        parameters: Bm25Parameters | None = None,
    ) -> LexicalIndex:
        """Open segments' postings for the passages `keys`; others in them are dead.

        `first_passages` are the numbers of each document's first passage; without them every
        passage is a document. Raises ValueError when a passage of `keys` is in no segment.
        """
        segments = read_segments(files, keys)
        first = np.arange(len(keys)) if first_passages is None else first_passages
        return cls(segments, len(keys), first, parameters)

    def __len__(self) -> int:
        return self._size

    def __contains__(self, term: str) -> bool:
        return term in self._vocabulary

    @property
    def vocabulary(self) -> Iterable[str]:
        return self._vocabulary.keys()

    def idf(self, term: str) -> float:
        """Inverse passage frequency; that of a term seen nowhere for an unknown one."""
        number = self._vocabulary.get(term)
        if number is None:
            return float(inverse_frequency(np.zeros(1), self._size)[0])
        return float(self._passages.idf[number])

    def document_frequency(self, term: str) -> int:
        """Number of passages that hold a term in any field."""
        return len(self.passages_with(term))

    def passages_with(self, term: str) -> npt.NDArray[np.int32]:
        """Numbers of the passages that hold a term in any field."""
        number = self._vocabulary.get(term)
        if number is None:
            return np.zeros(0, dtype=np.int32)
        return self._passages.units[self._passages.of_term(number)]

    def documents_named(self, term: str) -> npt.NDArray[np.int32]:
        """Numbers of the documents that have a term in their title, tags or questions."""
        number = self._vocabulary.get(term)
        if number is None:
            return np.zeros(0, dtype=np.int32)
        where = self._documents.of_term(number)
        naming = 1 << FIELDS.index("title") | 1 << FIELDS.index("labels")
        return self._documents.units[where][(self._documents.fields[where] & naming) > 0]

    def scores(self, terms: Sequence[str], also: Sequence[str] = ()) -> LexicalScores:
        """Scores of all passages and documents.

        Terms of `also` add to the score with SYNONYM_WEIGHT and are not missed.
        """
        passages = np.zeros(self._size, dtype=np.float32)
        matched = np.zeros(self._size, dtype=np.float32)
        documents = np.zeros(self._documents.size, dtype=np.float32)
        total = 0.0
        for term in terms:
            weight = self.idf(term)
            total += weight
            number = self._vocabulary.get(term)
            if number is None:
                continue
            where = self._passages.of_term(number)
            units = self._passages.units[where]
            passages[units] += self._passages.impacts[where]
            matched[units] += weight
            self._documents.add(number, documents)
        for term in also:
            number = self._vocabulary.get(term)
            if number is not None:
                self._passages.add(number, passages, SYNONYM_WEIGHT)
                self._documents.add(number, documents, SYNONYM_WEIGHT)
        return LexicalScores(passages, matched / np.float32(total or 1.0), documents)

    def explain(
        self, document: int, terms: Sequence[str], also: Sequence[str] = ()
    ) -> tuple[TermScore, ...]:
        """Share of each term in the score of `document` in `scores(terms, also)`."""
        found = []
        for term, weight in [*((t, 1.0) for t in terms), *((t, SYNONYM_WEIGHT) for t in also)]:
            score, fields = 0.0, 0
            if (number := self._vocabulary.get(term)) is not None:
                where = self._documents.of_term(number)
                places = np.flatnonzero(self._documents.units[where] == document)
                score = weight * float(self._documents.impacts[where][places].sum())
                fields = int(np.bitwise_or.reduce(self._documents.fields[where][places], initial=0))
            names = tuple(name for bit, name in enumerate(FIELDS) if fields >> bit & 1)
            found.append(TermScore(term, score, names, self.idf(term), weight != 1.0))
        return tuple(found)
