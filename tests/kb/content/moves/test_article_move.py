"""kb.content.moves: an article moves with its links, and nothing else changes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kb.content.moves.article_move import CannotMove, carry_out, planned
from kb.content.moves.relative_links import relinked

LANGUAGES = ("en", "ru")
OLD, NEW = "en/faq/returns/refund.md", "en/guides/vega/money.md"
CATEGORIES = """\
faq:
  returns: {title: {en: R, ru: R}, description: {en: R, ru: R}}
  delivery: {title: {en: D, ru: D}, description: {en: D, ru: D}}
guides:
  vega: {title: {en: V, ru: V}, description: {en: V, ru: V}}
"""
FILES = {
    "categories.yml": CATEGORIES,
    OLD: "---\nid: k2m7p\ntitle: T\nsummary: S\naliases: [back]\n---\n"
    "[a](times.md) [b](../delivery/slow.md#x) [own](refund.md) `[c](times.md)` [site](/en/)\n"
    "![p](../../../media/p.png)\n",
    "ru/faq/returns/refund.md": "---\nid: k2m7p\ntitle: T\nsummary: S\n---\n[a](times.md)\n",
    "en/faq/returns/times.md": "---\nid: a3k8t\n---\n[x](refund.md#when), [y](<refund.md> 'T')\n",
    "en/faq/delivery/slow.md": "[r](../returns/refund.md)\r\n[other](../returns/times.md)\r\n",
    "_snippets/en/money.md": "[r](../../en/faq/returns/refund.md)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    return tmp_path


def moved(root: Path, aim: str = "guides/vega/money", path: str = OLD) -> None:
    carry_out(root, planned(root, path, aim, LANGUAGES, with_translations=True))


def text(root: Path, path: str) -> str:
    return (root / path).read_bytes().decode()


def test_an_article_moves_with_its_links_and_those_to_it(root: Path) -> None:
    moved(root)
    assert not (root / OLD).exists()
    assert text(root, NEW).partition("---\n[")[2] == (
        "a](../../faq/returns/times.md) [b](../../faq/delivery/slow.md#x) [own](money.md) "
        "`[c](times.md)` [site](/en/)\n![p](../../../media/p.png)\n"
    )
    assert "[a](../../faq/returns/times.md)" in text(root, "ru/guides/vega/money.md")
    assert text(root, "en/faq/returns/times.md").endswith(
        "[x](../../guides/vega/money.md#when), [y](<../../guides/vega/money.md> 'T')\n"
    )
    assert text(root, "en/faq/delivery/slow.md") == (
        "[r](../../guides/vega/money.md)\r\n[other](../returns/times.md)\r\n"
    )
    assert text(root, "_snippets/en/money.md") == "[r](../../en/guides/vega/money.md)\n"


def test_former_addresses_are_kept_where_git_does_not_know_them(root: Path) -> None:
    moved(root)
    assert "\naliases: [faq/returns/back, faq/returns/refund]\n---\n" in text(root, NEW)
    russian = text(root, "ru/guides/vega/money.md")
    assert "summary: S\naliases: [faq/returns/refund]\n---\n" in russian


def test_git_moves_what_it_knows(root: Path) -> None:
    def git(*words: str) -> str:
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ("git", *settings, *words), cwd=root, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "Begin")
    moved(root, "faq/returns/money")
    assert f"R  {OLD} -> en/faq/returns/money.md" in git("status", "--short").replace("RM", "R ")
    assert "aliases: [back]\n" in text(root, "en/faq/returns/money.md")


def test_back_again_is_what_was(root: Path) -> None:
    before = {path: text(root, path) for path in FILES if "returns/refund" not in path}
    moved(root)
    moved(root, "faq/returns/refund", NEW)
    assert {path: text(root, path) for path in before} == before


@pytest.mark.parametrize(
    ("path", "aim", "part"),
    [
        (OLD, "guides/nowhere/x", "`nowhere` is not a category of guides; use vega"),
        (OLD, "faq/returns/times", "en/faq/returns/times.md is there already"),
        (OLD, "faq/returns/refund", "lies there already"),
        (OLD, "ru/faq/returns/money", "is in another language"),
        (OLD, "faq/returns/Bad Slug", "is not a slug"),
        (OLD, "faq", "use SECTION/CATEGORY/SLUG"),
        ("categories.yml", "faq/returns/x", "does not lie in a category folder"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    root: Path, path: str, aim: str, part: str
) -> None:
    with pytest.raises(CannotMove) as caught:
        moved(root, aim, path)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {one: text(root, one) for one in FILES} == FILES


def test_a_version_is_not_left_behind_unasked(root: Path) -> None:
    with pytest.raises(CannotMove, match="has a version in ru"):
        planned(root, OLD, "guides/vega/money", LANGUAGES, with_translations=False)


def test_a_folder_keeps_the_slug(root: Path) -> None:
    plan = planned(root, OLD, "en/guides/vega/", LANGUAGES, with_translations=True)
    assert plan.files[OLD] == "en/guides/vega/refund.md"


@pytest.mark.parametrize(
    ("written", "moved_to"),
    [
        ('<a href="refund.md#x">r</a>', '<a href="../../guides/vega/money.md#x">r</a>'),
        ("[r](refund.md 'T')", "[r](../../guides/vega/money.md 'T')"),
        ("[r]: <refund.md>", "[r]: <../../guides/vega/money.md>"),
        ("[r](./refund.md)", "[r](../../guides/vega/money.md)"),
        ("[r](../returns/)", "[r](../returns/)"),
        ("[r](https://x.example/refund.md) [s]({{ x }}/refund.md)",) * 2,
    ],
)
def test_every_spelling_of_a_link_is_followed(written: str, moved_to: str) -> None:
    other = "en/faq/returns/times.md"
    assert relinked(written, old=other, new=other, moves={OLD: NEW}) == moved_to
