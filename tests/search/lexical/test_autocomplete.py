"""Completions while typing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lexical.autocomplete import Completer, CompletionEntry, CompletionKind, save_entries


def entry(
    text: str, kind: CompletionKind = "title", lang: str = "ru", group: str = "", anchor: str = ""
) -> CompletionEntry:
    group = group or text
    return CompletionEntry(text, lang, f"{lang}/{group}", group, anchor, kind)


ENTRIES = [
    entry("Как вернуть деньги", group="refund"),
    entry("где мои деньги", "question", group="refund"),
    entry("Деньги на карту", "heading", group="refund", anchor="карта"),
    entry("How to get a refund", lang="en", group="refund"),
    entry("Ёмкость бака", group="tank"),
    entry("Warranty terms", lang="en", group="warranty"),
]


def texts(
    typed: str, lang: str = "ru", entries: list[CompletionEntry] = ENTRIES, limit: int = 8
) -> list[str]:
    found = Completer(entries).complete(typed, lang=lang, limit=limit)
    return ["".join(s.text for s in completion.text) for completion in found]


def test_words_match_by_prefix_in_any_order() -> None:
    assert texts("ден верн") == ["Как вернуть деньги"]


def test_typed_part_is_marked() -> None:
    completion = Completer(ENTRIES).complete("верн", lang="ru")[0]
    assert [s.text for s in completion.text if s.is_match] == ["верн"]


@pytest.mark.parametrize("typed", ["дворе", "дворе\u0301ц", "дво\u00adре"])
def test_what_stands_unseen_in_words_is_passed_over(typed: str) -> None:
    completion = Completer([entry("Дво\u00adре́ц и за́мок")]).complete(typed, lang="ru")[0]
    (marked,) = [s.text for s in completion.text if s.is_match]
    assert marked.startswith("Дво\u00adре\u0301")
    assert "".join(s.text for s in completion.text) == "Дво\u00adре́ц и за́мок"


@pytest.mark.parametrize("typed", ["вирнуть", "врнуть", "вернтуь", "вернууть", "иернуть"])
def test_typing_errors_are_forgiven(typed: str) -> None:
    assert texts(typed) == ["Как вернуть деньги"]


def test_the_other_layout_is_read_when_the_typed_one_finds_nothing() -> None:
    assert texts("dthyenm ltym") == ["Как вернуть деньги"]
    assert texts("куагтв", lang="en") == ["How to get a refund"]
    marked = Completer(ENTRIES).complete("dthy", lang="ru")[0].text
    assert [s.text for s in marked if s.is_match] == ["верн"]


def test_short_words_are_not_corrected() -> None:
    assert texts("кок") == []


def test_yo_equals_ye() -> None:
    assert texts("емк") == texts("ёмк") == ["Ёмкость бака"]


def test_own_language_first_and_one_a_place() -> None:
    assert texts("refund") == ["How to get a refund"]
    assert texts("w") == ["Warranty terms"]
    assert texts("деньги", lang="en")[0] in ("Как вернуть деньги", "Деньги на карту")


def test_titles_stand_before_questions_and_headings() -> None:
    same = [
        entry("деньги а", "heading", group="1"),
        entry("деньги б", "question", group="2"),
        entry("деньги в", "title", group="3"),
    ]
    assert texts("деньги", entries=same) == ["деньги в", "деньги б", "деньги а"]


def test_entries_survive_storing(tmp_path: Path) -> None:
    save_entries(tmp_path / "c.json", ENTRIES)
    again = Completer.load(tmp_path / "c.json").complete("ден", lang="ru")
    assert {c.document_id for c in again} == {"ru/refund"}


@given(st.text(max_size=300))
def test_any_text_is_valid(typed: str) -> None:
    assert len(Completer(ENTRIES).complete(typed, lang="ru")) <= 8
