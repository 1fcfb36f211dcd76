"""Origin of the figures of `search.ranking.confidence`: logistic fits on the judged dev
queries.

`python -m bench.relevance.fit_confidence FOLDER`. Fits on all libraries together; reports how a fit
to the *others* does on each, and what thresholds do when every message is judged by a fit that has
not seen it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.relevance.tune import corpora
from search.evaluation import metrics
from search.evaluation.fit_calibration import cosine_scale
from search.evaluation.judged import Outcome, read_queries, run
from search.evaluation.logistic import FloatArray, cross_validated, feature_rows, fit, stated
from search.evaluation.probes import ask, probes
from search.evaluation.risk import Point, risk_curve
from search.generation.files import COMPLETIONS
from search.lexical.autocomplete import read_entries
from search.model import Mode
from search.ranking.confidence import CosineScale
from search.ranking.searcher import Searcher

BUDGETS = (0.05, 0.1, 0.15, 0.2)
TARGETS = ("top", "listed")
MODES: tuple[Mode, ...] = ("hybrid", "lexical")

BoolArray = npt.NDArray[np.bool_]
Data = Mapping[str, tuple[FloatArray, BoolArray]]
"""Library → features and what happened."""


def own_scale(searcher: Searcher) -> CosineScale:
    """Meaning of "near" in a library, from its own articles."""
    entries = read_entries(searcher.generation.path(COMPLETIONS))
    scale = cosine_scale(ask(searcher, probes(entries)))
    if scale is None:
        raise SystemExit("the library has too few articles")
    return scale


def report(probabilities: FloatArray, happened: BoolArray) -> str:
    """AUROC, calibration error and the share of messages answered with one answer in ten wrong."""
    right = [float(p) for p in probabilities[happened]]
    wrong = [float(p) for p in probabilities[~happened]]
    error = metrics.expected_calibration_error(list(probabilities), list(happened))
    return (
        f"AUROC {metrics.auroc(right, wrong):.3f}, ECE {error:.3f}, "
        f"answered at 10 % error {_coverage(probabilities, happened):.2f}, n {len(happened)}"
    )


def thresholds(curve: Sequence[Point]) -> str:
    """For each budget the laxest threshold down to which no larger share was wrong."""
    parts = []
    for budget in BUDGETS:
        kept = [
            point for point in curve if point.answered and point.wrong <= budget * point.answered
        ]
        if kept:
            last = min(kept, key=lambda point: point.threshold)
            seen = f"{last.wrong} of {last.answered} wrong, at most {last.bound:.2f}"
            parts.append(f"{budget}: {last.threshold} ({seen})")
    return "; ".join(parts)


def _coverage(probabilities: FloatArray, happened: BoolArray) -> float:
    order = np.argsort(-probabilities)
    share_wrong = np.cumsum(~happened[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(share_wrong <= 0.1)
    return float((within.max() + 1) / len(order)) if len(within) else 0.0


def _data(outcomes: Mapping[str, list[Outcome]], scales: Mapping[str, CosineScale]) -> list[Data]:
    """By target."""
    rows = {
        name: feature_rows([one.results for one in some], scales[name])
        for name, some in outcomes.items()
    }
    return [
        {n: (rows[n], np.array([o.is_top_right for o in some])) for n, some in outcomes.items()},
        {n: (rows[n], np.array([o.is_listed_right for o in some])) for n, some in outcomes.items()},
    ]


def _together(data: Data) -> tuple[FloatArray, BoolArray]:
    return (
        np.concatenate([rows for rows, _ in data.values()]),
        np.concatenate([happened for _, happened in data.values()]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.fit_confidence", description=__doc__
    )
    parser.add_argument("corpora", type=Path)
    folder = parser.parse_args().corpora
    judged = corpora(folder)
    scales = {name: own_scale(searcher) for name, (searcher, _) in judged.items()}
    print("DEFAULT_GAPS: mean of", scales)
    for mode in MODES:
        outcomes = {
            name: run(searcher, [*queries, *read_queries(folder / name / "oos.jsonl")], mode=mode)
            for name, (searcher, queries) in judged.items()
        }
        for target, data in zip(TARGETS, _data(outcomes, scales), strict=True):
            rows, happened = _together(data)
            print(f"{mode}_{target} = {fit(rows, happened)}".upper())
            unseen = cross_validated(rows, happened)
            print(f"  all, cross-validated: {report(unseen, happened)}")
            if target == "top":
                print(f"  thresholds: {thresholds(risk_curve(unseen, happened))}")
            start = 0
            for name, (own, own_happened) in data.items():
                end = start + len(own)
                print(f"  {name}, cross-validated: {report(unseen[start:end], own_happened)}")
                start = end
                elsewhere = {other: values for other, values in data.items() if other != name}
                if elsewhere:
                    found = stated(own, fit(*_together(elsewhere)))
                    print(f"  {name}, fitted elsewhere: {report(found, own_happened)}")


if __name__ == "__main__":
    main()
