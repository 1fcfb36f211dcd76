"""kb.content.topics.lists: messages that go to a person whatever the articles say.

`tests/data/messages` holds messages by kind, written without looking at the lists.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest

from kb.content.topics import Topics
from kb.content.topics.sentences import sentences
from tests.support.effort import effort
from tests.support.fixtures.encoder_fixture import REPOSITORY

MESSAGES = REPOSITORY / "tests" / "data" / "messages"
LANGUAGES = ("en", "ru")
KINDS = ("person", "danger", "sensitive")
RECALL, FALSE_ALARMS = 0.95, 0.01
TOPICS = Topics()


@cache
def messages(lang: str) -> dict[str, list[str]]:
    """Kind → messages."""
    return by_kind(MESSAGES / f"{lang}.txt")


def by_kind(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kind = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        elif line:
            found.setdefault(kind, []).append(line)
    return found


def kind_of(message: str) -> str:
    if TOPICS.dangerous(message):
        return "danger"
    if TOPICS.sensitive(message):
        return "sensitive"
    return "person" if TOPICS.asks_for_person(message) else "ordinary"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_nearly_all_messages_of_a_kind_are_recognised(kind: str, lang: str) -> None:
    wanted = messages(lang)[kind]
    missed = [message for message in wanted if kind_of(message) != kind]
    assert len(missed) <= (1 - RECALL) * len(wanted), missed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hardly_any_ordinary_message_raises_an_alarm(lang: str) -> None:
    ordinary = messages(lang)["ordinary"] + messages(lang)["thanks"]
    alarms = [message for message in ordinary if kind_of(message) != "ordinary"]
    assert len(alarms) <= FALSE_ALARMS * len(ordinary), alarms


def test_warm_up_leaves_little_for_the_first_message() -> None:
    topics = Topics()
    topics.warm_up()
    assert effort(lambda: topics.held("where is my order"), budget=1.0, attempts=1) < 10.0


def test_effort_grows_no_faster_than_the_message() -> None:
    shorter, longer = (
        effort(partial(TOPICS.held, "fire smells burning " * times), prepare=sentences.cache_clear)
        for times in (25, 100)
    )
    assert longer < 8 * shorter + 1.0


@pytest.mark.parametrize(
    "message",
    [
        "Соедините меня, пожалуйста, с оператором",
        "ОПЕРАТОР!!!",
        "соедените с опиратором",
        "pozovite operatora",
        "jgthfnjh",
        "позовите уже живого человека",
        "human please",
        "Let me speek to a maneger",
        "Your last article is about something else. Please have somebody call me back.",
    ],
)
def test_who_asks_for_a_person_gets_one(message: str) -> None:
    assert TOPICS.asks_for_person(message)


@pytest.mark.parametrize(
    "message",
    [
        "мой мобильный оператор не присылает код",
        "робот не видит человека на полу",
        "how do I change the person who receives the parcel",
        "is the file manager free",
        "which product manager app is this",
        "",
        "нужен новый аккумулятор",
        "will the courier call me",
    ],
)
def test_a_question_about_persons_asks_for_none(message: str) -> None:
    assert not TOPICS.asks_for_person(message)


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("подам на вас в суд", "legal"),
        ("I will take you to court", "legal"),
        ("Оспорю платёж в банке", "chargeback"),
        ("i want a chargeback", "chargeback"),
        ("удалите мои персональные данные", "personal-data"),
        ("please delete my data", "personal-data"),
        ("у меня украли карту", "fraud"),
        ("my account was hacked", "fraud"),
        ("call the police", "police"),
        ("мама умерла, что с заказом", "death"),
        ("I have a pacemaker", "health"),
        ("курьер мне угрожал", "abuse"),
        ("I don't want to live", "self-harm"),
    ],
)
def test_sensitive_topics_are_seen_in_any_form(message: str, topic: str) -> None:
    assert TOPICS.sensitive(message) == topic


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("зарядка взорвалась", "danger"),
        ("the charger gave me an electric shock", "danger"),
        ("вздулась батарея", "danger"),
        ("child swallowed a magnet", "injury"),
        ("я обжёг руку", "injury"),
    ],
)
def test_dangers_are_no_sensitive_topics(message: str, topic: str) -> None:
    assert TOPICS.dangerous(message) == topic
    assert TOPICS.sensitive(message) == ""


@pytest.mark.parametrize(
    "message",
    [
        "индикатор загорелся красным",
        "How do I burn the bootloader on an ATtiny85?",
        "hot milk without foam",
        "where does the memory leak come from",
        "does it work with a fire TV",
        "apache spark job",
        "горячие скидки",
        "молоко не горячее",
        "баллы сгорели",
        "how do I charge the battery",
        "датчик дыма не подключается",
        "посудомоечная машина",
        "where is my order",
    ],
)
def test_innocent_words_are_no_danger(message: str) -> None:
    assert kind_of(message) == "ordinary"
