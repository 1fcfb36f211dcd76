"""kb.content.topics_file: a site changes the lists of topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.topics import RELEASE, Topics
from kb.content.topics_file import read

LANGUAGES = ("en", "ru")


def test_a_site_changes_the_lists(tmp_path: Path) -> None:
    (tmp_path / "topics.yml").write_text(
        "en:\n  legal: []\n  warranty-case: [opened the case]\n", encoding="utf-8"
    )
    topics, problems = read(tmp_path, LANGUAGES)
    assert problems == ()
    assert topics.sensitive("my lawyer will call") == ""
    assert topics.sensitive("I opened the case") == "warranty-case"
    assert topics.sensitive("прокуратура") == "legal"
    assert Topics.from_json(topics.to_json()) == topics


def test_a_site_adds_to_a_list(tmp_path: Path) -> None:
    text = "en:\n  +person: ['fetch|call {staff}']\n  +danger: [wobbles]\n"
    (tmp_path / "topics.yml").write_text(text, encoding="utf-8")
    topics, problems = read(tmp_path, LANGUAGES)
    assert problems == ()
    assert topics.asks_for_person("fetch a technician")
    assert topics.asks_for_person("I want to speak to a human")
    assert topics.dangerous("it wobbles") == topics.dangerous("my battery is swollen") == "danger"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("en:\n  legal: court\n", 0),
        ("en:\n  legal:\n    a: b\n", 2),
        ("en:\n  legal: ['']\n", 2),
        ("en:\n  legal: [the of]\n", 2),
        ("de:\n  legal: [Gericht]\n", 1),
        ("en: [\n", 1),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "topics.yml").write_text(text, encoding="utf-8")
    topics, problems = read(tmp_path, LANGUAGES)
    assert topics.sensitive("my lawyer") == "legal" or not line
    assert [problem.line for problem in problems] == ([line] if line else [])


def test_without_a_file_the_release_decides(tmp_path: Path) -> None:
    topics, problems = read(tmp_path, LANGUAGES)
    assert (topics.lists, problems) == (RELEASE, ())
