"""Choosing the words of a document that answer: those that hold the question's words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from search.answers.word_quotes import holding, unit_terms
from search.model import Document, Quotation
from search.ranking.options import SearchOptions
from search.text.index_terms import query_terms
from search.text.quotation import quotation
from search.text.units import document_units
from tests.support.libraries.block_library import HTML, PLACE, QUESTIONS, TOO_LONG
from tests.support.libraries.corpus import build_index, document, open_answers

EN = SearchOptions(lang="en")


def quoted(
    weights: Mapping[str, float], *, html: str = HTML, summary: str = ""
) -> Quotation | None:
    units = document_units(document("guide", lang="en", html=html, summary=summary))
    return quotation(units, holding(unit_terms(units, "en"), weights))


def weights(question: str) -> dict[str, float]:
    return dict.fromkeys(query_terms(question, "en"), 1.0)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_block_with_the_words_of_the_question_answers(kind: str) -> None:
    units = document_units(document("guide", lang="en", html=HTML))
    best = holding(unit_terms(units, "en"), weights(QUESTIONS[kind]))[:1]
    found = quotation(units, best)
    assert found
    assert [block.kind for block in found.blocks] == [kind]
    assert (found.heading, found.anchor) == PLACE[kind]


def test_headings_count_as_words_of_what_stands_below() -> None:
    found = quoted(weights("winter"))
    assert found
    assert found.text == "Keep it dry and cool."


def test_what_holds_far_fewer_words_is_not_added() -> None:
    found = quoted({"winter": 1.0, "storag": 1.0, "box": 0.9})
    assert found
    assert found.text == "Keep it dry and cool."


def test_too_many_steps_are_not_quoted() -> None:
    assert quoted(weights(TOO_LONG)) is None


def test_without_words_the_document_begins_at_its_beginning() -> None:
    found = quoted({}, html="<p>First.</p>", summary="In short.")
    assert found
    assert found.text == "In short.\nFirst."
    assert quoted({}, html=" ") is None


def test_a_hit_that_was_not_read_is_quoted_by_its_words(tmp_path: Path) -> None:
    build_index(tmp_path, many())
    answers = open_answers(tmp_path)
    first, second, *_ = answers.search("lamp winter", EN).hits
    assert first.unit is not None
    assert answers.quote(first, "lamp winter") == first.quotation
    assert second.unit is None
    found = answers.quote(second, "lamp winter")
    assert found
    assert found.text.startswith("Winter for lamp")


def many() -> list[Document]:
    html = "<p>Summer for lamp {}.</p><p>Winter for lamp {} is cold.</p>"
    return [document(f"l{n}", lang="en", html=html.format(n, n)) for n in range(3)]
