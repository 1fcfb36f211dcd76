"""Remarks beside articles that cannot be read: none says what only that article could tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.content.examination.whole_folder import examined
from tests.kb.content.test_checks import CATEGORIES, put

TODAY = date(2026, 11, 30)
BROKEN = "title: 'B\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


def told(root: Path, *languages: str) -> list[str]:
    """Lines told of a folder, but for faults of YAML."""
    found = examined(root, languages or ("ru", "en"), TODAY).found
    return sorted(str(one) for one in found if one.kind != "bad-yaml")


def test_what_an_unread_article_uses_is_used(root: Path) -> None:
    (root / "variables.yml").write_text("days: 14\nnobody: 1\n", encoding="utf-8")
    (root / "_snippets/ru").mkdir(parents=True)
    (root / "_snippets/ru/steps.md").write_text("Text\n", encoding="utf-8")
    put(root, "ru/faq/delivery/a.md", "{{ days }}\n\n{{ snippet:steps }}\n", more=BROKEN)
    assert told(root) == ["variables.yml:2: nothing uses `nobody`. Use it, or remove it"]


def test_what_leads_to_an_unread_article_is_told_to_mend_that(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x", more=BROKEN)
    put(root, "ru/faq/delivery/b.md", "[a](a.md)", "b6h3r", "related: [k2m7p]\n")
    (root / "redirects.yml").write_text("/old: k2m7p\n", encoding="utf-8")
    assert told(root) == [
        "redirects.yml:1: `/old` leads to the article k2m7p, which cannot be read. "
        "Mend ru/faq/delivery/a.md",
        "ru/faq/delivery/b.md:7: links to a.md, which cannot be read. Mend ru/faq/delivery/a.md",
    ]


def test_a_source_that_cannot_be_read_is_there(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x", more=BROKEN)
    put(root, "en/faq/delivery/a.md", "x", more="source: ru\n")
    assert told(root) == []


def test_dates_to_come_and_words_of_kb_new_are_remarked_on(root: Path) -> None:
    path = "en/faq/delivery/a.md"
    more = "verified: 2027-01-15\nupdated: 2026-12-01\n"
    put(root, path, "The first paragraph answers.\n", more=more)
    text = (root / path).read_text(encoding="utf-8")
    hint = "One sentence that already answers the question"
    (root / path).write_text(text.replace("summary: S", f"summary: {hint}"), encoding="utf-8")
    lines = told(root)
    assert [line.split(":")[1] for line in lines] == ["4", "5", "8"]
    assert "the summary is still that of `kb new`" in lines[0]
    assert "`verified` is 2027-01-15, which is still to come" in lines[1]
    assert "is still what `kb new` wrote" in lines[2]
    (root / path).write_text(text.replace("---\nThe", "status: draft\n---\nThe"), encoding="utf-8")
    assert [line.split(":")[1] for line in told(root)] == ["5"]


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("/x/../y", "`/x/../y` holds dots, which browsers resolve. Write `/y`"),
        ("/x/./y", "Write `/x/y`"),
        ("/x/%2e%2E/y", "holds dots"),
        ("/a//b", "`/a//b` has two slashes, which count as one. Write `/a/b`"),
        ("/a///b?x=//", "Write `/a/b`"),
    ],
)
def test_old_paths_that_no_browser_asks_for_are_told(root: Path, written: str, part: str) -> None:
    put(root, "en/faq/delivery/a.md", "x")
    (root / "redirects.yml").write_text(f'"{written}": k2m7p\n', encoding="utf-8")
    (line,) = told(root, "en")
    assert part in line


def test_the_address_that_an_article_keeps_in_another_language_is_no_fault(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x")
    put(root, "en/faq/returns/a.md", "x")
    (root / "redirects.yml").write_text("/en/faq/delivery/a: k2m7p/en\n", encoding="utf-8")
    assert [line for line in told(root) if "redirects" in line] == []


def test_nearest_articles_are_named_in_the_authors_language(root: Path) -> None:
    put(root, "ru/faq/delivery/times.md", "x")
    put(root, "en/faq/delivery/times.md", "x")
    put(root, "en/faq/delivery/b.md", "[x](tims.md)", "b6h3r")
    (line,) = [it for it in told(root) if "links to" in it]
    assert line.endswith("Nearest: times.md")


def test_a_snippet_that_is_missing_gets_a_remedy_of_its_own(root: Path) -> None:
    put(root, "en/faq/delivery/a.md", "{{ snippet:steps }}\n")
    (line,) = told(root, "en")
    assert line.endswith("Mend the name, or write _snippets/<language>/<name>.md")
