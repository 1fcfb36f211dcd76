"""Probabilities that what is found answers, from the signals of a ranking. Pure.

Logistic functions over a handful of features, one set for each stage that looking for an answer may
reach, and one for documents that are no more than questions. The coefficients that come with the
release know nothing of a site's own messages;
`search.ranking.calibration` replaces them by a site's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from search.model import Hit, Stage

Action = Literal["answer", "offer", "handoff"]
Target = Literal["shown", "top", "listed"]
Basis = Literal["none", "reader", "hybrid", "lexical", "asked"]
"""Basis of a probability: the stage that was reached, or, of a first hit that has no text of its
own, the questions that its author named."""

TARGETS: tuple[Target, ...] = ("shown", "top", "listed")
STAGES: tuple[Stage, ...] = ("reader", "hybrid", "lexical")
BASES: tuple[Basis, ...] = (*STAGES, "asked")

NEVER = 1.01
"""A threshold that no probability reaches."""
RELEASE_FILE = Path(__file__).with_name("confidence.json")
"""Origin: `bench/relevance/fit_confidence.py` on the dev messages."""


@dataclass(frozen=True)
class Confidence:
    """Probabilities that what is shown answers, that the top article does, that one of the listed
    does."""

    shown: float
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

    Those of meaning are 0 without an encoder, those of reading without a reader.
    """

    nearness: float
    """In deviations from the mean of a CosineScale."""
    label_cosine: float
    near_share: float
    matched_share: float
    margin: float
    lead: float
    unknown_share: float
    length: float
    """Natural logarithm of one more than the number of the query's terms."""
    logit: float
    card_logit: float
    logit_lead: float
    """Log-odds that the first hit is ahead of the best of the others."""


FEATURES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True)
class Coefficients:
    """Of one logistic function, in log-odds per unit of each feature; those left out are 0."""

    intercept: float
    weights: Mapping[str, float]


@dataclass(frozen=True)
class BasisModel:
    """Probabilities on one basis, and what is done at which of them.

    `answer_from` is the P(what is shown answers) from which it is shown as the answer, above 1 when
    no such claim can be made; `offer_from` the P(one listed answers) from which a list is offered.
    """

    shown: Coefficients
    top: Coefficients
    listed: Coefficients
    answer_from: float
    offer_from: float


@dataclass(frozen=True)
class Model:
    """Everything between the signals of a ranking and what is done about the message."""

    gaps: CosineScale
    bases: Mapping[Basis, BasisModel]


@dataclass(frozen=True)
class Release:
    """The release's own model, with the thresholds of each risk budget that was measured.

    `unanswerable` is the share of messages without an answer among those it was fitted to.
    """

    model: Model
    answer_from: Mapping[Basis, Mapping[float, float]]
    unanswerable: float


@cache
def release() -> Release:
    """Read RELEASE_FILE."""
    row = json.loads(RELEASE_FILE.read_text(encoding="utf-8"))
    thresholds: dict[Basis, dict[float, float]] = {
        basis: {float(k): float(v) for k, v in row["answer_from"][basis].items()} for basis in BASES
    }
    return Release(model_of(row["model"]), thresholds, float(row["unanswerable"]))


def default_model(risk_budget: float) -> Model:
    """The release's own; a budget between two known ones gets the stricter, one below all never
    answers."""
    found = release()
    bases: dict[Basis, BasisModel] = {}
    for basis, model in found.model.bases.items():
        known = [t for budget, t in found.answer_from[basis].items() if budget <= risk_budget]
        bases[basis] = BasisModel(
            model.shown, model.top, model.listed, min(known, default=NEVER), model.offer_from
        )
    return Model(found.model.gaps, bases)


def model_of(row: Mapping[str, Any]) -> Model:
    """Read the JSON of a Model; raises KeyError, TypeError or ValueError for anything else."""
    return Model(
        CosineScale(**row["gaps"]),
        {
            basis: BasisModel(
                **{target: Coefficients(**row["bases"][basis][target]) for target in TARGETS},
                answer_from=float(row["bases"][basis]["answer_from"]),
                offer_from=float(row["bases"][basis]["offer_from"]),
            )
            for basis in BASES
        },
    )


def basis_of(hits: Sequence[Hit]) -> Basis:
    """Basis of a ranking's probabilities, by its first hit; "none" for an empty one."""
    if not hits:
        return "none"
    signals = hits[0].signals
    if signals.is_bare and signals.label_cosine is not None:
        return "asked"
    if signals.logit is not None:
        return "reader"
    return "lexical" if signals.nearness is None else "hybrid"


def confidence(hits: Sequence[Hit], model: Model, *, shift: float = 0.0) -> Confidence:
    """Probabilities for a ranking, best hit first; zero for an empty one.

    `shift` is added to the log-odds: how much likelier an answer is here than where the model was
    fitted.
    """
    basis = basis_of(hits)
    if basis == "none":
        return Confidence(0.0, 0.0, 0.0)
    found, of = features(hits, model.gaps), model.bases[basis]
    top = probability(found, of.top, shift=shift)
    listed = max(top, probability(found, of.listed, shift=shift))
    if hits[0].signals.is_bare:  # its title is all that can be shown
        return Confidence(top, top, listed)
    shown = probability(found, of.shown, shift=shift) if hits[0].quotation else 0.0
    return Confidence(shown, top, listed)


def action(likely: Confidence, model: Model, basis: Basis) -> Action:
    """Decision that the thresholds of a basis make of it."""
    if basis == "none":
        return "handoff"
    of = model.bases[basis]
    if likely.shown >= of.answer_from:
        return "answer"
    return "offer" if likely.listed >= of.offer_from else "handoff"


def features(hits: Sequence[Hit], gaps: CosineScale) -> Features:
    """Features of a ranking; all zero for an empty one."""
    if not hits:
        return Features(**dict.fromkeys(FEATURES, 0.0))
    signals = hits[0].signals
    nearness = signals.nearness
    logit = signals.logit or 0.0
    others = [hit.signals.logit for hit in hits[1:] if hit.signals.logit is not None]
    return Features(
        nearness=0.0 if nearness is None else (nearness - gaps.mean) / gaps.deviation,
        label_cosine=signals.label_cosine or 0.0,
        near_share=signals.near_share,
        matched_share=signals.matched_share,
        margin=signals.margin,
        lead=signals.lead,
        unknown_share=signals.unknown_share,
        length=math.log1p(signals.terms),
        logit=logit,
        card_logit=signals.card_logit,
        logit_lead=logit - max(others) if others else 0.0,
    )


def probability(found: Features, coefficients: Coefficients, *, shift: float = 0.0) -> float:
    """Logistic function of the features."""
    log_odds = coefficients.intercept + shift
    log_odds += sum(weight * getattr(found, name) for name, weight in coefficients.weights.items())
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def prior_shift(fitted: float, actual: float) -> float:
    """Log-odds to add where a share `actual` of messages has no answer instead of `fitted`.

    Source: Saerens, Latinne, Decaestecker, Neural Computation 2002 (label shift).
    """
    return _log_odds(1 - actual) - _log_odds(1 - fitted)


def _log_odds(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
