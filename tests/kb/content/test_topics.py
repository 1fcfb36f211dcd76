"""kb.content.topics: messages that go to a person whatever the articles say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.topics import RELEASE, Topics
from kb.content.topics_file import read

LANGUAGES = ("en", "ru")


@pytest.mark.parametrize(
    "message",
    [
        "Соедините меня, пожалуйста, с оператором",
        "оператор",
        "ОПЕРАТОР!!!",
        "хочу человека",
        "позовите уже живого человека",
        "I need to talk to a human",
        "human please",
        "Let me speak to a real person",
        "get me an operator",
    ],
)
def test_who_asks_for_a_person_gets_one(message: str) -> None:
    assert Topics().asks_for_person(message)


@pytest.mark.parametrize(
    "message",
    [
        "мой мобильный оператор не присылает код",
        "робот не видит человека на полу",
        "how do I change the person who receives the parcel",
        "is the manager app free",
        "как вернуть товар",
        "",
        "нужен новый аккумулятор",
    ],
)
def test_a_question_about_persons_asks_for_none(message: str) -> None:
    assert not Topics().asks_for_person(message)


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("подам на вас в суд", "legal"),
        ("I will take you to court", "legal"),
        ("Оспорю платёж в банке", "chargeback"),
        ("i want a chargeback", "chargeback"),
        ("зарядка взорвалась", "injury"),
        ("the charger gave me an electric shock", "injury"),
        ("удалите мои персональные данные", "personal-data"),
        ("please delete my data", "personal-data"),
        ("у меня украли карту", "fraud"),
        ("my account was hacked", "fraud"),
    ],
)
def test_sensitive_topics_are_seen_in_any_form(message: str, topic: str) -> None:
    assert Topics().sensitive(message) == topic


@pytest.mark.parametrize(
    "message",
    [
        "индикатор загорелся красным",
        "How do I burn the bootloader on an ATtiny85?",
        "сколько идёт возврат на карту",
        "посудомоечная машина",
        "where is my order",
    ],
)
def test_ordinary_questions_are_not_sensitive(message: str) -> None:
    assert Topics().sensitive(message) == ""


def test_a_site_changes_the_lists(tmp_path: Path) -> None:
    (tmp_path / "topics.yml").write_text(
        "en:\n  legal: []\n  warranty-case: [opened the case]\n", encoding="utf-8"
    )
    topics, problems = read(tmp_path, LANGUAGES)
    assert problems == ()
    assert topics.sensitive("my lawyer will call") == ""
    assert topics.sensitive("I opened the case") == "warranty-case"
    assert topics.sensitive("прокуратура") == "legal"
    assert Topics.from_json(topics.to_json()) == topics


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("en:\n  legal: court\n", 0),
        ("en:\n  legal:\n    a: b\n", 2),
        ("en:\n  legal: ['']\n", 2),
        ("en:\n  legal: [the of]\n", 2),
        ("de:\n  legal: [Gericht]\n", 1),
        ("en: [\n", 2),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "topics.yml").write_text(text, encoding="utf-8")
    topics, problems = read(tmp_path, LANGUAGES)
    assert topics.sensitive("my lawyer") == "legal" or not line
    assert [problem.line for problem in problems] == ([line] if line else [])


def test_without_a_file_the_release_decides(tmp_path: Path) -> None:
    topics, problems = read(tmp_path, LANGUAGES)
    assert (topics.lists, problems) == (RELEASE, ())
