"""Faults of front matter: each in an author's words, in its own line, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.files.article_file import Place, place_of, read_article
from kb.content.model import MAX_LINE_CHARS, Problem

PATH = "en/faq/delivery/how-long.md"
HEAD = ("id: k2m7p", "title: How long", "summary: Three days.")


def faults(tmp_path: Path, *lines: str) -> list[Problem]:
    """Problems of a file with these lines of front matter, the first of which is line 2."""
    place = place_of(PATH, ("en",))
    assert isinstance(place, Place)
    (tmp_path / PATH).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / PATH).write_text("\n".join(("---", *lines, "---", "Text.", "")), encoding="utf-8")
    return list(read_article(tmp_path, place).problems)


@pytest.mark.parametrize(
    ("lines", "line", "part"),
    [
        ((*HEAD, "tags:", "\t- one"), 6, "indented by a tab. Indent by spaces"),
        ((HEAD[0], "\ttitle: How", HEAD[2]), 3, "indented by a tab. Indent by spaces"),
        ((*HEAD, "source: en: de"), 5, "`source` has a colon"),
        (("id: k2m7p", 'title: "How long', HEAD[2], "tags: [a]"), 3, '`title` has a " that is not'),
        (("id: k2m7p", "title: 'How long", HEAD[2]), 3, "`title` has a ' that is not closed"),
        ((*HEAD, "questions:", '  - "one', "  - two"), 6, '" that is not closed'),
        ((*HEAD, "tags: [a, b", "order: 10"), 5, "`tags` has a [ that is not closed. Write ] at"),
        (("id: k2m7p", 'title: "How" long', HEAD[2]), 3, 'goes on behind its closing "'),
        (("id: k2m7p", "title: [How] long", HEAD[2]), 3, "goes on behind its ]"),
        (("id: k2m7p", " title: How", HEAD[2]), 3, "deeper than the line above. Begin it at the"),
        (("  id: k2m7p", *HEAD[1:]), 3, "further left than everything above"),
        ((*HEAD, "questions:", "  - one", " - two"), 7, "less deep than the line above"),
        ((*HEAD, "questions:", "  - one", "   - two"), 7, "read as a part of it"),
        (("id: k2m7p", "title How", HEAD[2]), 3, "`title How` has no key"),
        (("id: k2m7p", "title:How", HEAD[2]), 3, "no space behind the colon of `title`"),
        ((*HEAD, "which goes on here"), 5, "`which goes on here` has no key"),
        (("id: k2m7p", "title: @home", HEAD[2]), 3, "`title` begins with @"),
        (("id: k2m7p", "title: %50 off", HEAD[2]), 3, "`title` begins with %"),
        (("id: k2m7p", "title: `x` how", HEAD[2]), 3, "`title` begins with `"),
        (("id: k2m7p", "title: *x* how", HEAD[2]), 3, "`title` begins with *"),
        (("id: k2m7p", 'title: "C:\\Users"', HEAD[2]), 3, "has a \\ that means nothing"),
        (("id:\u00a0k2m7p", *HEAD[1:]), 2, "no-break space"),
        (("id: k2m7p", "title: a\x01b", HEAD[2]), 3, "(U+0001)"),
        (("id: k2m7p", "title: a", "...", HEAD[2]), 4, "at which YAML ends"),
    ],
)
def test_one_fault_is_told_once_in_its_line(
    tmp_path: Path, lines: tuple[str, ...], line: int, part: str
) -> None:
    (problem,) = faults(tmp_path, *lines)
    assert problem.line == line
    assert part in str(problem)
    assert problem.remedy in str(problem)
    assert len(str(problem)) <= MAX_LINE_CHARS
    assert "valid YAML" not in problem.message


def test_every_fault_of_one_front_matter_is_told_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "id: K2",
        "title: Delivery: how long",
        "order: ten",
        "tags: [a, b",
        "status: live",
        "questions:",
        "  - when: now",
        "  - A #1 thing",
        "\tupdated: soon",
        "verified: later",
    )
    # The summary that is missing is told in the first line of the front matter
    assert sorted({it.line for it in found}) == [2, 3, 4, 5, 6, 8, 9, 10, 11]
    assert [it.message for it in found if it.kind == "missing-key"] == ["has no `summary`"]


def test_a_key_that_cannot_be_read_is_not_missing(tmp_path: Path) -> None:
    (problem,) = faults(tmp_path, "id: k2m7p", "title: 'How", "summary: Three days.")
    assert problem.kind == "bad-yaml"


def test_a_conflict_of_a_merge_is_named(tmp_path: Path) -> None:
    found = faults(
        tmp_path, "<<<<<<< HEAD", "id: k2m7p", "=======", "id: k2m7q", ">>>>>>> other", *HEAD[1:]
    )
    marks = [it.line for it in found if "mark of a merge" in it.message]
    assert marks == [2, 4, 6]


def test_a_value_over_several_lines_is_no_fault(tmp_path: Path) -> None:
    lines = ("id: k2m7p", "title: >-", "  How long", "summary: Three days", "  or four: maybe")
    assert faults(tmp_path, *lines[:4], "  or four", "tags: [a,", "  b]") == []
