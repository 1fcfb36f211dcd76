"""The clone at work: its work tree, locks, hooks and people who work in it by hand."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kb.config import Config
from kb.content.library import load
from kb.drafts import changes, publication, saves
from kb.drafts.model import (
    CloneBusy,
    Saved,
)
from kb.drafts.repository.checkout import EditedByHand
from kb.drafts.repository.clone import open_clone
from tests.support.repositories import (
    ANNA,
    ARTICLE,
    REFUND,
    RITA,
    Workplace,
    git,
)
from tests.support.repositories.published import PATH, on_disk, published, saved


def test_files_edited_by_hand_are_not_written_over(place: Workplace) -> None:
    (place.clone.folder / PATH).write_text("by hand", encoding="utf-8")
    with pytest.raises(EditedByHand, match="by hand"):
        published(place, REFUND.replace("First", "1st"))
    assert on_disk(place) == "by hand"
    assert changes.opened(place.clone, ARTICLE, author=ANNA).state == "draft"


def test_other_files_edited_by_hand_hinder_nothing(place: Workplace) -> None:
    (place.clone.folder / "README.md").write_text("by hand", encoding="utf-8")
    text = REFUND.replace("First", "1st")
    assert published(place, text).push.state == "pushed"
    assert on_disk(place) == text
    assert (place.clone.folder / "README.md").read_text("utf-8") == "by hand"


def test_commits_made_by_hand_in_the_clone_go_along(place: Workplace) -> None:
    (place.clone.folder / "README.md").write_text("by hand", encoding="utf-8")
    git(place.clone.folder, "commit", "-q", "-a", "-m", "By hand")
    assert published(place, REFUND.replace("First", "1st")).push.state == "pushed"
    assert place.remote_text("README.md") == "by hand"
    assert place.is_clean()


def test_a_step_that_was_interrupted_is_finished_by_the_next(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb.drafts.repository import checkout

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        (place.clone.folder / PATH).write_text("half", encoding="utf-8")
        raise Killed

    text = REFUND.replace("First", "1st")
    publication.pull(place.clone, author=ANNA)
    with monkeypatch.context() as patch:
        patch.setattr(checkout, "_write", killed)
        with pytest.raises(Killed):
            published(place, text)
    assert publication.push(place.clone, author=RITA).state == "pushed"
    assert on_disk(place) == text
    assert place.is_clean()


def test_credentials_of_the_remote_are_not_shown(place: Workplace) -> None:
    url = "http://user:hunter2@127.0.0.1:9/x.git"
    git(place.clone.folder, "remote", "set-url", "origin", url)
    done = published(place, REFUND.replace("First", "1st"))
    assert done.push.state == "unreachable"
    assert "127.0.0.1" in done.push.detail
    assert "hunter2" not in done.push.detail


def test_hooks_of_the_clone_do_not_run(place: Workplace) -> None:
    hooks = place.clone.folder / ".git" / "hooks"
    ran = place.clone.folder.parent / "ran"
    for name in ("reference-transaction", "pre-push", "post-checkout", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    published(place, REFUND.replace("First", "1st"))
    assert not ran.exists()


def test_a_repository_may_be_the_folder_of_articles_itself(place: Workplace) -> None:
    for path in ("en", "categories.yml"):
        git(place.other, "mv", f"articles/{path}", path)
    git(place.other, "commit", "-q", "-m", "Articles alone")
    git(place.other, "push", "-q", "origin", "main")
    clone = replace(place.clone, prefix="")
    git(clone.folder, "pull", "-q")
    text = REFUND.replace("First", "1st")
    base = changes.opened(clone, ARTICLE, author=ANNA).revision
    done = saves.save(clone, ARTICLE, text, base=base, author=ANNA)
    assert isinstance(done, Saved)
    publication.publish(clone, ARTICLE, revision=done.revision, author=RITA)
    assert (clone.folder / f"{ARTICLE}.md").read_text("utf-8") == text
    assert place.is_clean()


def test_only_what_is_published_is_read_by_builds(place: Workplace, tmp_path: Path) -> None:
    articles = place.clone.folder / "articles"
    config = Config(
        articles_dir=articles,
        content_repository=str(place.clone.folder),
        data_dir=tmp_path / "var",
        encoder="none",
        languages=("en", "ru"),
    )
    assert open_clone(config) == replace(place.clone, committer="otvet@localhost")
    saved(place, REFUND.replace("title: Refund", "title: Not yet"))
    assert titles(config) == {"Refund", "Exchange"}
    published(place, REFUND.replace("title: Refund", "title: Money back"))
    assert titles(config) == {"Money back", "Exchange"}


def titles(config: Config) -> set[str]:
    found = load(config.articles_dir, languages=config.languages)
    return {article.title for article in found.articles}


@pytest.mark.parametrize(
    "lock", ["HEAD", "packed-refs", "refs/heads/main", f"refs/otvet/changes/{ARTICLE}"]
)
def test_locks_that_a_killed_git_has_left_hinder_nothing(place: Workplace, lock: str) -> None:
    path = place.clone.folder / ".git" / f"{lock}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (1, 1))
    assert published(place, REFUND.replace("First", "1st")).push.state == "pushed"
    assert place.is_clean()


def test_somebodys_git_at_work_is_waited_for(place: Workplace) -> None:
    lock = place.clone.folder / ".git" / "index.lock"
    lock.touch()
    with pytest.raises(CloneBusy):
        published(place, REFUND.replace("First", "1st"))
    assert on_disk(place) == REFUND
    lock.unlink()
    revision = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    assert place.is_clean()


def test_line_ends_of_the_work_tree_are_the_repositorys_choice(place: Workplace) -> None:
    place.push_elsewhere(".gitattributes", "*.md text eol=crlf\n")
    for word in ("1st", "Foremost"):
        text = REFUND.replace("First", word)
        assert published(place, text).push.state == "pushed"
        data = (place.clone.folder / PATH).read_bytes()
        assert data == text.replace("\n", "\r\n").encode()
        assert place.is_clean()
