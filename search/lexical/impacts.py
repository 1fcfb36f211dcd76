"""Impacts: additions of postings to the BM25F scores of passages and documents, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.lexical.postings import FIELDS, FrequencyArray, IntArray

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Bm25Parameters:
    """Weights and length normalisation by field, saturation for all.

    Origin: Robertson & Zaragoza 2009, simple BM25F; values from `bench/relevance/tune.py` on the
    dev queries of both corpora.
    """

    weights: tuple[float, ...] = (2.5, 1.5, 1.5, 1.0)
    b: tuple[float, ...] = (0.3, 0.3, 0.5, 0.75)
    k1: float = 1.2


class Impacts(NamedTuple):
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
    ) -> Impacts:
        counts = np.bincount(terms, minlength=term_count)
        idf = inverse_frequency(counts, size)
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
        """Place of a term's postings."""
        return slice(int(self.offsets[number]), int(self.offsets[number + 1]))

    def add(self, number: int, scores: FloatArray, weight: float = 1.0) -> None:
        """Add what the term `number` is worth to the units that hold it."""
        where = self.of_term(number)
        scores[self.units[where]] += np.float32(weight) * self.impacts[where]


def merged(
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


def inverse_frequency(counts: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.float64]:
    """Inverse frequency (idf) of terms that `counts` of `size` units hold.

    Lucene's variant, which is never negative.
    """
    frequency = counts.astype(np.float64)
    return np.log1p((size - frequency + 0.5) / (frequency + 0.5))
