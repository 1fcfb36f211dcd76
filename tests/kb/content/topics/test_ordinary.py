"""Lists against `tests/data/messages/ordinary.jsonl`: what customers of invented companies write.

The lists were mended with these messages in view: this guards what was won.
"""

from __future__ import annotations

import json

import pytest

from kb.content.topics import Topics
from kb.suggestions.precedence import matter_for_a_person
from tests.kb.content.topics.test_lists import FALSE_ALARMS, MESSAGES

LEAST_KEPT = 0.95
TOPICS = Topics()
ROWS = [json.loads(line) for line in (MESSAGES / "ordinary.jsonl").read_text("utf-8").splitlines()]
RAISED = [row for row in ROWS if matter_for_a_person(TOPICS, row["text"])]


def test_hardly_any_message_raises_a_false_alarm() -> None:
    """An alarm that nobody has called right is false, a new one too."""
    false = [row["text"] for row in RAISED if row.get("alarm") != "right"]
    assert len(false) <= FALSE_ALARMS * len(ROWS), false


def test_right_alarms_are_still_raised() -> None:
    right = [row["text"] for row in ROWS if row.get("alarm") == "right"]
    raised = {row["text"] for row in RAISED}
    missed = [text for text in right if text not in raised]
    assert len(missed) <= (1 - LEAST_KEPT) * len(right), missed


@pytest.mark.parametrize(
    "message",
    [
        "forge e10 meaning",
        "radiator valve noisy",
        "EP-112 что делать",
        "files on luks partition not visible",
        "lost parcel claim deadline insurence",
        "связать сети из разных проетков",
        "mysql read replica in another region",
        "сменить почту аккаунта",
    ],
)
def test_words_that_look_like_listed_ones_raise_none(message: str) -> None:
    """Stems of other words, codes, misspelt words, words with a second meaning."""
    assert matter_for_a_person(TOPICS, message) is None
