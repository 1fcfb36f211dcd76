"""kb.suggestions.precedence: what is known before anything is looked for."""

from __future__ import annotations

import pytest

from kb.content.topics import RELEASE, Topics
from kb.suggestions.precedence import matter_for_a_person, reason_without_search
from kb.suggestions.reasons import DecisionReason

TOPICS = Topics()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("the charger is on fire, call me back, I will sue you", "safety"),
        ("I will sue you, give me your manager", "sensitive_topic"),
        ("give me your manager", "user_requested"),
        ("I want to kill myself, there is blood", "sensitive_topic"),
        ("where is my order", None),
    ],
)
def test_the_gravest_reason_counts(message: str, reason: str | None) -> None:
    assert matter_for_a_person(TOPICS, message) == reason


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("refund card", "repeat_failed"),
        ("hello", "repeat_failed"),
        ("thanks", "thanks"),
        ("my battery is swollen", "safety"),
    ],
)
def test_after_two_failures_a_person_comes_but_for_thanks(message: str, reason: str) -> None:
    assert reason_without_search(TOPICS, message, (), rejected=2) == reason


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("injury", "safety"),
        ("danger", "safety"),
        ("health", "sensitive_topic"),
        ("person", "user_requested"),
    ],
)
def test_a_list_switched_off_switches_off_what_is_told_by_meaning(
    topic: str, reason: DecisionReason
) -> None:
    message = "where is my order"
    assert matter_for_a_person(TOPICS, message, reason) == reason
    changed = Topics({**RELEASE, "en": {**RELEASE["en"], topic: ()}})
    assert matter_for_a_person(changed, message, reason) is None
    others = {"safety", "sensitive_topic", "user_requested"} - {reason}
    assert {matter_for_a_person(changed, message, other) for other in others} == others  # type: ignore[arg-type]  # reasons all
