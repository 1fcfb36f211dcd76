"""kb.suggestions.small_talk: messages that ask nothing."""

from __future__ import annotations

import pytest

from kb.suggestions.small_talk import small_talk
from tests.kb.content.topics.test_lists import LANGUAGES, RECALL, messages


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nearly_all_thanks_are_recognised(lang: str) -> None:
    wanted = messages(lang)["thanks"]
    missed = [message for message in wanted if small_talk(message) != "thanks"]
    assert len(missed) <= (1 - RECALL) * len(wanted), missed


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["person", "danger", "sensitive", "ordinary"])
def test_what_asks_something_is_no_thanks(kind: str, lang: str) -> None:
    assert [text for text in messages(lang)[kind] if small_talk(text) == "thanks"] == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("greeting", "Hello!"),
        ("greeting", "ЗДРАВСТВУЙТЕ!!!"),
        ("greeting", "привет 👋"),
        ("greeting", "добрый день! подскажите пожалуйста"),
        ("greeting", "hi, I have a question"),
        ("greeting", "privet"),
        ("thanks", "ok thanks"),
        ("thanks", "no, thank you"),
        ("thanks", "спасибо, уже не надо, нашла"),
        ("thanks", "thanks, not needed anymore"),
        ("thanks", "да, помогло"),
        ("thanks", "spasibo, pomoglo"),
        ("thanks", "thanks, the robot is working again, it helped"),
        ("yes", "Yes."),
        ("yes", "да, конечно"),
        ("no", "no"),
        ("no", "неа"),
        ("failed", "it didn't help"),
        ("failed", "that is not what I asked"),
        ("failed", "нет, не помогло"),
        ("failed", "всё равно не работает"),
        ("failed", "бесполезно"),
    ],
)
def test_each_kind_is_told(kind: str, message: str) -> None:
    assert small_talk(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "",
        "?",
        "123",
        "hello where is my money",
        "привет, где заказ",
        "day delivery",
        "thanks in advance, when does my parcel come",
        "thanks, it works, but how do I switch it off",
        "the promo code does not work",
        "промокод не работает",
        "yes, the red one",
    ],
)
def test_a_question_is_no_small_talk(message: str) -> None:
    assert small_talk(message) is None


@pytest.mark.parametrize(
    "message", ["it", "what is it", "is that all?", "that's it?", "это все?", "and for it?"]
)
def test_a_pronoun_or_a_question_is_no_thanks(message: str) -> None:
    assert small_talk(message) != "thanks"
