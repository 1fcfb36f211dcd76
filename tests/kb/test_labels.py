"""Codes that people see have names: every member of each enum, in every catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import pytest

from kb import labels
from kb.branding import translations
from kb.branding.translations import Catalogues
from kb.branding.translator import Translator
from kb.catalog.staff_search import Wanted
from kb.content.model import SECTIONS, SectionName
from kb.handoffs.handoffs import HandoffReason, HandoffStatus
from kb.suggestions.log import Verdict
from kb.suggestions.reasons import DecisionReason
from kb.texts import NP_, Text
from tests.support.libraries import third_language_library as library

WIDGET = Path(__file__).parents[2] / "static" / "widget"
TABLES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "reasons": (
        (*get_args(HandoffReason), *get_args(DecisionReason)),
        dict(labels.REASON_LABELS),
    ),
    "statuses": (get_args(HandoffStatus), dict(labels.STATUS_LABELS)),
    "verdicts": (get_args(Verdict), dict(labels.VERDICT_LABELS)),
    "wanted": (get_args(Wanted), dict(labels.WANTED_LABELS)),
    "sections": (get_args(SectionName), dict(labels.SECTION_LABELS)),
    "vote reasons": (get_args(labels.VoteReason), dict(labels.VOTE_REASON_LABELS)),
}


def texts_of(table: dict[str, Any]) -> Iterable[Text]:
    """The texts of a table, those of records in it too."""
    for label in table.values():
        parts = [label] if isinstance(label, Text) else vars(label).values()
        yield from (part for part in parts if isinstance(part, Text))


@pytest.mark.parametrize("name", TABLES)
def test_every_member_has_a_label_and_no_other_code_has(name: str) -> None:
    members, table = TABLES[name]
    assert set(table) == set(members)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("name", TABLES)
def test_every_label_is_in_every_catalogue(name: str, lang: str) -> None:
    catalogue = translations.ours().by_name[lang]
    translate = Translator().into(lang)
    _, table = TABLES[name]
    for text in texts_of(table):
        entry = catalogue.get(text.english, text.context or None)
        assert entry, text
        assert entry.string == translate(text)
        assert lang == "en" or translate(text) != text.english


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_label_is_its_code(lang: str) -> None:
    translate = Translator().into(lang)
    for members, table in TABLES.values():
        words = {translate(text) for text in texts_of(table)}
        assert not words & {code for code in members if "_" in code}


def test_a_code_of_another_release_is_another_reason() -> None:
    assert labels.reason_label("from_the_future") == labels.REASON_LABELS["other"]
    assert labels.vote_reason_labels("from_the_future") == labels.VOTE_REASON_LABELS["other"]


def test_a_third_language_is_asked_for_every_label(tmp_path: Path) -> None:
    library.write(tmp_path)
    german = translations.read(tmp_path / "site")
    wanted = german.to_translate("de")
    missing = set(german.missing("de"))
    for _, table in TABLES.values():
        for text in texts_of(table):
            assert f'msgid "{text.english}"' in wanted
            assert text.english in missing or text.english in library.WORDS["de"]


def test_a_third_language_says_the_same_word_differently(tmp_path: Path) -> None:
    """«не открыта» of an article in a letter, «не открыто» in a note: contexts are kept apart."""
    path = tmp_path / "translations" / "de" / translations.PLACE
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "letter"\nmsgid "helped"\nmsgstr "half"\n\n'
        'msgctxt "note"\nmsgid "helped"\nmsgstr "hat geholfen"\n\n'
        'msgid "helped"\nmsgstr "geholfen"\n'
    )
    translate = Translator(tmp_path).into("de-AT")
    assert translate(NP_("letter", "helped")) == "half"
    assert translate(NP_("note", "helped")) == "hat geholfen"
    assert translate(Text("helped")) == "geholfen"
    assert translate(NP_("note", "not opened")) == "not opened"
    catalogues: Catalogues = translations.read(tmp_path)
    assert catalogues.to_translate("de").count('msgid "helped"') == 3


@pytest.mark.parametrize("lang", ["", "xx", "pt-br", "\x00", "../ru", "R" * 5000])
def test_a_language_nobody_translated_speaks_english(lang: str) -> None:
    assert Translator().into(lang)(NP_("letter", "Question")) == "Question"


def test_the_widget_knows_the_same_reasons_and_sections() -> None:
    """Scripts cannot import our enums: what they repeat is held equal here."""
    handoff = (WIDGET / "handoff.js").read_text("utf-8")
    listed = re.search(r"const REASONS = \((.*?)\)", handoff, re.DOTALL)
    assert listed
    named = set(" ".join(re.findall(r'"([^"]*)"', listed[1])).split())
    assert named | {"other"} == set(get_args(HandoffReason))
    reading = (WIDGET / "reading.js").read_text("utf-8")
    assert f"(?:{'|'.join(SECTIONS)})" in reading


def test_codes_of_another_release_have_words_too() -> None:
    assert labels.status_label("paused") is labels.UNKNOWN_STATUS
    assert labels.reason_label("mood") is labels.REASON_LABELS["other"]
