"""kb.gitdates: dates come from commits; without history the answer is empty."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.gitdates import DateCache, updated_dates

FIRST = datetime(2024, 3, 1, tzinfo=UTC)
SECOND = datetime(2025, 6, 1, tzinfo=UTC)


def git(folder: Path, *arguments: str, at: datetime = FIRST) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    date = at.isoformat()
    subprocess.run(
        ("git", *settings, *arguments),
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout whose folder of articles has two files, the second changed later."""
    articles = tmp_path / "shop" / "articles"
    articles.mkdir(parents=True)
    git(tmp_path / "shop", "init", "-q")
    (articles / "a.md").write_text("a")
    (articles / "сроки и цены.md").write_text("b")
    git(tmp_path / "shop", "add", ".")
    git(tmp_path / "shop", "commit", "-qm", "one")
    (articles / "сроки и цены.md").write_text("c")
    git(tmp_path / "shop", "commit", "-qam", "two", at=SECOND)
    return articles


def test_each_file_has_the_date_of_its_last_commit(folder: Path) -> None:
    assert updated_dates(folder) == {"a.md": FIRST, "сроки и цены.md": SECOND}


def test_changed_staged_and_untracked_files_have_no_date(folder: Path) -> None:
    (folder / "a.md").write_text("changed")
    (folder / "new.md").write_text("new")
    (folder / "сроки и цены.md").write_text("staged")
    git(folder, "add", "сроки и цены.md")
    assert updated_dates(folder) == {}


def test_the_log_is_read_once_a_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = DateCache()
    updated_dates(folder, cache=cache)
    cache.dates = {"a.md": SECOND}  # what a second reading of the log would undo
    assert updated_dates(folder, cache=cache) == {"a.md": SECOND}
    (folder / "b.md").write_text("b")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "three", at=SECOND)
    assert updated_dates(folder, cache=cache)["a.md"] == FIRST


def test_a_shallow_clone_gives_dates(folder: Path, tmp_path: Path) -> None:
    source = f"file://{folder.parent}"
    git(tmp_path, "clone", "-q", "--depth", "1", source, "clone")
    dates = updated_dates(tmp_path / "clone" / "articles")
    assert dates == {"a.md": SECOND, "сроки и цены.md": SECOND}


def test_no_checkout_no_commit_no_git_no_folder_give_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert updated_dates(tmp_path) == {}
    git(tmp_path, "init", "-q")
    assert updated_dates(tmp_path) == {}
    assert updated_dates(tmp_path / "nowhere") == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert updated_dates(tmp_path) == {}


def test_settings_of_a_hook_do_not_mislead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert updated_dates(folder)["a.md"] == FIRST
