"""The line of `kb doctor` on the clone that the editor commits to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.cli.doctor.clone_check import check_clone
from kb.cli.doctor.model import Finding
from kb.config import Config
from kb.drafts import changes, publication, saves
from kb.drafts.model import Saved
from tests.support.repositories import ANNA, ARTICLE, RITA, Workplace, git, workplace


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return workplace(tmp_path)


def found(place: Workplace, articles: str = "articles") -> list[Finding]:
    folder = place.clone.folder
    config = Config(content_repository=str(folder), articles_dir=folder / articles)
    return list(check_clone(config))


def test_a_clone_that_works_is_good_and_left_as_it_was(place: Workplace) -> None:
    before = sorted(path for path in place.clone.folder.rglob("*"))
    first, last = found(place)
    assert "publishes main" in first.text
    assert last.text == "origin takes what is published"
    assert all(one.is_good and not one.remedy for one in (first, last))
    assert sorted(path for path in place.clone.folder.rglob("*")) == before


def test_without_the_setting_there_is_no_editor() -> None:
    (only,) = check_clone(Config())
    assert only.is_good
    assert "KB_CONTENT_REPOSITORY" in only.text


def test_files_edited_by_hand_are_named(place: Workplace) -> None:
    (place.clone.folder / "README.md").write_text("by hand", encoding="utf-8")
    assert any("edited by hand: README.md" in one.text and one.remedy for one in found(place))


def test_a_remote_that_is_away_is_bad(place: Workplace) -> None:
    place.remote.rename(place.remote.with_name("away"))
    last = found(place)[-1]
    assert not last.is_good
    assert "takes nothing" in last.text
    assert "\n" not in last.text


def test_what_waits_is_counted(place: Workplace) -> None:
    place.refuse_pushes()
    base = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    text = "---\nid: k2m7p\ntitle: A\nsummary: B\n---\n"
    done = saves.save(place.clone, ARTICLE, text, base=base, author=ANNA)
    assert isinstance(done, Saved)
    publication.publish(place.clone, ARTICLE, revision=done.revision, author=RITA)
    assert "lacks 1 publication made here" in found(place)[-1].text


def test_a_remote_that_is_ahead_is_no_fault(place: Workplace) -> None:
    place.push_elsewhere("README.md", "newer")
    assert found(place)[-1].is_good


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: (folder / ".git").rename(folder / "git"), "is no clone"),
        (lambda folder: git(folder, "checkout", "-q", "--detach"), "on no branch"),
        (lambda folder: git(folder, "checkout", "-q", "--orphan", "new"), "no commit yet"),
        (lambda folder: (folder / ".git/config").chmod(0o666), "written by everybody"),
    ],
)
def test_a_clone_that_cannot_be_used_is_bad(
    place: Workplace, make: Callable[[Path], object], words: str
) -> None:
    make(place.clone.folder)
    last = found(place)[-1]
    assert not last.is_good
    assert words in last.text
    assert last.remedy


def test_articles_elsewhere_are_bad(place: Workplace) -> None:
    (last,) = found(place, "../elsewhere")
    assert not last.is_good
    assert "KB_ARTICLES_DIR" in last.text
