"""Logistic regression on the features of confidence. SciPy is imported where it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from search.evaluation.judged import LISTED
from search.model import Results
from search.ranking.confidence import FEATURES, Coefficients, CosineScale, features

FOLDS = 10
RIDGE = 0.3
"""Inverse strength of the pull towards zero, on standardised features. Origin: cross-validation on
the dev queries."""
RIDGE_TO_PRIOR = 0.03
"""Of the pull towards the release's coefficients. Origin: fits to 25, 50 and 100 messages of either
dev library, drawn towards a fit to the other, tested on the rest (docs/relevance.md)."""
BOUNDS: Mapping[str, tuple[float | None, float | None]] = {
    "unknown_share": (None, 0.0),
    "length": (None, None),
    # Beside a reader that has read the words, they may also say too much for a resemblance.
    "label_cosine": (None, None),
    "matched_share": (None, None),
    "nearness": (None, None),
}
"""Of coefficients; all others are at least 0: evidence never counts against an answer."""

FloatArray = npt.NDArray[np.float64]


def feature_rows(results: Sequence[Results], gaps: CosineScale) -> FloatArray:
    """(n, len(FEATURES)) features of rankings."""
    found = [features(one.hits[:LISTED], gaps) for one in results]
    return np.array([[getattr(one, name) for name in FEATURES] for one in found])


def fit(
    rows: FloatArray,
    happened: npt.NDArray[np.bool_],
    *,
    prior: Coefficients | None = None,
) -> Coefficients:
    """Regularised logistic regression on standardised features, given back in their own units.

    `rows` are (n, len(FEATURES)). With a `prior` the fit is drawn towards it rather than to zero.
    """
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standardised = (rows - mean) / scale
    signs = np.where(happened, 1.0, -1.0)
    centre = np.zeros(len(FEATURES) + 1)
    ridge = RIDGE
    if prior is not None:
        weights = np.array([prior.weights.get(name, 0.0) for name in FEATURES])
        centre = np.array([prior.intercept + weights @ mean, *(weights * scale)])
        ridge = RIDGE_TO_PRIOR

    def loss(theta: FloatArray) -> float:
        margins = signs * (theta[0] + standardised @ theta[1:])
        apart = theta - centre
        penalty = float(apart[1:] @ apart[1:]) / (2 * ridge)
        if prior is not None:
            penalty += float(apart[0] ** 2) / (20 * ridge)
        return float(np.logaddexp(0.0, -margins).sum()) + penalty

    bounds = [(None, None), *(BOUNDS.get(name, (0.0, None)) for name in FEATURES)]
    found = minimize(loss, centre, bounds=bounds, method="L-BFGS-B").x
    weights = found[1:] / scale
    intercept = float(found[0] - (weights * mean).sum())
    kept = {n: round(float(w), 3) for n, w in zip(FEATURES, weights, strict=True)}
    return Coefficients(round(intercept, 3), {n: w for n, w in kept.items() if w})


def cross_validated(
    rows: FloatArray, happened: npt.NDArray[np.bool_], *, prior: Coefficients | None = None
) -> FloatArray:
    """(n,) probabilities, each from a fit that has not seen its message."""
    order = np.random.default_rng(0).permutation(len(rows))
    unseen = np.empty(len(rows))
    for fold in range(FOLDS):
        asked = order[fold::FOLDS]
        others = np.setdiff1d(order, asked)
        found = fit(rows[others], happened[others], prior=prior)
        unseen[asked] = stated(rows[asked], found)
    return unseen


def stated(rows: FloatArray, coefficients: Coefficients) -> FloatArray:
    """(n,) probabilities of rows of features."""
    weights = np.array([coefficients.weights.get(name, 0.0) for name in FEATURES])
    return np.asarray(1.0 / (1.0 + np.exp(-(coefficients.intercept + rows @ weights))))
