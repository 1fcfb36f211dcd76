"""Probabilities from signals, by stage."""

import math
from dataclasses import replace

import pytest

from search.model import Hit, LayoutBlock, Passage, Quotation, Signals
from search.ranking.confidence import (
    BASES,
    FEATURES,
    NEVER,
    TARGETS,
    Basis,
    BasisModel,
    Coefficients,
    Confidence,
    CosineScale,
    Features,
    Model,
    Target,
    action,
    basis_of,
    confidence,
    default_model,
    features,
    prior_shift,
    probability,
)

QUOTATION = Quotation((LayoutBlock("paragraph", "", (), ("text",)),))
ZERO = Features(**dict.fromkeys(FEATURES, 0.0))


def hit(
    *,
    cosine: float | None = 0.9,
    matched: float = 1.0,
    fused: float = 3.0,
    logit: float | None = None,
    card_logit: float = 0.0,
    quotation: Quotation | None = QUOTATION,
    is_bare: bool = False,
) -> Hit:
    passage = Passage("ru/a", 0, "", (), "text")
    signals = Signals(
        cosine=cosine,
        label_cosine=cosine,
        nearness=cosine,
        bm25=5.0,
        matched_share=matched,
        fused=fused,
        margin=fused,
        lead=fused,
        terms=3,
        logit=logit,
        card_logit=card_logit,
        is_bare=is_bare,
    )
    return Hit(
        "ru/a", "a", "ru", "faq", "c", 1.0, (), passage, (), signals, quotation=quotation
    )  # fmt: skip


def fixed(probability: float) -> Coefficients:
    """Coefficients that give the same probability to everything."""
    return Coefficients(math.log(probability / (1 - probability)), {})


def model(**answer_from: float) -> Model:
    """A model with its own thresholds for answers at each stage, and the same probabilities."""
    return Model(
        CosineScale(0.75, 0.1),
        {
            basis: BasisModel(
                fixed(0.6), fixed(0.7), fixed(0.8), answer_from.get(basis, NEVER), 0.5
            )
            for basis in BASES
        },
    )


def test_probability_is_logistic() -> None:
    found = replace(ZERO, nearness=0.5, matched_share=1.0, lead=3.0, unknown_share=0.5, logit=-2.0)
    weights = {"nearness": 2.0, "matched_share": -1.0, "lead": 0.1, "unknown_share": -0.2}
    log_odds = 1 + 2 * 0.5 - 1.0 + 0.1 * 3.0 - 0.2 * 0.5
    coefficients = Coefficients(1.0, weights)
    assert probability(found, coefficients) == pytest.approx(1 / (1 + math.exp(-log_odds)))
    shifted = probability(found, coefficients, shift=-0.7)
    assert shifted == pytest.approx(1 / (1 + math.exp(-(log_odds - 0.7))))
    with_logit = replace(coefficients, weights={**weights, "logit": 0.5})
    assert probability(found, with_logit) == pytest.approx(1 / (1 + math.exp(-(log_odds - 1.0))))


def test_no_odds_are_too_long_for_a_number() -> None:
    assert probability(replace(ZERO, logit=-1e6), Coefficients(0.0, {"logit": 1.0})) == 0.0


def test_features_are_those_of_the_top_hit() -> None:
    hits = [hit(cosine=0.8, matched=0.5), hit(fused=1.0)]
    found = features(hits, CosineScale(mean=0.75, deviation=0.1))
    assert found.nearness == pytest.approx(0.5)
    assert (found.label_cosine, found.matched_share) == (0.8, 0.5)
    assert (found.margin, found.lead, found.unknown_share) == (3.0, 3.0, 0.0)
    assert found.length == math.log(4)
    assert (found.logit, found.card_logit, found.logit_lead) == (0.0, 0.0, 0.0)
    assert features([hit(cosine=None)], CosineScale(0.75, 0.1)).nearness == 0.0
    assert features([], CosineScale(0.75, 0.1)) == ZERO


def test_the_reader_leads_by_what_the_best_of_the_others_lacks() -> None:
    hits = [hit(logit=2.0, card_logit=2.5), hit(logit=-1.0), hit(logit=0.5), hit(logit=None)]
    found = features(hits, CosineScale(0.75, 0.1))
    assert (found.logit, found.card_logit, found.logit_lead) == (2.0, 2.5, 1.5)
    assert features(hits[:1], CosineScale(0.75, 0.1)).logit_lead == 0.0


@pytest.mark.parametrize(
    ("hits", "basis"),
    [
        ([], "none"),
        ([hit(logit=0.0), hit(cosine=None)], "reader"),
        ([hit(), hit(logit=3.0)], "hybrid"),
        ([hit(cosine=None)], "lexical"),
        ([hit(is_bare=True), hit(logit=1.0)], "asked"),
        ([hit(cosine=None, is_bare=True)], "lexical"),
    ],
)
def test_the_first_hit_tells_the_basis(hits: list[Hit], basis: Basis) -> None:
    assert basis_of(hits) == basis


