"""Probability that the top document answers, from the signals of a ranking. Pure.

Logistic functions over a handful of features. The coefficients here come with the release and know
nothing of a site's own questions; `search.ranking.calibration` replaces them by a site's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

from search.model import Hit

Action = Literal["answer", "offer", "handoff"]

OFFER_THRESHOLD = 0.45
"""P(one listed answers) from which a list is offered; below it a person is asked."""


@dataclass(frozen=True)
class Confidence:
    """Probabilities that the top hit answers, and that one of the listed hits does."""

    top: float
    listed: float


@dataclass(frozen=True)
class CosineScale:
    """Best cosines that messages without an answer reach: what "near" means in a library."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Features:
    """Features that the probabilities are computed from; see `search.model.Signals`.

    Those of meaning are 0 without an encoder.
    """

    cosine: float
    """In deviations from the mean of a CosineScale."""
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


@dataclass(frozen=True)
class Model:
    """Everything between the signals of a ranking and what is done about the message.

    `answer_from` is the P(top answers) from which the passage is shown as the answer, above 1 when
    no such claim can be made; `offer_from` the P(one listed answers) from which a list is offered.
    """

    gaps: CosineScale
    hybrid_top: Coefficients
    hybrid_listed: Coefficients
    lexical_top: Coefficients
    lexical_listed: Coefficients
    answer_from: float
    offer_from: float = OFFER_THRESHOLD


FEATURES = tuple(field.name for field in fields(Features))

DEFAULT_GAPS = CosineScale(mean=0.742, deviation=0.065)
"""Mean of the two dev libraries with the bundled encoder, measured by `search.evaluation.probes`.
Another encoder has another scale."""
# Origin: `bench/relevance/fit_confidence.py` on the dev queries of both libraries.
HYBRID_TOP = Coefficients(
    intercept=-2.51,
    cosine=0.706,
    label_cosine=0.0,
    matched_share=0.682,
    margin=0.375,
    lead=0.426,
    unknown_share=-0.95,
    length=0.601,
)
HYBRID_LISTED = Coefficients(
    intercept=-2.475,
    cosine=0.813,
    label_cosine=1.322,
    matched_share=1.267,
    margin=0.164,
    lead=0.362,
    unknown_share=-1.063,
    length=0.697,
)
LEXICAL_TOP = Coefficients(
    intercept=-6.507,
    cosine=0.0,
    label_cosine=0.0,
    matched_share=3.17,
    margin=0.046,
    lead=0.573,
    unknown_share=-0.347,
    length=1.354,
)
LEXICAL_LISTED = Coefficients(
    intercept=-4.864,
    cosine=0.0,
    label_cosine=0.0,
    matched_share=3.355,
    margin=0.0,
    lead=0.367,
    unknown_share=-0.564,
    length=1.209,
)

DEFAULT_ANSWER_FROM = {0.05: 0.85, 0.1: 0.76, 0.15: 0.64, 0.2: 0.59}
"""Risk budget → lowest threshold at which, cross-validated on the dev messages of both libraries
together, no larger share of the answers is wrong; messages that nothing answers are included."""
NEVER = 1.01
"""A threshold that no probability reaches."""


def default_model(risk_budget: float) -> Model:
    """The release's own; a budget between two known ones gets the stricter, one below all never
    answers."""
    known = [
        threshold for budget, threshold in DEFAULT_ANSWER_FROM.items() if budget <= risk_budget
    ]
    return Model(
        gaps=DEFAULT_GAPS,
        hybrid_top=HYBRID_TOP,
        hybrid_listed=HYBRID_LISTED,
        lexical_top=LEXICAL_TOP,
        lexical_listed=LEXICAL_LISTED,
        answer_from=min(known, default=NEVER),
    )


def confidence(hits: Sequence[Hit], model: Model) -> Confidence:
    """Probabilities for a ranking, best hit first; zero for an empty one."""
    if not hits:
        return Confidence(0.0, 0.0)
    found = features(hits, model.gaps)
    if hits[0].signals.cosine is None:
        of_top, of_listed = model.lexical_top, model.lexical_listed
    else:
        of_top, of_listed = model.hybrid_top, model.hybrid_listed
    top = probability(found, of_top)
    return Confidence(top, max(top, probability(found, of_listed)))


def action(likely: Confidence, model: Model) -> Action:
    """Decision that the thresholds make of it."""
    if likely.top >= model.answer_from:
        return "answer"
    return "offer" if likely.listed >= model.offer_from else "handoff"


def features(hits: Sequence[Hit], gaps: CosineScale) -> Features:
    """Features of a ranking; all zero for an empty one."""
    if not hits:
        return Features(**dict.fromkeys(FEATURES, 0.0))
    signals = hits[0].signals
    cosine = signals.cosine
    return Features(
        cosine=0.0 if cosine is None else (cosine - gaps.mean) / gaps.deviation,
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
