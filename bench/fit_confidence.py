"""Where the coefficients of `search.confidence` come from: logistic fits on the judged dev queries.

`python -m bench.fit_confidence FOLDER`. Fits on all corpora together and reports, for each corpus,
how the coefficients fitted on the *others* do on it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bench.tune import corpora
from search import metrics
from search.confidence import FEATURES, Coefficients, Features, features, probability
from search.evaluate import LISTED, Outcome, read_queries, run
from search.model import Mode

REGULARISATION = 0.3
"""Inverse strength, on standardised features. Origin: cross-validation on the dev queries."""
BOUNDS: Mapping[str, tuple[float | None, float | None]] = {
    "unknown_share": (None, 0.0),
    "length": (None, None),
}
"""Of coefficients; all others are at least 0."""

FloatArray = npt.NDArray[np.float64]
Target = Callable[[Outcome], bool]
TARGETS: dict[str, Target] = {
    "TOP": lambda outcome: outcome.is_top_right,
    "LISTED": lambda o: metrics.success(o.ranking, o.query.grades, k=LISTED) > 0,
}


def fit(outcomes: Sequence[Outcome], target: Target) -> Coefficients:
    """Regularised logistic regression on standardised features, given back in their own units.

    Evidence may not count against an answer nor its absence for it: so signs are bounded.
    """
    rows = np.array([_row(features(o.results.hits)) for o in outcomes])
    happened = np.array([target(o) for o in outcomes])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standardised = (rows - mean) / scale
    signs = np.where(happened, 1.0, -1.0)

    def loss(theta: FloatArray) -> float:
        margins = signs * (theta[0] + standardised @ theta[1:])
        penalty = float(theta[1:] @ theta[1:]) / (2 * REGULARISATION)
        return float(np.logaddexp(0.0, -margins).sum()) + penalty

    bounds = [(None, None), *(BOUNDS.get(name, (0.0, None)) for name in FEATURES)]
    found = minimize(loss, np.zeros(len(FEATURES) + 1), bounds=bounds, method="L-BFGS-B").x
    weights = found[1:] / scale
    intercept = float(found[0] - (weights * mean).sum())
    return Coefficients(round(intercept, 3), *(round(float(w), 3) for w in weights))


def report(coefficients: Coefficients, outcomes: Sequence[Outcome], target: Target) -> str:
    """AUROC and calibration error on outcomes that the coefficients have not seen."""
    stated = [probability(features(o.results.hits), coefficients) for o in outcomes]
    happened = [target(o) for o in outcomes]
    right = [p for p, is_right in zip(stated, happened, strict=True) if is_right]
    wrong = [p for p, is_right in zip(stated, happened, strict=True) if not is_right]
    error = metrics.expected_calibration_error(stated, happened)
    return f"AUROC {metrics.auroc(right, wrong):.3f}, ECE {error:.3f}, n {len(outcomes)}"


def _row(found: Features) -> list[float]:
    return [getattr(found, name) for name in FEATURES]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fit_confidence", description=__doc__)
    parser.add_argument("corpora", type=Path)
    folder = parser.parse_args().corpora
    modes: tuple[tuple[str, Mode], ...] = (("HYBRID", "hybrid"), ("LEXICAL", "lexical"))
    judged = corpora(folder)
    for label, mode in modes:
        outcomes = {
            name: run(searcher, [*queries, *read_queries(folder / name / "oos.jsonl")], mode=mode)
            for name, (searcher, queries) in judged.items()
        }
        for target_name, target in TARGETS.items():
            everything = [o for some in outcomes.values() for o in some]
            print(f"{label}_{target_name} = {fit(everything, target)}")
            for name, own in outcomes.items():
                others = [o for other, some in outcomes.items() if other != name for o in some]
                if others:
                    print(f"  {name}, fitted elsewhere: {report(fit(others, target), own, target)}")


if __name__ == "__main__":
    main()
