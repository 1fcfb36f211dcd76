"""BM25F over postings arrays: the lexical ranker that serves. NumPy only, no Whoosh.

Impacts (what a term adds to a passage's score) are computed once when the index is opened, so a
query is a handful of array additions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.model import TermScore

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
FrequencyArray = npt.NDArray[np.uint16]
"""(n, len(FIELDS)) how often a term stands in each field."""

FIELDS = ("title", "headings", "labels", "body")
"""Columns of term frequencies. `labels` are tags and questions of the article."""
POSTINGS, POSTINGS_SUFFIX = "postings", ".npz"
"""Folder of the arrays in that of the index, and how their files end."""
SYNONYM_WEIGHT = 0.6
"""Of a term that a word of the query also means: less than the word itself."""


@dataclass(frozen=True)
class Bm25Parameters:
    """Weights and length normalisation by field, saturation for all.

    Origin: Robertson & Zaragoza 2009, simple BM25F; values from `bench/relevance/tune.py` on the
    dev queries of both corpora.
    """

    weights: tuple[float, ...] = (2.5, 1.5, 1.5, 1.0)
    b: tuple[float, ...] = (0.3, 0.3, 0.5, 0.75)
    k1: float = 1.2


def write_postings(
    path: Path, *, keys: Sequence[str], postings: Mapping[str, Mapping[int, Sequence[int]]]
) -> None:
    """Write one segment: passage keys by local number, and term → {passage: frequency by field}."""
    terms = sorted(postings)
    ordered = [sorted(postings[term].items()) for term in terms]
    offsets = np.cumsum([0, *map(len, ordered)], dtype=np.int64)
    flat = [pair for pairs in ordered for pair in pairs]
    passages = np.array([passage for passage, _ in flat], dtype=np.int32)
    counts = np.array([counts for _, counts in flat], dtype=np.int64).reshape(-1, len(FIELDS))
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            keys=_packed(keys),
            terms=_packed(terms),
            offsets=offsets,
            passages=passages,
            frequencies=np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
        )


class _Segment(NamedTuple):
    """Live postings of one segment; `passages` are numbers in the whole corpus."""

    terms: list[str]
    counts: IntArray
    passages: IntArray
    frequencies: FrequencyArray


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
        segments: Iterable[_Segment],
        size: int,
        first_passages: IntArray,
        parameters: Bm25Parameters | None = None,
    ) -> None:
        self._vocabulary: dict[str, int] = {}
        self._size = size
        terms, passages, frequencies = self._joined(list(segments))
        parameters = parameters or Bm25Parameters()
        count = len(self._vocabulary)
        self._passages = _Impacts.of(terms, passages, frequencies, count, size, parameters)
        documents = np.searchsorted(first_passages, passages, side="right") - 1
        self._documents = _Impacts.of(
            *_merged(terms, documents, frequencies), count, len(first_passages), parameters
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
        numbers = {key: number for number, key in enumerate(keys)}
        segments, seen = [], np.zeros(len(keys), dtype=bool)
        for path in files:
            with np.load(path) as arrays:
                local = np.array(
                    [numbers.get(k, -1) for k in _unpacked(arrays["keys"])], dtype=np.int64
                )
                # An article edited and edited back is in two segments, with equal postings.
                is_live = local >= 0
                local[is_live] = np.where(seen[local[is_live]], -1, local[is_live])
                seen[local[local >= 0]] = True
                segments.append(_live_segment(arrays, local))
        if not seen.all():
            raise ValueError(f"the index lacks {int((~seen).sum())} of {len(keys)} passages")
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
            return float(_idf(np.zeros(1), self._size)[0])
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

    def _joined(self, segments: list[_Segment]) -> tuple[IntArray, IntArray, FrequencyArray]:
        """Term, passage and frequencies of every posting, ordered by term."""
        numbers = [
            np.array([self._vocabulary.setdefault(t, len(self._vocabulary)) for t in s.terms], int)
            for s in segments
        ]
        terms = _joined([np.repeat(n, s.counts) for n, s in zip(numbers, segments, strict=True)])
        passages = _joined([s.passages for s in segments])
        nothing = np.zeros((0, len(FIELDS)), np.uint16)
        frequencies = np.concatenate([nothing, *(s.frequencies for s in segments)])
        order = np.lexsort((passages, terms))
        return terms[order], passages[order], frequencies[order]


class _Impacts(NamedTuple):
    """Postings of all terms with what each adds to a score.

    `units` are numbers of passages or of documents; those of term t are
    `units[offsets[t]:offsets[t + 1]]`, in rising order.
    """

    size: int
    units: npt.NDArray[np.int32]
    impacts: FloatArray
    fields: npt.NDArray[np.uint8]
    """Bits of the FIELDS that hold the term, the first one lowest."""
    idf: npt.NDArray[np.float64]
    offsets: IntArray

    @classmethod
    def of(
        cls,
        terms: IntArray,
        units: IntArray,
        frequencies: FrequencyArray,
        term_count: int,
        size: int,
        parameters: Bm25Parameters,
    ) -> _Impacts:
        counts = np.bincount(terms, minlength=term_count)
        idf = _idf(counts, size)
        impacts = _saturated(frequencies, units, size, parameters) * idf[terms]
        bits = (frequencies > 0) @ (1 << np.arange(len(FIELDS)))
        return cls(
            size,
            units.astype(np.int32),
            impacts.astype(np.float32),
            bits.astype(np.uint8),
            idf,
            np.concatenate([[0], np.cumsum(counts)]),
        )

    def of_term(self, number: int) -> slice:
        return slice(int(self.offsets[number]), int(self.offsets[number + 1]))

    def add(self, number: int, scores: FloatArray, weight: float = 1.0) -> None:
        """Add what the term `number` is worth to the units that hold it."""
        where = self.of_term(number)
        scores[self.units[where]] += np.float32(weight) * self.impacts[where]


def _merged(
    terms: IntArray, documents: IntArray, frequencies: FrequencyArray
) -> tuple[IntArray, IntArray, FrequencyArray]:
    """Postings of documents from those of their passages, both ordered by term.

    Each passage repeats the title, headings and labels above it: the highest frequency counts
    there, in the body the sum.
    """
    if not len(terms):
        return terms, documents, frequencies
    is_first = np.ones(len(terms), dtype=bool)
    is_first[1:] = (np.diff(terms) != 0) | (np.diff(documents) != 0)
    starts = np.flatnonzero(is_first)
    merged = np.maximum.reduceat(frequencies, starts, axis=0)
    body = FIELDS.index("body")
    sums = np.add.reduceat(frequencies[:, body].astype(np.int64), starts)
    merged[:, body] = np.minimum(sums, np.iinfo(np.uint16).max)
    return terms[starts], documents[starts], merged


def _live_segment(arrays: Mapping[str, npt.NDArray[np.generic]], local: IntArray) -> _Segment:
    """Drop postings of passages that are no longer in the corpus (number -1)."""
    passages = local[arrays["passages"].astype(np.int64)]
    is_live = passages >= 0
    live_before = np.concatenate([[0], np.cumsum(is_live)])
    counts = np.diff(live_before[arrays["offsets"].astype(np.int64)])
    frequencies = arrays["frequencies"].astype(np.uint16)[is_live]
    has_any = counts > 0
    terms = [t for t, keep in zip(_unpacked(arrays["terms"]), has_any, strict=True) if keep]
    return _Segment(terms, counts[has_any], passages[is_live], frequencies)


def _saturated(
    frequencies: FrequencyArray, passages: IntArray, size: int, parameters: Bm25Parameters
) -> npt.NDArray[np.float64]:
    """Weighted, length-normalised and saturated frequency of each posting, in [0, k1 + 1)."""
    weighted = np.zeros(len(passages))
    for column, (weight, b) in enumerate(zip(parameters.weights, parameters.b, strict=True)):
        in_field = frequencies[:, column].astype(np.float64)
        lengths = np.bincount(passages, weights=in_field, minlength=size)
        mean = lengths.mean() if lengths.any() else 1.0
        weighted += weight * in_field / (1 - b + b * lengths[passages] / mean)
    return weighted * (parameters.k1 + 1) / (parameters.k1 + weighted)


def _idf(counts: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.float64]:
    """Lucene's variant, which is never negative."""
    frequency = counts.astype(np.float64)
    return np.log1p((size - frequency + 0.5) / (frequency + 0.5))


def _joined(arrays: list[IntArray]) -> IntArray:
    return np.concatenate(arrays or [np.zeros(0, dtype=np.int64)]).astype(np.int64)


def _packed(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: npt.NDArray[np.generic]) -> list[str]:
    text = packed.tobytes().decode()
    return text.split("\n") if text else []
