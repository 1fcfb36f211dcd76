"""Joins the scores of several rankers into one. Pure functions over arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

STANDARDISED_TOP = 50
"""Candidates whose scores give mean and deviation. Origin: trials on the dev queries."""
FLOOR = -2.0
"""Lowest standardised score: how far below the candidates something is says nothing more."""


def standardise(scores: FloatArray, *, top: int = STANDARDISED_TOP) -> FloatArray:
    """Scores as deviations from the mean of the `top` best, so that rankers become comparable.

    Unlike ranks they keep how sure a ranker is. All zero when the best are equal, as when no term
    of a query is known.
    """
    if not len(scores):
        return scores
    best = np.partition(scores, -top)[-top:] if len(scores) > top else scores
    deviation = float(best.std())
    if deviation < 1e-6:
        return np.zeros_like(scores)
    standardised = np.maximum((scores - best.mean()) / deviation, FLOOR)
    return np.asarray(standardised, dtype=np.float32)


def weighted_sum(rankings: Sequence[tuple[float, FloatArray]]) -> FloatArray:
    """Sum of (weight, standardised scores); weights are rescaled to sum to 1."""
    total = sum(weight for weight, _ in rankings)
    joined = sum((weight / total) * scores for weight, scores in rankings)
    return np.asarray(joined, dtype=np.float32)
