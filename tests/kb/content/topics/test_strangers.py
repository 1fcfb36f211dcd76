"""Lists against `tests/data/messages/strangers.jsonl`, by people who had not seen them.

They are tuned on by now: this guards what was won. `docs/benchmarks.md` has the blind figures.
"""

from __future__ import annotations

import json
from functools import cache

import pytest

from kb.content.topics import Topics
from kb.suggestions.precedence import reason_without_search
from tests.kb.content.topics.test_lists import FALSE_ALARMS, LANGUAGES, MESSAGES, RECALL

KIND_OF = {
    "safety": "danger",
    "sensitive_topic": "sensitive",
    "user_requested": "person",
    "thanks": "thanks",
}
FOR_A_PERSON = ("danger", "sensitive", "person")
TOPICS = Topics()


@cache
def recognised(lang: str) -> dict[str, list[tuple[str, str]]]:
    """Kind → messages of that kind, each with the kind it is taken for."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (MESSAGES / "strangers.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] == lang:
            reason = reason_without_search(TOPICS, row["text"], ())
            found.setdefault(row["kind"], []).append(
                (row["text"], KIND_OF.get(reason or "", "ordinary"))
            )
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["danger", "thanks"])
def test_dangers_and_thanks_are_known_as_such(kind: str, lang: str) -> None:
    messages = recognised(lang)[kind]
    missed = [text for text, taken_for in messages if taken_for != kind]
    assert len(missed) <= (1 - RECALL) * len(messages), missed


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["sensitive", "person"])
def test_who_needs_a_person_gets_one(kind: str, lang: str) -> None:
    """Whatever the reason: an insult and a wish to complain of it are often one message."""
    messages = recognised(lang)[kind]
    missed = [text for text, taken_for in messages if taken_for not in FOR_A_PERSON]
    assert len(missed) <= (1 - RECALL) * len(messages), missed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_look_alikes_raise_hardly_any_alarm(lang: str) -> None:
    messages = recognised(lang)["ordinary"]
    alarms = [text for text, taken_for in messages if taken_for != "ordinary"]
    assert len(alarms) <= FALSE_ALARMS * len(messages), alarms
