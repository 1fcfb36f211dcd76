"""An opened generation as ranking reads it: raw scores of every passage and document.

Everything that asks postings and vectors for a query stands here; nothing is weighed or ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.errors import IndexCorrupt
from search.generation.corpus import Corpus, load_corpus
from search.generation.files import (
    LABEL_VECTORS,
    LEXICAL,
    PASSAGE_VECTORS,
    SYNONYMS,
    WORDS,
)
from search.generation.manifest import REBUILD
from search.generation.open_generation import OpenGeneration
from search.lexical.bm25 import LexicalIndex
from search.lexical.postings import POSTINGS
from search.ranking.aggregation import PassageAggregator
from search.ranking.calibration import Calibration
from search.ranking.interpretation import QueryTerms
from search.semantic.vectors import Vectors
from search.text.synonyms import Synonyms
from search.text.words import Words

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scores:
    """Raw scores of one query: (n_passages,) or (n_documents,) float32; without a query vector
    the cosines are None."""

    bm25: FloatArray
    matched: FloatArray
    """Share of the query's idf weight found in each passage, in [0, 1]."""
    cosine: FloatArray | None
    document_bm25: FloatArray
    document_matched: FloatArray
    document_cosine: FloatArray | None
    """Mean of the two best passages, or of the two best of title and questions if that is higher:
    steadier than the best alone."""
    label_cosine: FloatArray | None
    """Best title or question of each document."""


@dataclass(frozen=True)
class KnownTerms:
    """Number of a query's terms, and the share of their idf weight that the index lacks."""

    terms: int
    unknown_share: float


class IndexReader:
    """The parts of one generation, held against each other. Immutable, safe for many threads.

    Raises IndexCorrupt when they do not fit together.
    """

    def __init__(self, generation: OpenGeneration) -> None:
        self.corpus: Corpus = load_corpus(generation)
        keys = self.corpus.passage_keys()
        self._passages = PassageAggregator(self.corpus.first_passages, len(keys))
        counts = np.bincount(self.corpus.label_documents, minlength=len(self.corpus.documents))
        self._labels = PassageAggregator(
            np.cumsum(counts) - counts, len(self.corpus.label_documents)
        )
        self._has_questions = counts > 1
        try:
            self.lexical = LexicalIndex.open(
                generation.paths(f"{LEXICAL}/{POSTINGS}/"), keys, self.corpus.first_passages
            )
            self.words = Words.load(generation.path(WORDS))
            self.synonyms = Synonyms.from_json(generation.path(SYNONYMS).read_bytes())
            stored = Calibration.from_dict(generation.manifest.facts["calibration"])
            self.calibration = stored.in_force()
            self.passage_vectors = _vectors(generation, PASSAGE_VECTORS, len(keys))
            self._label_vectors = _vectors(
                generation, LABEL_VECTORS, len(self.corpus.label_documents)
            )
        except (ValueError, TypeError, OSError, KeyError) as error:
            raise IndexCorrupt(f"{generation.folder}: {error}; {REBUILD}") from error

    def scores(self, terms: QueryTerms, vector: FloatArray | None) -> Scores:
        """Ask postings for the terms and, where there is a (dim,) vector, both matrices for it."""
        bm25, matched, document_bm25 = self.lexical.scores(terms.own, terms.also)
        document_matched = self._passages.maxima(matched)
        if vector is None or self.passage_vectors is None or self._label_vectors is None:
            return Scores(bm25, matched, None, document_bm25, document_matched, None, None)
        cosine = self.passage_vectors.cosines(vector)
        of_labels = self._label_vectors.cosines(vector)
        asked = np.where(self._has_questions, self._labels.means_of_two_best(of_labels), -1.0)
        nearness = np.maximum(self._passages.means_of_two_best(cosine), asked)
        labels = self._labels.maxima(of_labels)
        return Scores(bm25, matched, cosine, document_bm25, document_matched, nearness, labels)

    def known(self, terms: Sequence[str]) -> KnownTerms:
        """Measure how much of a query the index knows."""
        weights = [(self.lexical.idf(term), term in self.lexical) for term in terms]
        total = sum(weight for weight, _ in weights)
        unknown = sum(weight for weight, is_known in weights if not is_known)
        return KnownTerms(len(weights), unknown / total if total else 0.0)


def _vectors(generation: OpenGeneration, folder: str, count: int) -> Vectors | None:
    """Open a matrix of `count` rows; None in a lexical generation. Raises ValueError, OSError."""
    if not generation.paths(PASSAGE_VECTORS):
        return None
    vectors = Vectors.open(generation.path(folder))
    if len(vectors) != count:
        raise ValueError(f"{folder} holds {len(vectors)} embeddings, not {count}")
    return vectors
