"""How likely the top document answers: features of a ranking → probabilities. Pure.

Provisional: two logistic functions with fixed coefficients over a handful of signals. They are
called "default" everywhere because they know nothing of the site's own questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search.model import Hit


@dataclass(frozen=True)
class Confidence:
    """Probabilities that the top hit answers, and that one of the listed hits does."""

    top: float
    listed: float


@dataclass(frozen=True)
class Coefficients:
    """Of one logistic function, in log-odds per unit of each feature."""

    intercept: float
    cosine: float
    label_cosine: float
    matched_share: float
    margin: float


ANSWER_THRESHOLD = 0.7
"""P(top answers) from which the passage is shown as the answer."""
OFFER_THRESHOLD = 0.5
"""P(one listed answers) from which a list is offered; below it a person is asked."""

HYBRID_TOP = Coefficients(0, 0, 0, 0, 0)
HYBRID_LISTED = Coefficients(0, 0, 0, 0, 0)
LEXICAL_TOP = Coefficients(0, 0, 0, 0, 0)
LEXICAL_LISTED = Coefficients(0, 0, 0, 0, 0)


def confidence(hits: Sequence[Hit]) -> Confidence:
    """Probabilities for a ranking; zero for an empty one."""
    if not hits:
        return Confidence(0.0, 0.0)
    has_vectors = hits[0].signals.cosine is not None
    pair = (HYBRID_TOP, HYBRID_LISTED) if has_vectors else (LEXICAL_TOP, LEXICAL_LISTED)
    top, listed = (_probability(hits, coefficients) for coefficients in pair)
    return Confidence(top, max(top, listed))


def _probability(hits: Sequence[Hit], c: Coefficients) -> float:
    signals = hits[0].signals
    log_odds = (
        c.intercept
        + c.cosine * (signals.cosine or 0.0)
        + c.label_cosine * (signals.label_cosine or 0.0)
        + c.matched_share * signals.matched_share
        + c.margin * _margin(hits)
    )
    return 1.0 / (1.0 + math.exp(-log_odds))


def _margin(hits: Sequence[Hit]) -> float:
    """Lead of the first hit over the second; 0 when it stands alone."""
    return hits[0].signals.fused - hits[1].signals.fused if len(hits) > 1 else 0.0
