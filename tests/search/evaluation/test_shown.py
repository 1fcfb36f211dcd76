"""Measures of what is shown, against numbers worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search.evaluation.evidence import Evidence
from search.evaluation.judged import JudgedQuery
from search.evaluation.shown import (
    Judged,
    ShownOutcome,
    answered_at,
    answered_cross_validated,
    figures,
    judged,
    threshold_at,
)

OUTCOME = ShownOutcome(
    qid="q",
    set="in_scope",
    action="answer",
    reason="confident",
    confidence=0.9,
    list_confidence=0.95,
    article="a",
    heading="",
    anchor="",
    shown="Press the button.",
    shown_chars=17,
    kind="question",
    passage="Press the button. Then wait.",
    ranking=("a", "b"),
    stage="reader",
)
QUERY = JudgedQuery("q", "how", "en", "question", {"a": 2, "b": 1})


def known(*pieces: str) -> dict[str, Evidence]:
    return {"q": Evidence((pieces,))}


def one(confidence: float, *, right: bool, inside: bool = True, action: str = "answer") -> Judged:
    outcome = replace(OUTCOME, confidence=confidence, action=action)
    return Judged(outcome, inside, right, right, right)


def test_words_decide_where_they_are_known() -> None:
    found = judged(OUTCOME, QUERY, known("press the button"))
    assert found == Judged(OUTCOME, True, True, True, True)
    cut = judged(OUTCOME, QUERY, known("press the button", "then wait"))
    assert cut is not None
    assert (cut.holds, cut.passage_holds, cut.is_article_right) == (False, True, True)
    assert not cut.is_right, "the right article with the wrong words does not answer"


def test_without_words_the_article_decides() -> None:
    found = judged(OUTCOME, QUERY, None)
    assert found is not None
    assert (found.holds, found.is_right) == (None, True)
    helping = judged(replace(OUTCOME, article="b"), QUERY, None)
    assert helping is not None
    assert not helping.is_right, "grade 1 helps and does not answer"


def test_what_only_a_picture_answers_is_left_out() -> None:
    assert judged(OUTCOME, QUERY, {"q": Evidence(())}) is None
    assert judged(OUTCOME, QUERY, {}) is None


def test_every_answer_out_of_scope_is_wrong() -> None:
    found = judged(OUTCOME, replace(QUERY, grades={}), known("press the button"))
    assert found is not None
    assert (found.is_in_scope, found.is_right) == (False, False)


def test_the_error_counts_answers_out_of_scope() -> None:
    """Three answers: one right, one wrong, one out of scope. Shares in scope are of three."""
    some = [
        one(0.9, right=True),
        one(0.8, right=False),
        one(0.7, right=True, action="offer"),
        one(0.6, right=False, inside=False),
        one(0.1, right=False, inside=False, action="handoff"),
    ]
    found = figures(some)
    assert found["shown_error"]["value"] == pytest.approx(2 / 3)
    assert found["answered"]["value"] == pytest.approx(2 / 3)
    assert found["shown_holds"]["value"] == pytest.approx(2 / 3)
    assert found["article_right"]["value"] == pytest.approx(2 / 3)
    assert found["n"] == {"in_scope": 3, "out_of_scope": 2}
    low, high = found["shown_error"]["interval"]
    assert 0 <= low <= 2 / 3 <= high <= 1


def test_holding_where_the_article_is_right() -> None:
    some = [
        Judged(OUTCOME, True, True, True, True),
        Judged(OUTCOME, True, True, False, True),
        Judged(OUTCOME, True, False, False, False),
    ]
    found = figures(some)
    assert found["shown_holds_article_right"]["value"] == pytest.approx(1 / 2)
    assert found["shown_holds"]["value"] == pytest.approx(1 / 3)
    assert found["passage_holds"]["value"] == pytest.approx(2 / 3)


def test_figures_that_nothing_tells_are_none() -> None:
    found = figures([one(0.9, right=True, action="offer")])
    assert found["shown_error"] == {"value": None, "interval": None}
    empty = figures([replace(one(0.9, right=False), outcome=replace(OUTCOME, shown_chars=0))])
    assert empty["shown_chars"] == {"p50": None, "p90": None, "most": None}


TIED = [
    one(0.9, right=True),
    one(0.8, right=True),
    one(0.8, right=False),
    one(0.7, right=True),
    one(0.7, right=True),
    one(0.2, right=False, inside=False),
]
"""Down to .9 no error of 1, down to .8 1 of 3, down to .7 1 of 5, all 2 of 6; 5 are in scope."""


@pytest.mark.parametrize(
    ("most", "share", "threshold"),
    [
        (0.0, 1 / 5, 0.9),
        (0.1, 1 / 5, 0.9),
        (0.2, 4 / 5, 0.7),
        (0.33, 4 / 5, 0.7),
        (0.34, 4 / 5, 0.2),
    ],
)
def test_a_threshold_takes_all_of_one_confidence(
    most: float, share: float, threshold: float
) -> None:
    assert answered_at(TIED, most) == pytest.approx(share)
    assert threshold_at(TIED, most) == threshold
    assert answered_at(TIED[::-1], most) == pytest.approx(share), "the order of ties says nothing"


def test_no_threshold_is_above_every_confidence() -> None:
    wrong = [one(0.9, right=False), one(0.5, right=True)]
    assert answered_at(wrong, 0.1) == 0.0
    assert threshold_at(wrong, 0.1) > 1
    assert answered_at([one(0.9, right=False, inside=False)], 0.5) == 0.0


def test_cross_validated_thresholds_are_of_the_other_folds() -> None:
    """All right above .5 and all wrong below: whichever fold is left out, the rest tells so."""
    some = [one(0.6 + n / 1000, right=True) for n in range(100)]
    some += [one(0.4 - n / 1000, right=False, inside=False) for n in range(100)]
    found = answered_cross_validated(some, 0.0)
    assert found["error"] == 0.0
    assert found["rightly_answered"] is not None
    assert 0.9 < found["rightly_answered"] <= 1.0
    assert answered_cross_validated(some, 0.0) == found, "folds are drawn with a seed"
    nothing = answered_cross_validated([one(0.5, right=False, inside=False)] * 10, 0.1)
    assert nothing == {"rightly_answered": None, "error": None}


def test_intervals_are_the_same_each_time_and_hold_the_value() -> None:
    some = [one(n / 40, right=n % 3 > 0) for n in range(40)]
    found = figures(some)
    assert figures(some) == found
    low, high = found["shown_holds"]["interval"]
    assert low < found["shown_holds"]["value"] < high


def test_a_row_has_every_fact() -> None:
    row = OUTCOME.to_row()
    assert row["ranking"] == ("a", "b")
    assert set(row) >= {"qid", "set", "action", "confidence", "shown", "passage", "stage"}
