"""kb.content.topics.phrases: the notation of lists."""

from __future__ import annotations

import pytest

from kb.content.topics.phrases import PhraseList, compiled
from kb.content.topics.sentences import sentences

GROUPS = {"who": "agent human"}


def stands(phrases: list[str], message: str) -> bool:
    found = PhraseList(compiled(phrases, GROUPS))
    return any(found.stands_in(sentence) for sentence in sentences(message))


@pytest.mark.parametrize(
    ("phrase", "message", "is_there"),
    [
        ("broken case", "the case broken", False),
        ("broken case", "the broken old grey case", True),
        ("broken case", "broken one two three case", False),
        ("broken cases", "a broken case", True),
        ("open|break case", "it broke, I opened the case", True),
        ("call {who}", "call an agent", True),
        ("call +{who}", "call the agent", True),
        ("call +{who}", "call my bank agent", False),
        ("smoke & kettle", "the kettle, I think, is full of smoke", True),
        ("smoke & kettle", "I see smoke. I have a kettle.", False),
        ("=are =you", "you are", False),
        ("=are =you", "are you", True),
        ("=you", "your", False),
        ("^smoke", "There is smoke!", True),
        ("^smoke", "grey smoke colour", False),
    ],
)
def test_a_phrase_stands_where_its_words_do(phrase: str, message: str, is_there: bool) -> None:
    assert stands([phrase], message) is is_there


@pytest.mark.parametrize(
    ("innocent", "message", "is_there"),
    [
        ("!smoke detector", "the smoke detector beeps", False),
        ("!smoke detector", "the smoke made the detector beep", True),
        ("!smoke & detector", "the smoke made the detector beep", False),
        ("!smoke detector", "the smoke detector beeps, there is smoke", True),
    ],
)
def test_innocent_words_count_for_no_phrase(innocent: str, message: str, is_there: bool) -> None:
    assert stands(["smoke", innocent], message) is is_there


def test_phrases_without_a_telling_word_are_left_out() -> None:
    assert compiled(["", "the of", "! ", "{nobody}", "a & smoke"], GROUPS) == ()
