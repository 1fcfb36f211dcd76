"""search.text.characters.composition: one form of a text, and of the words in it."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from search.text.analysis import clean, terms, tokens
from search.text.characters.composition import composed, spoken, spoken_places
from search.text.snippets import highlight
from search.text.words import Matcher, Words
from tests.support.effort import effort

WRITTEN = ["замок", "за\u0301мок", "за\u00adмок", "\u200bзам\u2060ок", "ЗАМО\u0301К\u00ad"]
OTHERS = ["й", "ё", "йод", "ёж", "é"]


def test_text_is_composed() -> None:
    written = "и\u0306од, е\u0308ж, cafe\u0301, за\u0301мок"
    assert composed(written) == "йод, ёж, café, за\u0301мок"
    assert composed("ok") == "ok"


def test_marks_without_end_are_cut_before_they_are_composed() -> None:
    assert len(composed("а" + "\u0301" * 500)) == 31
    assert composed("—" * 50 + "а" + "«»" * 50) == "—" * 50 + "а" + "«»" * 50
    assert effort(lambda: composed("а" + "\u0301\u0327" * 250_000), budget=100) < 100


def test_no_combining_character_is_part_of_a_word_to_python() -> None:
    """The pattern that looks for many marks in a row rests on it."""
    marks = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.combining(chr(n))]
    assert not [mark for mark in marks if mark.isalnum() or mark.isspace()]


@pytest.mark.parametrize("word", WRITTEN)
def test_a_word_is_the_same_whatever_stands_unseen_in_it(word: str) -> None:
    assert spoken(word).lower() == "замок"
    assert terms(word) == terms("замок")
    assert clean(word).lower() == "замок"


@pytest.mark.parametrize("word", OTHERS)
def test_other_marks_are_letters(word: str) -> None:
    assert spoken(word) == word
    assert clean(unicodedata.normalize("NFD", word)) == word


def test_letters_that_hold_a_stress_mark_are_the_plain_ones() -> None:
    assert terms("ѐлка ѝдол") == terms("елка идол")


def test_places_are_those_in_the_text_as_it_stands() -> None:
    text = "Ста\u0301рый за\u0301мок\u00ad у ре\u00adки\u0301."
    assert [text[it.start : it.end] for it in tokens(text)] == [
        "Ста\u0301рый", "за\u0301мок\u00ad", "у", "ре\u00adки\u0301",
    ]  # fmt: skip
    shown, places = spoken_places("а\u0301б")
    assert (shown, places) == ("аб", [0, 2, 3])
    assert spoken_places("аб") == ("аб", None)


@pytest.mark.parametrize("indexed", WRITTEN)
@pytest.mark.parametrize("word", WRITTEN)
def test_a_word_is_marked_however_it_was_indexed(indexed: str, word: str) -> None:
    matcher: Matcher = Words.of([indexed]).matcher(terms("замок"))
    segments = highlight(f"Вот {word}, а не {word}ка.", matcher)
    assert "".join(one.text for one in segments) == f"Вот {word}, а не {word}ка."
    (marked,) = [one.text for one in segments if one.is_match]
    assert spoken(marked) == spoken(word)
