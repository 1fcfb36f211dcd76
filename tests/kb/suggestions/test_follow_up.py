"""kb.suggestions.follow_up: what short messages mean after others, and which reading is taken."""

from __future__ import annotations

import pytest

from kb.suggestions.follow_up import MAX_HISTORY_CHARS, last_question, readings

EARLIER = "how much is delivery to Moscow by courier"


def test_without_history_a_message_is_read_alone() -> None:
    assert readings("card", []) == ("card",)


def test_a_question_of_its_own_needs_no_history() -> None:
    message = "when will my refund reach the bank account"
    assert readings(message, [EARLIER]) == (message,)


def test_a_follow_up_is_read_alone_and_after_the_question_before_it() -> None:
    assert readings("mir card?", ["refund to a card"]) == (
        "mir card?",
        "refund to a card mir card?",
    )


@pytest.mark.parametrize(
    ("earlier", "message", "about"),
    [
        (EARLIER, "and to Kazakhstan?", "how much is delivery to Kazakhstan by courier"),
        ("сколько идёт доставка в Москву", "а в Казахстан?", "сколько идёт доставка в Казахстан"),
        ("доставка в Москву сколько стоит", "а в Казань", "доставка в Казань сколько стоит"),
        (
            "how long is the warranty for the robot vacuum",
            "what about for the headphones?",
            "how long is the warranty for the headphones",
        ),
        ("цена vega r2", "а link ax3?", "цена link ax3?"),
    ],
)
def test_its_subject_takes_the_place_of_the_earlier_one(
    earlier: str, message: str, about: str
) -> None:
    assert about in readings(message, [earlier], ["Vega R2", "Link AX3"])


def test_a_message_without_a_topic_is_the_question_before_it() -> None:
    assert readings("and?", [EARLIER]) == (f"{EARLIER} and?",)


def test_small_talk_is_no_question_to_go_on_from() -> None:
    assert last_question([EARLIER, "thanks", "hello", "no"]) == EARLIER
    assert last_question(["thanks", "?"]) == ""


def test_a_long_earlier_message_does_not_push_out_the_new_one() -> None:
    texts = readings("наушники", ["слово " * 1000])
    assert all(len(text) <= MAX_HISTORY_CHARS + 20 for text in texts)
    assert all("наушники" in text for text in texts)
