"""kb.build.trial.revision: a tree of the past, while the work tree stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.build.trial.revision import NoRevision, checked_out
from tests.support.relevance.repository import commit, git


def repository(root: Path) -> Path:
    """A repository with two commits, whose articles lie in a folder below its root."""
    articles = root / "site" / "articles"
    (articles / "ru").mkdir(parents=True)
    (articles / "ru" / "one.md").write_bytes("первая\r\n".encode())
    (articles / "media").mkdir()
    (articles / "media" / "имя файла.png").write_bytes(b"\0\x89PNG")
    (root / "site" / "secret.txt").write_text("beside")
    commit(root)
    (articles / "ru" / "one.md").write_text("второй", encoding="utf-8")
    (articles / "ru" / "two.md").write_text("two", encoding="utf-8")
    commit(root)
    return articles


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_revision_is_written_as_it_was(tmp_path: Path) -> None:
    articles = repository(tmp_path)
    with checked_out(articles, "HEAD~1") as tree:
        assert files(tree.folder) == {
            "ru/one.md": "первая\r\n".encode(),
            "media/имя файла.png": b"\0\x89PNG",
        }
        assert tree.commit == git(tmp_path, "rev-parse", "HEAD~1").strip()
    assert not tree.folder.exists()


def test_the_work_tree_and_its_index_are_left_alone(tmp_path: Path) -> None:
    articles = repository(tmp_path)
    (articles / "ru" / "two.md").write_text("changed", encoding="utf-8")
    (articles / "ru" / "three.md").write_text("new", encoding="utf-8")
    git(tmp_path, "add", "site/articles/ru/two.md")
    before = (files(tmp_path), git(tmp_path, "status", "--porcelain"))
    with checked_out(articles, "HEAD~1"):
        pass
    assert (files(tmp_path), git(tmp_path, "status", "--porcelain")) == before


def test_filters_of_the_repository_do_not_run(tmp_path: Path) -> None:
    articles = repository(tmp_path)
    (articles / ".gitattributes").write_text("*.md filter=evil\n")
    commit(tmp_path)
    git(tmp_path, "config", "filter.evil.smudge", f"touch {tmp_path / 'ran'}; cat")
    with checked_out(articles, "HEAD") as tree:
        assert (tree.folder / "ru" / "two.md").read_text() == "two"
    assert not (tmp_path / "ran").exists()


def test_links_are_not_followed_nor_made(tmp_path: Path) -> None:
    articles = repository(tmp_path)
    (articles / "ru" / "link.md").symlink_to("/etc/passwd")
    commit(tmp_path)
    with checked_out(articles, "HEAD") as tree:
        assert not (tree.folder / "ru" / "link.md").is_symlink()
        assert "ru/link.md" not in files(tree.folder)


@pytest.mark.parametrize("revision", ["nothing", "HEAD~9", "--help", "", "HEAD:site", "\x00"])
def test_a_revision_that_is_not_there_is_named(tmp_path: Path, revision: str) -> None:
    articles = repository(tmp_path)
    with pytest.raises(NoRevision), checked_out(articles, revision):
        pass


def test_a_folder_without_git_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoRevision, match="not in a checkout of git"), checked_out(tmp_path, "HEAD"):
        pass


def test_a_revision_without_the_folder_is_named(tmp_path: Path) -> None:
    articles = repository(tmp_path)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "one.md").write_text("later")
    commit(tmp_path)
    assert files(articles)
    with pytest.raises(NoRevision, match="is not in"), checked_out(tmp_path / "later", "HEAD~1"):
        pass
