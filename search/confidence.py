"""How likely the top document answers: signals of a ranking → probabilities. Pure.

Logistic functions with fixed coefficients over a handful of features. They are called "default"
everywhere because they know nothing of the site's own questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

from search.model import Hit

Action = Literal["answer", "offer", "handoff"]

ANSWER_THRESHOLD = 0.80
"""P(top answers) from which the passage is shown as the answer. Origin: the lowest threshold at
which, cross-validated on the dev messages of both corpora together, at most one answer in ten is
wrong, those to messages that nothing answers included."""
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
    """What the probabilities are computed from; see `search.model.Signals`.

    Those of meaning are 0 without an encoder.
    """

    cosine: float
    label_cosine: float
    matched_share: float
    margin: float
    lead: float
    unknown_share: float
    length: float
    """Natural logarithm of one more than the number of the query's terms."""


@dataclass(frozen=True)
class Coefficients:
    """Of one logistic function, in log-odds per unit of each feature."""

    intercept: float
    cosine: float
    label_cosine: float
    matched_share: float
    margin: float
    lead: float
    unknown_share: float
    length: float


FEATURES = tuple(field.name for field in fields(Features))

# Origin: `bench/fit_confidence.py` on the dev queries of both corpora.
HYBRID_TOP = Coefficients(
    intercept=-16.998,
    cosine=8.867,
    label_cosine=7.133,
    matched_share=1.306,
    margin=0.306,
    lead=0.525,
    unknown_share=-0.899,
    length=0.531,
)
HYBRID_LISTED = Coefficients(
    intercept=-25.43,
    cosine=16.264,
    label_cosine=11.178,
    matched_share=1.108,
    margin=0.0,
    lead=0.601,
    unknown_share=-1.334,
    length=0.419,
)
LEXICAL_TOP = Coefficients(
    intercept=-6.719,
    cosine=0.0,
    label_cosine=0.0,
    matched_share=3.729,
    margin=0.203,
    lead=0.462,
    unknown_share=0.0,
    length=1.296,
)
LEXICAL_LISTED = Coefficients(
    intercept=-5.624,
    cosine=0.0,
    label_cosine=0.0,
    matched_share=3.743,
    margin=0.023,
    lead=0.438,
    unknown_share=0.0,
    length=1.285,
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
        return Features(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    signals = hits[0].signals
    return Features(
        cosine=signals.cosine or 0.0,
        label_cosine=signals.label_cosine or 0.0,
        matched_share=signals.matched_share,
        margin=signals.margin,
        lead=signals.lead,
        unknown_share=signals.unknown_share,
        length=math.log1p(signals.terms),
    )


def probability(found: Features, coefficients: Coefficients) -> float:
    """Logistic function of the features."""
    log_odds = coefficients.intercept + sum(
        getattr(coefficients, name) * getattr(found, name) for name in FEATURES
    )
    return 1.0 / (1.0 + math.exp(-log_odds))
