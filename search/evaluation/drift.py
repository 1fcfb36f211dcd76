"""Drift: how far a site's scores have moved since its confidence was fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from search.answers.answer_searcher import AnswerSearcher
from search.evaluation.judged import LISTED
from search.evaluation.probes import Probe, ask
from search.model import Results
from search.ranking.calibration import Calibration
from search.ranking.confidence import Model, confidence

DRIFTED = 0.25
"""Population stability index from which a distribution counts as another one. Source: usual
practice of credit scoring."""
BINS = 10

FloatArray = npt.NDArray[np.float64]


def drift(
    searcher: AnswerSearcher,
    calibration: Calibration,
    probes: Sequence[Probe],
    scores: Sequence[float],
) -> float:
    """Distance that the scores of the same probes have moved since; compare with DRIFTED."""
    lang = probes[0].lang
    gaps = [results for results in ask(searcher, probes) if results.hits]
    return stability_index(scores, scores_of(gaps, calibration.model(lang)))


def stability_index(before: Sequence[float], after: Sequence[float]) -> float:
    """Population stability index of two samples, over tenths of the first; 0 without either."""
    if not before or not after:
        return 0.0
    edges = np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1])

    def shares(sample: Sequence[float]) -> FloatArray:
        counts = np.bincount(np.searchsorted(edges, sample), minlength=BINS)
        # Half a message more in each tenth: an empty one must not count without limit.
        return np.asarray((counts + 0.5) / (counts + 0.5).sum())

    old, new = shares(before), shares(after)
    return float(((new - old) * np.log(new / old)).sum())


def scores_of(gaps: Sequence[Results], model: Model) -> tuple[float, ...]:
    """P(what is shown answers) of each of some rankings, all with hits."""
    return tuple(confidence(results.hits[:LISTED], model).shown for results in gaps)
