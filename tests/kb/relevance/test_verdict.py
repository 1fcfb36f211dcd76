"""kb.relevance.verdict: what holds, what is lost, what has only changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.relevance.cases import CaseKind, Expectation, RelevanceCase
from kb.relevance.reply import SiteReply
from kb.relevance.verdict import State, holds, judged

OWN, OTHER = "w2d8k", "k2m7p"
ANSWER = SiteReply((OWN, OTHER), "answer", "confident", 0.9, "It takes 14 days.", OWN)
OFFER = replace(ANSWER, action="offer", reason="partial")
HAND_OFF = replace(ANSWER, action="handoff", reason="sensitive_topic", shown="", shown_article="")
NOTHING = SiteReply((), "handoff", "no_results", 0.0, "", "")


def at(rank: int | None, reply: SiteReply = OFFER) -> SiteReply:
    """The reply with the case's own article at a place."""
    others = tuple(f"other{number}" for number in range(5))
    if rank is None:
        return replace(reply, ranking=others)
    return replace(reply, ranking=(*others[: rank - 1], OWN))


def case(kind: CaseKind, expectation: Expectation) -> RelevanceCase:
    return RelevanceCase(kind, "q", "en", OWN, "relevance.yml", 2, expectation)


@pytest.mark.parametrize(
    ("asked", "reply", "reason"),
    [
        (Expectation(must_find=(OWN,)), at(3), ""),
        (Expectation(must_find=(OWN,)), at(4), f"{OWN} is not among the first 3: place 4"),
        (Expectation(must_find=(OWN,)), NOTHING, f"{OWN} is not among the first 3: not found"),
        (Expectation(must_not_find=(OTHER,)), ANSWER, f"{OTHER} must not be found, and is place 2"),
        (Expectation(must_not_find=(OTHER,)), at(1), ""),
        (Expectation(must_answer=("14 Days", "takes")), ANSWER, ""),
        (Expectation(must_answer=("15 days",)), ANSWER, "the answer does not hold “15 days”"),
        (Expectation(must_answer=("14 days",)), OFFER, "it is not answered: offered, partial"),
        (Expectation(must_hand_off="yes"), HAND_OFF, ""),
        (Expectation(must_hand_off="sensitive_topic"), HAND_OFF, ""),
        (
            Expectation(must_hand_off="safety"),
            HAND_OFF,
            "it is not handed off for safety: handed off, sensitive_topic",
        ),
        (Expectation(must_hand_off="yes"), ANSWER, "it is not handed off: answered"),
    ],
)
def test_a_demand_is_met_or_a_sentence_says_why_not(
    asked: Expectation, reply: SiteReply, reason: str
) -> None:
    verdict = judged(case("test", asked), None, reply)
    assert verdict.reasons == ((reason,) if reason else ())
    assert verdict.is_loss == bool(reason)


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        (None, at(1), "same"),
        (None, at(4), "missing"),
        (at(1), at(3), "worse"),
        (at(3), at(4), "lost"),
        (at(3), at(None), "lost"),
        (at(4), at(None), "missing"),
        (at(None), at(2), "better"),
        (at(1, ANSWER), at(1, OFFER), "lost"),
        (at(1, OFFER), at(1, ANSWER), "better"),
        (at(2), replace(at(2), shown="Other words."), "changed"),
        (at(2), at(2), "same"),
    ],
)
def test_a_question_is_held_against_what_it_found_before(
    before: SiteReply | None, now: SiteReply, state: State
) -> None:
    verdict = judged(case("question", Expectation(must_find=(OWN,))), before, now)
    assert verdict.state == state
    assert verdict.is_loss == (state == "lost")
    assert bool(verdict.reasons) == (state in ("lost", "missing"))


@pytest.mark.parametrize(
    ("text", "piece", "is_held"),
    [
        ("Возврат занимает 14 дней, если всё в порядке.", "ВСЕ в порядке", True),
        ("Within 14 days.", "14 days", True),
        ("Within 114 days.", "14 days", False),
        ("Call “8 800”", "8-800", True),
        ("", "14 days", False),
    ],
)
def test_words_are_compared_whatever_their_case_and_marks(
    text: str, piece: str, is_held: bool
) -> None:
    assert holds(text, piece) == is_held
