"""Former addresses from git: by the id in the file that is gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kb.content.addresses.former import FormerCache, former_addresses

LANGUAGES = ("ru", "en")
ID, OTHER = "k2m7p", "b6h3r"


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    subprocess.run(
        ("git", *settings, *arguments),
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": os.defpath},
    )


def write(root: Path, address: str, article_id: str, text: str = "") -> None:
    path = root / f"{address}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'---\ntitle: T\nid: "{article_id}"  # kept\n---\n{text}\n', encoding="utf-8")


def commit(root: Path) -> None:
    git(root, "add", "-A", ".")
    git(root, "commit", "-qm", "change")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of articles within a repository."""
    articles = tmp_path / "shop" / "articles"
    write(articles, "ru/faq/returns/refund", ID)
    write(articles, "en/faq/returns/refund", ID)
    git(articles, "init", "-q", "..")
    commit(articles)
    return articles


def found(root: Path) -> dict[str, str]:
    return {
        "/".join((lang, *address)): article_id
        for (lang, address), article_id in former_addresses(root, LANGUAGES).items()
    }


def test_nothing_has_moved(root: Path) -> None:
    assert found(root) == {}


def test_a_move_is_known_however_much_was_rewritten(root: Path) -> None:
    (root / "ru/faq/returns/refund.md").unlink()
    write(root, "ru/guides/money/back", ID, "Совсем другой текст. " * 50)
    assert found(root) == {"ru/faq/returns/refund": ID}  # before it is committed
    commit(root)
    assert found(root) == {"ru/faq/returns/refund": ID}


def test_each_address_of_a_chain_is_known(root: Path) -> None:
    for slug in ("one", "two"):
        last = next((root / "en/faq/returns").iterdir())
        last.unlink()
        write(root, f"en/faq/returns/{slug}", ID)
        commit(root)
    assert found(root) == {"en/faq/returns/refund": ID, "en/faq/returns/one": ID}


def test_the_article_that_stood_there_last_counts(root: Path) -> None:
    old, new = "ru/faq/returns/refund", "ru/faq/returns/new"
    (root / f"{old}.md").rename(root / f"{new}.md")
    write(root, old, OTHER)
    commit(root)
    (root / f"{old}.md").unlink()
    commit(root)
    assert found(root) == {old: OTHER}


def test_files_without_an_id_or_place_are_nobodys(root: Path) -> None:
    write(root, "en/faq/returns/draft", "not-an-id")
    write(root, "en/elsewhere/x/draft", ID)
    (root / "README.md").write_text(f"---\nid: {ID}\n---\n")
    commit(root)
    for path in ("en/faq/returns/draft.md", "en/elsewhere/x/draft.md", "README.md"):
        (root / path).unlink()
    commit(root)
    assert found(root) == {}


def test_history_is_read_once_a_commit(root: Path) -> None:
    cache = FormerCache()
    (root / "ru/faq/returns/refund.md").rename(root / "ru/faq/returns/back.md")
    commit(root)
    first = former_addresses(root, LANGUAGES, cache=cache)
    kept = cache.found
    assert former_addresses(root, LANGUAGES, cache=cache) == first
    assert cache.found is kept


def test_without_git_nothing_is_known(tmp_path: Path) -> None:
    assert former_addresses(tmp_path, LANGUAGES) == {}