WEAK = replace(
    ZERO, nearness=0.8, label_cosine=0.8, matched_share=0.2, unknown_share=0.5, length=1.5
)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("target", TARGETS)
def test_evidence_never_counts_against_an_answer(basis: Basis, target: Target) -> None:
    coefficients: Coefficients = getattr(default_model(0.1).bases[basis], target)
    for name in ("margin", "lead", "logit", "card_logit", "logit_lead"):
        stronger = replace(WEAK, **{name: getattr(WEAK, name) + 0.1})
        assert probability(stronger, coefficients) >= probability(WEAK, coefficients)
    stranger = replace(WEAK, unknown_share=0.9)
    assert probability(stranger, coefficients) <= probability(WEAK, coefficients)


@pytest.mark.parametrize("logit", [None, -3.0, 0.0, 3.0])
@pytest.mark.parametrize("cosine", [0.78, 0.85, 0.92, None])
def test_list_is_at_least_as_likely_as_its_top(cosine: float | None, logit: float | None) -> None:
    hits = [hit(cosine=cosine, logit=logit), hit(cosine=cosine, fused=1.0)]
    found = confidence(hits, default_model(0.1))
    assert 0 <= found.top <= found.listed <= 1
    assert 0 <= found.shown <= 1


def test_what_quotes_nothing_never_answers() -> None:
    lax = model(reader=0.01, hybrid=0.01, lexical=0.01)
    likely = confidence([hit(quotation=None)], lax)
    assert likely.shown == 0.0
    assert likely.top == pytest.approx(0.7)
    assert action(likely, lax, "hybrid") == "offer"


def test_nothing_found_is_nothing_likely() -> None:
    assert confidence([], default_model(0.1)) == Confidence(0.0, 0.0, 0.0)
    assert action(Confidence(1.0, 1.0, 1.0), default_model(0.1), "none") == "handoff"


def test_each_stage_has_thresholds_of_its_own() -> None:
    own = model(reader=0.5, hybrid=0.7, lexical=NEVER)
    rankings = {
        "answer": [hit(logit=1.0)],
        "offer": [hit()],
    }
    for expected, hits in rankings.items():
        likely = confidence(hits, own)
        assert likely.shown == pytest.approx(0.6)
        assert action(likely, own, basis_of(hits)) == expected
    assert action(Confidence(1.0, 1.0, 1.0), own, "lexical") == "offer"


def test_what_is_no_more_than_questions_has_probabilities_of_its_own() -> None:
    own = model(reader=0.5, hybrid=0.5, lexical=0.5, asked=0.65)
    hits = [hit(is_bare=True, quotation=None)]
    likely = confidence(hits, own)
    assert likely.shown == likely.top == pytest.approx(0.7), "its title is all there is to show"
    assert action(likely, own, basis_of(hits)) == "answer"


def test_thresholds_decide() -> None:
    own = model(reader=0.9, hybrid=0.8, lexical=0.9)
    assert action(Confidence(0.8, 0.1, 0.95), own, "hybrid") == "answer"
    assert action(Confidence(0.3, 0.9, 0.5), own, "hybrid") == "offer"
    assert action(Confidence(0.3, 0.4, 0.4), own, "hybrid") == "handoff"


@pytest.mark.parametrize("basis", BASES)
def test_a_smaller_risk_budget_answers_less(basis: Basis) -> None:
    budgets = (0.001, 0.05, 0.07, 0.1, 0.2, 0.5)
    thresholds = [default_model(budget).bases[basis].answer_from for budget in budgets]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] == NEVER


def test_a_budget_between_two_gets_the_stricter() -> None:
    assert default_model(0.149) == default_model(0.1)


def test_more_unanswerable_messages_make_an_answer_less_likely() -> None:
    """Odds of .75 : .25 are 3, of .5 : .5 one; log-odds fall by ln 3, P from .75 to .5."""
    shift = prior_shift(0.25, 0.5)
    assert shift == pytest.approx(-math.log(3))
    assert probability(ZERO, fixed(0.75), shift=shift) == pytest.approx(0.5)
    assert prior_shift(0.4, 0.4) == 0.0
    assert prior_shift(0.5, 0.25) == pytest.approx(math.log(3))
    assert math.isfinite(prior_shift(0.0, 1.0))


def test_the_shift_moves_all_three_probabilities() -> None:
    own = model(reader=0.5, hybrid=0.5, lexical=0.5)
    before, after = confidence([hit()], own), confidence([hit()], own, shift=-1.0)
    for target in TARGETS:
        assert getattr(after, target) < getattr(before, target)
