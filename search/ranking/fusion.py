"""Fusion: joins the scores of several retrievers into one. Arrays only, no documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.ranking.index_reader import Scores
from search.ranking.weights import Weights

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

STANDARDISED_TOP = 50
"""Candidates whose scores give mean and deviation. Origin: trials on the dev queries."""
FLOOR = -2.0
"""Lowest standardised score: how far below the candidates something is says nothing more."""
CATEGORY_CANDIDATES = 200
CATEGORY_DOCUMENTS = 3
"""A category is as near as its so many best documents are on average, among the nearest of all."""


@dataclass(frozen=True)
class Fused:
    """Scores that documents are ordered by, (n_documents,) float32, and the parts they sum up.

    `total` is -inf for documents that the filters exclude; parts are 0 there. Both arrays are the
    query's own: bonuses are added in place.
    """

    total: FloatArray
    parts: dict[str, FloatArray]

    def add(self, name: str, documents: Sequence[int], bonus: float) -> None:
        """Add a part that few queries have."""
        if documents:
            part = self.parts.setdefault(name, np.zeros_like(self.total))
            part[documents] += bonus
            self.total[documents] += bonus


def fused(scores: Scores, *, weights: Weights, allowed: BoolArray, categories: IntArray) -> Fused:
    """One score a document; only allowed ones set the scale.

    `allowed` and `categories` (numbers of categories) are (n_documents,).
    """
    retrievers = {"words": (weights.lexical, standardise(scores.document_bm25[allowed]))}
    extra = {"coverage": weights.coverage * scores.document_matched[allowed]}
    if scores.document_cosine is not None and scores.label_cosine is not None:
        nearness = standardise(scores.document_cosine[allowed])
        retrievers["meaning"] = (weights.passage, nearness)
        retrievers["labels"] = (weights.label, standardise(scores.label_cosine[allowed]))
        near = category_nearness(nearness, categories[allowed])
        extra["category"] = weights.category * near
    parts = {}
    for name, values in {**weighted(retrievers), **extra}.items():
        parts[name] = np.zeros(len(allowed), dtype=np.float32)
        parts[name][allowed] = values
    total = np.where(allowed, sum(parts.values()), np.float32(-np.inf))
    return Fused(np.asarray(total, dtype=np.float32), parts)


def standardise(scores: FloatArray, *, top: int = STANDARDISED_TOP) -> FloatArray:
    """Scores as deviations from the mean of the `top` best, so that retrievers become comparable.

    Unlike ranks they keep how sure a retriever is. All zero when the best are equal, as when no
    term of a query is known.
    """
    if not len(scores):
        return scores
    best = np.partition(scores, -top)[-top:] if len(scores) > top else scores
    deviation = float(best.std())
    if deviation < 1e-6:
        return np.zeros_like(scores)
    standardised = np.maximum((scores - best.mean()) / deviation, FLOOR)
    return np.asarray(standardised, dtype=np.float32)


def weighted(retrievers: Mapping[str, tuple[float, FloatArray]]) -> dict[str, FloatArray]:
    """Weight times standardised scores of each retriever; weights are rescaled to sum to 1."""
    total = sum(weight for weight, _ in retrievers.values())
    return {
        name: np.float32(weight / total) * scores for name, (weight, scores) in retrievers.items()
    }


def category_nearness(nearness: FloatArray, categories: IntArray) -> FloatArray:
    """Per document, the mean of the best CATEGORY_DOCUMENTS of its category; FLOOR for a missing
    one. Only the CATEGORY_CANDIDATES nearest documents count."""
    order = np.arange(len(nearness))
    if len(nearness) > CATEGORY_CANDIDATES:
        order = np.argpartition(-nearness, CATEGORY_CANDIDATES)[:CATEGORY_CANDIDATES]
    order = order[np.argsort(-nearness[order], kind="stable")]
    order = order[np.argsort(categories[order], kind="stable")]
    found = categories[order]
    starts = np.flatnonzero(np.diff(found, prepend=-1))
    place = np.arange(len(found)) - np.repeat(starts, np.diff(np.append(starts, len(found))))
    best = order[place < CATEGORY_DOCUMENTS]
    above = np.bincount(
        categories[best], weights=nearness[best] - FLOOR, minlength=int(categories.max()) + 1
    )
    return np.asarray(FLOOR + above[categories] / CATEGORY_DOCUMENTS, dtype=np.float32)
