"""Joins the scores of several rankers into one. Pure functions over arrays."""

from __future__ import annotations

from collections.abc import Mapping

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


def weighted(rankers: Mapping[str, tuple[float, FloatArray]]) -> dict[str, FloatArray]:
    """Weight times standardised scores of each ranker; weights are rescaled to sum to 1."""
    total = sum(weight for weight, _ in rankers.values())
    return {name: np.float32(weight / total) * scores for name, (weight, scores) in rankers.items()}
