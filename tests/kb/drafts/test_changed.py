"""Changes of a save, in a few words."""

from __future__ import annotations

import pytest

from kb.drafts.texts.changed import changed_parts, parts_told, subject

BEFORE = "---\nid: k2m7p\ntitle: Refund\nsummary: Soon.\ntags: [a]\n---\n\nFirst.\n\nSecond.\n"


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("title: Refund", "title: Refunds", ("title",)),
        ("title: Refund", "status: draft\ntitle: Money", ("title", "status")),
        ("summary: Soon.", "summary: Now.", ("summary",)),
        ("tags: [a]", "tags: [a, b]", ("details",)),
        ("tags: [a]", "# a comment\ntags: [a]", ("nothing",)),
        ("tags: [a]\n", "questions: [Where is it?]\n", ("questions", "details")),
        ("First.", "1st.", ("text",)),
        ("First.\n\nSecond.", "Second.\n\nFirst.", ("text",)),
        ("First.\n", "First.\n\n\n", ("text",)),
        ("First.", "First.\n\n![A box](../../../media/box.png)", ("pictures",)),
        ("First.", "![A box](../../../media/box.png)", ("text", "pictures")),
        ("id: k2m7p", "id: [", ("title", "summary", "details", "text")),
        ("", "", ("nothing",)),
    ],
)
def test_changed_parts_are_named(old: str, new: str, parts: tuple[str, ...]) -> None:
    after = BEFORE.replace(old, new) if old else BEFORE
    assert changed_parts(BEFORE, after) == parts
    assert parts_told(subject(BEFORE, after, "en/faq/a/b.md")) == parts


@pytest.mark.parametrize(
    "words", ["Change the title: it was wrong", "Change en/faq/a/b.md", "Title, text: a", ""]
)
def test_words_of_people_are_not_taken_for_ours(words: str) -> None:
    assert parts_told(words) == ()
