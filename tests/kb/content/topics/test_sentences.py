"""kb.content.topics.sentences: messages as lists read them."""

from __future__ import annotations

import pytest

from kb.content.topics.sentences import MOST_SENTENCES, sentences, words
from search.text import analysis


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("spasibo", "спасибо"),
        ("operatora", "оператор"),
        ("jgthfnjh", "оператор"),
        ("опертором", "оператор"),
        ("manegers", "managers"),
        ("dont", "not"),
        ("don’t", "not"),
    ],
)
def test_words_are_known_by_what_they_were_meant_to_be(message: str, meant: str) -> None:
    assert any(word.is_of(frozenset({analysis.term_of(meant)})) for word in words(message))


def test_sentences_are_told_apart() -> None:
    found = sentences("It smokes. E-05 on v2.1!\nWhat now?")
    assert [len(sentence) > 0 for sentence in found] == [True, True, True]


@pytest.mark.parametrize("message", ["", "?!", "\u200b", "…", "\x00"])
def test_nothing_said_is_no_sentence(message: str) -> None:
    assert sentences(message) == ()


def test_hostile_length_is_bounded() -> None:
    assert len(sentences("a. " * 5000)) <= MOST_SENTENCES
    assert words("\ufdfa" * 5000)
