"""kb.content.new_article: a new article is a good draft with an id that nobody has or had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.content.checks import check
from kb.content.files.fields import ID
from kb.content.library import load
from kb.content.model import Library
from kb.content.new_article import ALPHABET, CannotStart, fresh_id, new_article, used_ids

CATEGORIES = """\
faq:
  delivery: {icon: van, order: 1, title: {ru: Доставка, en: Delivery}, description: {ru: а, en: b}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


def library(root: Path) -> Library:
    return load(root, languages=("ru", "en"))


def start(
    root: Path, *, lang: str = "ru", section: str = "faq", category: str = "delivery",
    slug: str = "how-long", title: str = "Сколько ждать",
) -> Path:  # fmt: skip
    return new_article(
        root, library(root), languages=("ru", "en"), lang=lang, section=section,
        category=category, slug=slug, title=title,
    )  # fmt: skip


@pytest.mark.parametrize("title", ["Сколько ждать", 'E-05: "лидар" \\ #1', "no", "- [x] {y}"])
def test_a_new_article_is_a_draft_without_problems(root: Path, title: str) -> None:
    path = start(root, title=title)
    found = library(root)
    assert path == root / "ru/faq/delivery/how-long.md"
    assert check(found, root) == ()
    assert [(it.title, it.status) for it in found.articles] == [(title, "draft")]


def test_a_translation_shares_the_id(root: Path) -> None:
    start(root)
    start(root, lang="en", title="How long")
    assert len({it.id for it in library(root).articles}) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"lang": "de"}, {"lang": "../ru"}, {"section": "news"}, {"category": "nowhere"},
        {"slug": "../x"}, {"slug": "Сроки"}, {"slug": "a" * 81}, {"title": "  "},
        {"title": "x" * 91}, {"title": "a\x07b"},
    ],
)  # fmt: skip
def test_what_could_not_be_an_article_is_refused(root: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(CannotStart):
        start(root, **wrong)
    assert list(root.rglob("*.md")) == []


def test_a_file_is_never_overwritten(root: Path) -> None:
    path = start(root)
    path.write_text("kept", encoding="utf-8")
    with pytest.raises(CannotStart, match="exists already"):
        start(root)
    assert path.read_text(encoding="utf-8") == "kept"


def test_used_ids_count_retired_and_broken_articles(root: Path) -> None:
    (root / "retired.txt").write_text("b6h3r\n", encoding="utf-8")
    broken = root / "ru/faq/delivery/broken.md"
    broken.parent.mkdir(parents=True)
    broken.write_text("---\nid: h3v9k\ntitle: x\n---\n", encoding="utf-8")
    assert used_ids(library(root), root) == {"b6h3r", "h3v9k"}


def test_a_fresh_id_skips_used_ones_and_bare_numbers() -> None:
    letters: Iterator[str] = iter("12345aaaaabbbbb")
    assert fresh_id({"aaaaa"}, choose=lambda _: next(letters)) == "bbbbb"
    assert all(ID.fullmatch(char * 5) for char in ALPHABET)
    assert len(set(ALPHABET)) == 32
