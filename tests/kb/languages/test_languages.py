"""Records of languages: what the release knows beyond catalogues, all of it in one module each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import parse_pattern

from kb import languages
from kb.branding import translations
from kb.content.sanitize import CALLOUT_TITLES
from kb.content.topics import RELEASE, Topics
from kb.content.topics.phrases import compiled
from kb.languages.record import DANGERS, PERSON, Language
from kb.suggestions.small_talk import small_talk
from search.text import languages as text_languages
from search.text.languages.record import TextLanguage

NO_LANGUAGES = ("__init__", "detection", "lists", "record")
MAY_BE_USUAL = frozenset({"code", "date_pattern", "negation", "keys", "has_dictionary"})
"""Parts that a complete record need not give: dates may be as CLDR has them, the word for "not"
small, the keyboard the English one, and few languages have a dictionary here."""
RECORDS = list(languages.records().values())


def test_languages_are_found_by_their_modules() -> None:
    modules = sorted(path.stem for path in Path(languages.__file__).parent.glob("*.py"))
    assert list(languages.records()) == [name for name in modules if name not in NO_LANGUAGES]
    assert [record.text for record in RECORDS] == list(text_languages.records().values())


def test_every_language_of_a_catalogue_of_ours_has_a_record() -> None:
    assert set(translations.ours().by_name) == set(languages.records())


@pytest.mark.parametrize("language", RECORDS, ids=lambda it: it.code)
def test_a_record_of_ours_is_complete(language: Language) -> None:
    usual = Language(TextLanguage(language.code))
    assert Locale.parse(language.code)
    for given, default in ((language, usual), (language.text, usual.text)):
        for name, value in vars(default).items():
            assert name in MAY_BE_USUAL or vars(given)[name] != value, name


@pytest.mark.parametrize("language", RECORDS, ids=lambda it: it.code)
def test_the_words_of_a_record_do_what_they_are_for(language: Language) -> None:
    assert parse_pattern(language.date_pattern)
    assert re.compile(language.question_words)
    assert set(language.persons.split()) <= set(language.bare_requests.split())
    assert Topics().asks_for_person(language.persons.split()[0])
    thanks = language.gratitude.split()[0]
    assert [it for it in language.solved.split() if small_talk(f"{thanks} {it}") != "thanks"] == []


@pytest.mark.parametrize("language", RECORDS, ids=lambda it: it.code)
def test_the_words_of_a_record_are_told_as_small_talk(language: Language) -> None:
    assert small_talk(language.greetings) == "greeting"
    assert small_talk(language.yes.split()[0]) == "yes"
    assert small_talk(language.no.split()[0]) == "no"
    assert small_talk(f"{language.negation} {language.unhelpful.split()[0]}") == "failed"
    assert small_talk(language.useless.split()[0]) == "failed"
    for word in language.gratitude.split():
        assert small_talk(word) == "thanks", word


@pytest.mark.parametrize("language", RECORDS, ids=lambda it: it.code)
def test_every_phrase_of_a_list_can_stand_in_a_message(language: Language) -> None:
    for phrases in language.topics.values():
        for phrase in phrases:
            assert compiled([phrase], language.groups), phrase
            assert set(re.findall(r"\{(\w+)\}", phrase)) <= set(language.groups), phrase


def test_every_language_titles_every_callout() -> None:
    for language in RECORDS:
        assert set(language.callouts) == set(CALLOUT_TITLES)
        assert len(language.draft) == 2
    assert languages.records()["en"].callouts == CALLOUT_TITLES


def test_every_language_has_the_same_topics() -> None:
    assert len({frozenset(topics) for topics in RELEASE.values()}) == 1
    assert all({PERSON, *DANGERS} < set(topics) for topics in RELEASE.values())


def test_keyboards_have_the_same_keys() -> None:
    assert len({len(record.text.keys) for record in RECORDS if record.text.keys}) == 1


def test_messages_leave_room_for_one_question() -> None:
    for record in RECORDS:
        assert all(message.count("{}") == 1 for message in record.text.messages)


def test_a_language_of_a_site_needs_no_record() -> None:
    """Arabic has neither module, nor greetings; its words are stemmed all the same."""
    assert "ar" not in languages.records()
    assert text_languages.STEMMERS["ar"] == "arabic"
