"""Confidence that a generation answers with: kept as JSON, shifted to a site's base rate."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from search.model import Hit, LayoutBlock, Passage, Quotation, Signals
from search.ranking.calibration import POLICY_VERSION, Calibration
from search.ranking.confidence import TARGETS, default_model, release


def hit() -> Hit:
    signals = Signals(
        cosine=0.85, label_cosine=0.8, nearness=0.85, bm25=5.0, matched_share=0.8, fused=3.0
    )
    quotation = Quotation((LayoutBlock("paragraph", "", (), ("text",)),))
    passage = Passage("ru/a", 0, "", (), "text")
    return Hit("ru/a", "a", "ru", "faq", "c", 1.0, (), passage, (), signals, quotation=quotation)


def test_it_comes_back_from_json_as_it_was() -> None:
    model = default_model(0.1)
    bases = {**model.bases, "hybrid": replace(model.bases["hybrid"], answer_from=0.77)}
    own = Calibration(
        status="labels",
        made_at="2026-11-22T09:00:00+00:00",
        encoder="hash-64",
        labels=120,
        models={"ru": replace(model, bases=bases)},
        unanswerable=0.7,
    )
    again = Calibration.from_dict(json.loads(json.dumps(own.to_dict())))
    assert again == own
    assert again.model("ru").bases["hybrid"].answer_from == 0.77
    assert again.model("en") == model
    assert again.shift == own.shift


def test_the_release_is_not_shifted_to_its_own_share() -> None:
    assert Calibration(unanswerable=release().unanswerable).shift == 0.0
    assert Calibration(unanswerable=0.9).shift < Calibration(unanswerable=0.5).shift


def test_where_fewer_messages_have_answers_each_is_less_likely() -> None:
    shares = (0.1, 0.3, 0.5, 0.7, 0.9)
    found = [Calibration(unanswerable=share).confidence([hit()], "ru") for share in shares]
    for target in TARGETS:
        values = [getattr(one, target) for one in found]
        assert values == sorted(values, reverse=True)
        assert values[0] > values[-1]


@pytest.mark.parametrize(
    "row", [{}, {"policy": POLICY_VERSION}, {"policy": POLICY_VERSION, "models": {"ru": {}}}]
)
def test_what_it_did_not_write_is_refused(row: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Calibration.from_dict(row)
