"""Front matter edited by forms: other keys stay as they are, whatever is written is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.drafts.texts.head_edit import HeadValue, body_of, rewritten, values_of

FILE = """\
---
# who keeps it: Anna
id: k2m7p
title: When the money comes   # at most 90
summary: >
  Soon,
  mostly.
tags: [refund, card]
questions:
  - where is my money
  - 'how long: does it take'

# ours
team: billing
---
Text.
"""


def test_nothing_changed_is_the_same_text() -> None:
    values = values_of(FILE)
    assert values is not None
    assert rewritten(FILE, values, body_of(FILE)) == FILE
    assert rewritten(FILE, {"summary": "Soon, mostly."}, body_of(FILE)) == FILE


def test_one_key_changed_leaves_the_others() -> None:
    made = rewritten(FILE, {"tags": ("refund", "card", "СБП")}, "Text.\n")
    assert made == FILE.replace("[refund, card]", "[refund, card, СБП]")


def test_lists_of_sentences_keep_their_lines_and_the_comment_below() -> None:
    made = rewritten(FILE, {"questions": ("one", "two: three")}, "Text.\n")
    assert 'questions:\n  - one\n  - "two: three"\n\n# ours\nteam: billing\n' in made


def test_new_keys_stand_where_they_usually_do() -> None:
    made = rewritten(FILE, {"status": "draft", "order": "20"}, "Text.\n")
    at = [made.index(key) for key in ("questions:", "status: draft", 'order: "20"', "team:")]
    assert at == sorted(at)


def test_an_empty_value_takes_the_key_away() -> None:
    made = rewritten(FILE, {"tags": (), "summary": ""}, "Text.\n")
    assert "tags" not in made
    assert "summary" not in made
    assert "mostly" not in made
    assert "questions:" in made


def test_keys_on_one_line_are_written_out() -> None:
    made = rewritten("---\n{id: k2m7p, title: A}\n---\nx\n", {"title": "B: C"}, "x\n")
    assert made == '---\nid: k2m7p\ntitle: "B: C"\n---\nx\n'


@pytest.mark.parametrize("text", ["", "no front matter", "---\nnot closed\n", "---\na: [\n---\nb"])
def test_what_cannot_be_read_is_no_form(text: str) -> None:
    assert values_of(text) is None


LINE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"),
    min_size=1,
    max_size=40,
).filter(lambda text: text == " ".join(text.split()) and text.isprintable())


@given(
    title=LINE, tags=st.lists(LINE, max_size=4, unique=True), questions=st.lists(LINE, max_size=4)
)
def test_whatever_is_written_is_read_again(
    title: str, tags: list[str], questions: list[str]
) -> None:
    values: dict[str, HeadValue] = {
        "title": title,
        "tags": tuple(tags),
        "questions": tuple(questions),
    }
    found = values_of(rewritten(FILE, values, "Text.\n"))
    assert found is not None
    assert found["id"] == "k2m7p"
    assert found["team"] == "billing"
    for key, value in values.items():
        assert found.get(key, ()) == value
