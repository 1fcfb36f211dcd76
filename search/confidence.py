"""How likely the top document answers: signals of a ranking → probabilities. Pure.

Logistic functions with fixed coefficients over a handful of features. They are called "default"
everywhere because they know nothing of the site's own questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from search.model import Hit

Action = Literal["answer", "offer", "handoff"]

ANSWER_THRESHOLD = 0.72
"""P(top answers) from which the passage is shown as the answer."""
OFFER_THRESHOLD = 0.45
"""P(one listed answers) from which a list is offered; below it a person is asked."""


@dataclass(frozen=True)
class Confidence:
    """Probabilities that the top hit answers, and that one of the listed hits does."""

    top: float
    listed: float

    @property
    def action(self) -> Action:
        """What the thresholds make of it."""
        if self.top >= ANSWER_THRESHOLD:
            return "answer"
        return "offer" if self.listed >= OFFER_THRESHOLD else "handoff"


@dataclass(frozen=True)
class Features:
    """What the probabilities are computed from. Cosines are 0 without an encoder."""

    cosine: float
    label_cosine: float
    matched_share: float
    margin: float
    """Lead of the first hit over the second; 0 when it stands alone."""


@dataclass(frozen=True)
class Coefficients:
    """Of one logistic function, in log-odds per unit of each feature."""

    intercept: float
    cosine: float
    label_cosine: float
    matched_share: float
    margin: float


# Origin: `bench/fit_confidence.py` on the dev queries of both corpora.
HYBRID_TOP = Coefficients(
    intercept=-28.893, cosine=24.291, label_cosine=8.106, matched_share=0.946, margin=0.656
)
HYBRID_LISTED = Coefficients(
    intercept=-35.614, cosine=29.538, label_cosine=11.497, matched_share=2.52, margin=0.285
)
LEXICAL_TOP = Coefficients(
    intercept=-2.55, cosine=0.0, label_cosine=0.0, matched_share=2.492, margin=0.667
)
LEXICAL_LISTED = Coefficients(
    intercept=-1.827, cosine=0.0, label_cosine=0.0, matched_share=2.891, margin=0.479
)


def confidence(hits: Sequence[Hit]) -> Confidence:
    """Probabilities for a ranking, best hit first; zero for an empty one."""
    if not hits:
        return Confidence(0.0, 0.0)
    found = features(hits)
    has_vectors = hits[0].signals.cosine is not None
    of_top, of_listed = (
        (HYBRID_TOP, HYBRID_LISTED) if has_vectors else (LEXICAL_TOP, LEXICAL_LISTED)
    )
    top = probability(found, of_top)
    return Confidence(top, max(top, probability(found, of_listed)))


def features(hits: Sequence[Hit]) -> Features:
    """Features of a ranking with at least one hit; all zero without."""
    if not hits:
        return Features(0.0, 0.0, 0.0, 0.0)
    signals = hits[0].signals
    margin = signals.fused - hits[1].signals.fused if len(hits) > 1 else 0.0
    return Features(
        signals.cosine or 0.0, signals.label_cosine or 0.0, signals.matched_share, margin
    )


def probability(found: Features, coefficients: Coefficients) -> float:
    """Logistic function of the features."""
    log_odds = (
        coefficients.intercept
        + coefficients.cosine * found.cosine
        + coefficients.label_cosine * found.label_cosine
        + coefficients.matched_share * found.matched_share
        + coefficients.margin * found.margin
    )
    return 1.0 / (1.0 + math.exp(-log_odds))
