"""Probabilities from signals."""

import math
from dataclasses import replace

import pytest

from search.model import Hit, Passage, Signals
from search.ranking.confidence import (
    HYBRID_LISTED,
    HYBRID_TOP,
    LEXICAL_LISTED,
    LEXICAL_TOP,
    Coefficients,
    Confidence,
    CosineScale,
    Features,
    action,
    confidence,
    default_model,
    features,
    probability,
)


def hit(*, cosine: float | None = 0.9, matched: float = 1.0, fused: float = 3.0) -> Hit:
    passage = Passage("ru/a", 0, "", (), "text")
    label = None if cosine is None else cosine
    signals = Signals(cosine, label, 5.0, matched, fused, margin=fused, lead=fused, terms=3)
    return Hit("ru/a", "a", "ru", "faq", "c", 1.0, (), passage, (), signals)


def test_probability_is_logistic() -> None:
    found = Features(
        cosine=0.5,
        label_cosine=0.25,
        matched_share=1.0,
        margin=2.0,
        lead=3.0,
        unknown_share=0.5,
        length=1.5,
    )
    coefficients = Coefficients(
        intercept=1,
        cosine=2,
        label_cosine=4,
        matched_share=-1,
        margin=0.5,
        lead=0.1,
        unknown_share=-0.2,
        length=0.4,
    )
    log_odds = 1 + 2 * 0.5 + 4 * 0.25 - 1.0 + 0.5 * 2.0 + 0.1 * 3.0 - 0.2 * 0.5 + 0.4 * 1.5
    assert probability(found, coefficients) == pytest.approx(1 / (1 + math.exp(-log_odds)))


def test_features_are_those_of_the_top_hit() -> None:
    hits = [hit(cosine=0.8, matched=0.5, fused=3.0), hit(fused=1.0)]
    found = features(hits, CosineScale(mean=0.75, deviation=0.1))
    assert found.cosine == pytest.approx(0.5)
    assert replace(found, cosine=0.0) == Features(
        cosine=0.0,
        label_cosine=0.8,
        matched_share=0.5,
        margin=3.0,
        lead=3.0,
        unknown_share=0.0,
        length=math.log(4),
    )
    assert features([hit(cosine=None)], CosineScale(0.75, 0.1)).cosine == 0.0


MODEL = default_model(0.1)


WEAK = Features(
    cosine=0.8,
    label_cosine=0.8,
    matched_share=0.2,
    margin=0.1,
    lead=0.5,
    unknown_share=0.5,
    length=1.5,
)


@pytest.mark.parametrize("coefficients", [HYBRID_TOP, HYBRID_LISTED, LEXICAL_TOP, LEXICAL_LISTED])
@pytest.mark.parametrize("name", ["cosine", "label_cosine", "matched_share", "margin", "lead"])
def test_more_evidence_never_lowers_the_probability(coefficients: Coefficients, name: str) -> None:
    stronger = replace(WEAK, **{name: getattr(WEAK, name) + 0.1})
    assert probability(stronger, coefficients) >= probability(WEAK, coefficients)


@pytest.mark.parametrize("coefficients", [HYBRID_TOP, HYBRID_LISTED, LEXICAL_TOP, LEXICAL_LISTED])
def test_unknown_words_never_raise_the_probability(coefficients: Coefficients) -> None:
    stranger = replace(WEAK, unknown_share=0.9)
    assert probability(stranger, coefficients) <= probability(WEAK, coefficients)


def test_list_is_at_least_as_likely_as_its_top() -> None:
    for cosine in (0.78, 0.85, 0.92, None):
        found = confidence([hit(cosine=cosine), hit(cosine=cosine, fused=1.0)], MODEL)
        assert 0 <= found.top <= found.listed <= 1


def test_nothing_found_is_nothing_likely() -> None:
    assert confidence([], MODEL) == Confidence(0.0, 0.0)
    assert action(Confidence(0.0, 0.0), MODEL) == "handoff"


def test_thresholds_decide() -> None:
    model = replace(MODEL, answer_from=0.8, offer_from=0.5)
    assert action(Confidence(0.8, 0.95), model) == "answer"
    assert action(Confidence(0.3, 0.5), model) == "offer"
    assert action(Confidence(0.3, 0.4), model) == "handoff"


def test_a_smaller_risk_budget_answers_less() -> None:
    budgets = (0.01, 0.05, 0.07, 0.1, 0.2, 0.5)
    thresholds = [default_model(budget).answer_from for budget in budgets]
    assert thresholds == sorted(thresholds, reverse=True)
    assert action(Confidence(1.0, 1.0), default_model(0.01)) == "offer"
    assert default_model(0.07) == default_model(0.05)
