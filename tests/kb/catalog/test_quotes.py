"""Choosing the words of an article that answer: those that hold the question's words."""

from __future__ import annotations

import pytest

from kb.catalog.quotes import quote
from search.text import analysis
from tests.support.libraries.block_library import PLACE, QUESTIONS, TOO_LONG, guide
from tests.support.libraries.site_library import page


def weights(question: str) -> dict[str, float]:
    return dict.fromkeys(analysis.query_terms(question, "en"), 1.0)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_block_with_the_words_of_the_question_answers(kind: str) -> None:
    found = quote(guide(), weights(QUESTIONS[kind]), most=1)
    assert found
    assert [block.kind for block in found.blocks] == [kind]
    assert (found.heading, found.anchor) == PLACE[kind]


def test_headings_count_as_words_of_what_stands_below() -> None:
    found = quote(guide(), weights("winter"))
    assert found
    assert found.text == "Keep it dry and cool."


def test_what_holds_far_fewer_words_is_not_added() -> None:
    found = quote(guide(), {"winter": 1.0, "storag": 1.0, "box": 0.9})
    assert found
    assert found.text == "Keep it dry and cool."


def test_too_many_steps_are_not_quoted() -> None:
    assert quote(guide(), weights(TOO_LONG)) is None


def test_without_words_the_article_begins_at_its_beginning() -> None:
    found = quote(page("k2m7p", "en", "faq/a/b", "Title", html="<p>First.</p>"), {})
    assert found
    assert found.text == "Title: коротко.\nFirst."
    assert quote(page("k2m7p", "en", "faq/a/b", "T", html=" ", summary=""), {}) is None
