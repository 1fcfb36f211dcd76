"""kb.content.git_history: dates come from commits; without history the answer is empty."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.content.git_history import MOST_CHANGES, DateCache, change_dates
from kb.content.library import load

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


def test_each_file_has_the_dates_of_its_commits_newest_first(folder: Path) -> None:
    assert change_dates(folder) == {"a.md": (FIRST,), "сроки и цены.md": (SECOND, FIRST)}


def test_of_a_long_history_the_latest_dates_are_kept(folder: Path) -> None:
    dates = [SECOND + timedelta(days=number) for number in range(1, MOST_CHANGES + 3)]
    for date in dates:
        (folder / "a.md").write_text(date.isoformat())
        git(folder, "commit", "-qam", "again", at=date)
    assert change_dates(folder)["a.md"] == tuple(reversed(dates))[:MOST_CHANGES]


def test_each_file_has_the_date_of_its_first_commit(folder: Path) -> None:
    cache = DateCache()
    (folder / "later.md").write_text("d")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "three", at=SECOND)
    change_dates(folder, cache=cache)
    assert cache.first == {"a.md": FIRST, "сроки и цены.md": FIRST, "later.md": SECOND}


def test_changed_staged_and_untracked_files_have_no_date(folder: Path) -> None:
    (folder / "a.md").write_text("changed")
    (folder / "new.md").write_text("new")
    (folder / "сроки и цены.md").write_text("staged")
    git(folder, "add", "сроки и цены.md")
    assert change_dates(folder) == {}


def test_the_log_is_read_once_a_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = DateCache()
    change_dates(folder, cache=cache)
    cache.dates = {"a.md": (SECOND,)}  # what a second reading of the log would undo
    assert change_dates(folder, cache=cache) == {"a.md": (SECOND,)}
    (folder / "b.md").write_text("b")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "three", at=SECOND)
    assert change_dates(folder, cache=cache)["a.md"] == (FIRST,)


def test_a_shallow_clone_knows_no_date_that_came_before_its_edge(
    folder: Path, tmp_path: Path
) -> None:
    source = f"file://{folder.parent}"
    git(tmp_path, "clone", "-q", "--depth", "1", source, "clone")
    clone, cache = tmp_path / "clone" / "articles", DateCache()
    assert change_dates(clone, cache=cache) == {}
    assert (cache.is_shallow, cache.first) == (True, {})
    assert cache.undated == {"a.md", "сроки и цены.md"}
    (clone / "a.md").write_text("later")
    assert change_dates(clone, cache=cache) == {}
    assert cache.undated == {"сроки и цены.md"}
    third = SECOND + timedelta(days=1)
    git(clone, "commit", "-qam", "three", at=third)
    assert change_dates(clone, cache=cache) == {"a.md": (third,)}
    assert cache.undated == {"сроки и цены.md"}
    assert cache.first == {}


def test_no_checkout_no_commit_no_git_no_folder_give_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change_dates(tmp_path) == {}
    git(tmp_path, "init", "-q")
    assert change_dates(tmp_path) == {}
    assert change_dates(tmp_path / "nowhere") == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert change_dates(tmp_path) == {}


def test_settings_of_a_hook_do_not_mislead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert change_dates(folder)["a.md"] == (FIRST,)


def test_articles_of_a_shallow_clone_have_no_date_and_one_remark(
    folder: Path, tmp_path: Path
) -> None:
    place = folder / "en/faq/pay"
    place.mkdir(parents=True)
    (folder / "categories.yml").write_text(
        "faq:\n  pay: {icon: x, title: {en: b}, description: {en: b}}\n"
    )
    for name, article_id, more in (("a", "k2m7p", ""), ("b", "b6h3r", "updated: 2026-01-02\n")):
        text = f"---\nid: {article_id}\ntitle: T\nsummary: S\n{more}---\n"
        (place / f"{name}.md").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "articles", at=SECOND)
    whole = load(folder, languages=("en",))
    assert [it.updated_at for it in whole.articles] == [SECOND, datetime(2026, 1, 2, tzinfo=UTC)]
    assert whole.remarks == ()
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{folder.parent}", "clone")
    library = load(tmp_path / "clone" / "articles", languages=("en",))
    assert [it.updated_at for it in library.articles] == [None, datetime(2026, 1, 2, tzinfo=UTC)]
    assert [it.created_at for it in library.articles] == [None, None]
    (remark,) = library.remarks
    assert (remark.path, remark.kind) == ("en/faq/pay/a.md", "shallow-history")


def test_an_edit_after_the_commit_that_wrote_updated_counts(tmp_path: Path) -> None:
    root = tmp_path / "articles"
    path = root / "en/guides/pay/cash.md"
    path.parent.mkdir(parents=True)
    (root / "categories.yml").write_text(
        "guides:\n  pay:\n    title: {en: Pay}\n    description: {en: How to pay.}\n"
    )

    def shown(text: str, *, at: datetime | None) -> str:
        path.write_text(f"---\nid: k2m7p\ntitle: Cash\nsummary: By cash.\n{text}\n")
        if at:
            git(tmp_path, "add", ".")
            git(tmp_path, "commit", "-qm", "edit", at=at)
        found = load(root, languages=("en",)).articles[0].updated_at
        return found.date().isoformat() if found else ""

    git(tmp_path, "init", "-q")
    third = SECOND + timedelta(days=1)
    assert shown("updated: 2023-01-01\n---\nOne.", at=FIRST) == "2023-01-01"
    assert shown("updated: 2023-01-01\n---\nTwo.", at=SECOND) == "2025-06-01"
    assert shown("updated: 2024-01-01\n---\nThree.", at=third) == "2024-01-01"
    assert shown("updated: 2024-01-01\n---\nFour.", at=None) == "2024-01-01"
