"""kb.languages.detection: the language of a message, against that of its page."""

from __future__ import annotations

import pytest

from kb.languages.detection import written_in
from tests.kb.content.topics.test_lists import LANGUAGES, messages

LEAST_TOLD = 0.9


@pytest.mark.parametrize(
    ("message", "page", "lang"),
    [
        ("как вернуть товар", "en", "ru"),
        ("возврат", "en", "ru"),
        ("Vega R2 не едет на базу", "en", "ru"),
        ("where is my order", "ru", "en"),
        ("router keeps rebooting", "ru", "en"),
        ("how do I reset Link AX3", "ru", "en"),
        # In doubt the page's.
        ("", "en", "en"),
        ("404", "ru", "ru"),
        ("vega r2", "ru", "ru"),
        ("wan 101", "ru", "ru"),
        ("reset router", "ru", "ru"),
        ("what does ошибка mean", "en", "en"),
        ("ошибка WAN 101 на роутере Link AX3", "ru", "ru"),
        # The other keyboard, Latin letters: search repairs them.
        ("rjulf dthyen ltymub", "ru", "ru"),
        ("kogda vernut dengi", "ru", "ru"),
        ("цруку шы ьн щквук", "en", "en"),
    ],
)
def test_script_and_words_tell(message: str, page: str, lang: str) -> None:
    assert written_in(message, LANGUAGES, page) == lang


@pytest.mark.parametrize(("lang", "page"), [("ru", "en"), ("en", "ru")])
def test_most_messages_are_told_on_the_other_page_and_none_on_their_own(
    lang: str, page: str
) -> None:
    asked = [text for texts in messages(lang).values() for text in texts if len(text.split()) > 3]
    told = [text for text in asked if written_in(text, LANGUAGES, page) == lang]
    assert len(told) >= LEAST_TOLD * len(asked), set(asked) - set(told)
    assert {written_in(text, LANGUAGES, lang) for text in asked} == {lang}


def test_only_languages_of_the_site_are_told() -> None:
    assert written_in("как вернуть товар", ("en",), "en") == "en"


@pytest.mark.parametrize("message", ["wo ist meine Bestellung", "was ist in der Box", "die Hand"])
def test_a_page_without_a_record_keeps_what_shares_its_script(message: str) -> None:
    assert written_in(message, ("de", "en"), "de") == "de"


def test_a_language_without_a_record_is_left_for_one_in_another_script() -> None:
    assert written_in("как вернуть товар", ("de", "ru"), "de") == "ru"


@pytest.mark.parametrize(
    "message", ["220В", "12в", "100г", "5ГГц", "1,5 л", "220 В", "kettle 220В"]
)
def test_a_quantity_tells_no_language(message: str) -> None:
    assert written_in(message, ("ru", "en"), "en") == "en"
    assert written_in(message.replace("kettle", "чайник"), ("ru", "en"), "ru") == "ru"


def test_words_beside_a_quantity_tell_it() -> None:
    assert written_in("чайник на 220В", ("ru", "en"), "en") == "ru"
    assert written_in("a kettle for 220 V", ("ru", "en"), "ru") == "en"
