"""Risk of answering: the thresholds' errors, bounded from above. No searching here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.evaluation import metrics

THRESHOLDS = tuple(n / 100 for n in range(99, 29, -1))
"""Tried from strict to lax."""
LEVEL = 0.95
"""Confidence of the bounds."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Effect of a threshold: messages answered, wrong ones among them, bound on their share."""

    threshold: float
    answered: int
    wrong: int
    bound: float


def risk_curve(
    stated: Sequence[float] | FloatArray, is_right: Sequence[bool] | npt.NDArray[np.bool_]
) -> tuple[Point, ...]:
    """Effect of every threshold of THRESHOLDS, strictest first."""
    probabilities, right = np.asarray(stated), np.asarray(is_right)
    points = []
    for threshold in THRESHOLDS:
        answered = probabilities >= threshold
        total, wrong = int(answered.sum()), int((answered & ~right).sum())
        points.append(Point(threshold, total, wrong, error_bound(wrong, total)))
    return tuple(points)


def bounded_threshold(curve: Sequence[Point], risk_budget: float) -> float | None:
    """The laxest threshold whose error is bounded by the budget; None when no claim can be made.

    Fixed-sequence testing: from strict to lax, from the first threshold with enough answers for
    any claim, up to the first whose bound breaks the budget.
    """
    found = None
    for point in curve:
        if error_bound(0, point.answered) > risk_budget:
            continue
        if point.bound > risk_budget:
            break
        found = point.threshold
    return found


def error_bound(wrong: int, total: int) -> float:
    """Upper bound on the share of errors at LEVEL (Clopper–Pearson); 1 without any message."""
    return metrics.clopper_pearson(wrong, total, level=LEVEL) if total else 1.0
