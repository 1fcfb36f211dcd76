"""Saving: commits in the author's name, merges, conflicts, and nothing replaced unseen."""

from __future__ import annotations

import pytest

from kb.accounts.roles import NotAllowed
from kb.drafts import changes, saves
from kb.drafts.model import (
    Author,
    BadPlace,
    BadText,
    Conflict,
    NoSuchArticle,
    OpenArticle,
    Saved,
    UnknownRevision,
)
from tests.support.repositories import ANNA, ARTICLE, BEN, LENA, REFUND, Workplace, git


def opened(place: Workplace, change_id: str = ARTICLE) -> OpenArticle:
    return changes.opened(place.clone, change_id, author=LENA)


def saved(place: Workplace, text: str, base: str, author: Author = ANNA) -> Saved:
    done = saves.save(place.clone, ARTICLE, text, base=base, author=author)
    assert isinstance(done, Saved)
    return done


def test_a_save_is_a_commit_of_its_author_and_of_otvet(place: Workplace) -> None:
    start = opened(place)
    done = saved(place, REFUND.replace("First", "1st"), start.revision)
    shown = git(place.clone.folder, "log", "-1", "--format=%an|%ae|%cn|%ce", done.revision)
    assert shown == "Anna Author|anna@example.com|Otvet|otvet@example.com"
    assert git(place.clone.folder, "rev-parse", f"{done.revision}^") == start.revision


def test_a_save_leaves_the_work_tree_and_the_branch_alone(place: Workplace) -> None:
    start = opened(place)
    saved(place, REFUND.replace("First", "1st"), start.revision)
    assert place.is_clean()
    assert git(place.clone.folder, "rev-parse", "main") == start.revision


def test_what_was_saved_is_opened_again(place: Workplace) -> None:
    text = REFUND.replace("First", "1st")
    done = saved(place, text, opened(place).revision)
    again = opened(place)
    assert (again.text, again.revision, again.state) == (text, done.revision, "draft")
    assert (again.author, again.is_new) == ("Anna Author", False)


def test_saving_the_same_again_makes_no_commit(place: Workplace) -> None:
    start = opened(place)
    assert saved(place, REFUND, start.revision).is_unchanged
    assert opened(place).state == "published"


def test_two_who_change_other_lines_are_merged_and_told(place: Workplace) -> None:
    start = opened(place)
    saved(place, REFUND.replace("First", "1st"), start.revision)
    second = saved(place, REFUND.replace("Third", "3rd"), start.revision, BEN)
    assert second.is_merged
    assert second.text == REFUND.replace("First", "1st").replace("Third", "3rd")
    assert opened(place).text == second.text


def test_two_who_change_the_same_line_must_settle_it(place: Workplace) -> None:
    start = opened(place)
    first = saved(place, REFUND.replace("First", "1st"), start.revision)
    yours = REFUND.replace("First", "Foremost").replace("Third", "3rd")
    found = saves.save(place.clone, ARTICLE, yours, base=start.revision, author=BEN)
    assert isinstance(found, Conflict)
    assert (found.base, found.yours, found.revision) == (REFUND, yours, first.revision)
    assert found.theirs == REFUND.replace("First", "1st")
    assert found.author == "Anna Author"
    part = next(part for part in found.parts if part.is_conflict)
    assert (part.yours, part.theirs) == ("Foremost paragraph.\n", "1st paragraph.\n")
    assert "<<<<<<< yours\nForemost paragraph.\n=======\n1st paragraph.\n>>>>>>> theirs\n" in (
        found.marked
    )
    assert opened(place).text == found.theirs


def test_a_settled_conflict_is_saved_upon_the_others_words(place: Workplace) -> None:
    start = opened(place)
    saved(place, REFUND.replace("First", "1st"), start.revision)
    found = saves.save(
        place.clone, ARTICLE, REFUND.replace("First", "Foremost"), base=start.revision, author=BEN
    )
    assert isinstance(found, Conflict)
    done = saved(place, REFUND.replace("First", "Both"), found.revision, BEN)
    assert opened(place).text == done.text == REFUND.replace("First", "Both")


def test_lines_that_look_like_marks_are_words(place: Workplace) -> None:
    start = opened(place)
    words = "<<<<<<< yours\n=======\n>>>>>>> theirs\n<<<<<<<<<<<< yours\n"
    saved(place, REFUND.replace("First", "1st") + words, start.revision)
    done = saved(place, REFUND.replace("Second", "2nd"), start.revision, BEN)
    assert done.text.endswith(words)
    assert "2nd" in done.text


@pytest.mark.parametrize("text", ["\u2028a\x0b\x0cb\n\x85c\n", "a\r\nb\rc", "\ufeffdeep", ""])
def test_texts_are_kept_as_they_are_but_for_line_ends(place: Workplace, text: str) -> None:
    saved(place, text, opened(place).revision)
    assert opened(place).text == saves.clean_text(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 1_000_001])
def test_what_no_file_can_hold_is_refused(place: Workplace, text: str) -> None:
    with pytest.raises(BadText):
        saves.save(place.clone, ARTICLE, text, base=opened(place).revision, author=ANNA)


@pytest.mark.parametrize("base", ["", "main", "HEAD", "0" * 40, "--help", "a" * 39, "refs/heads/x"])
def test_a_save_must_name_a_revision_that_is_known(place: Workplace, base: str) -> None:
    with pytest.raises(UnknownRevision):
        saves.save(place.clone, ARTICLE, "x", base=base, author=ANNA)


def test_a_commit_of_another_branch_is_no_revision(place: Workplace) -> None:
    git(place.clone.folder, "checkout", "-q", "-b", "side")
    git(place.clone.folder, "commit", "-q", "--allow-empty", "-m", "Side")
    stray = git(place.clone.folder, "rev-parse", "HEAD")
    git(place.clone.folder, "checkout", "-q", "main")
    with pytest.raises(UnknownRevision):
        saves.save(place.clone, ARTICLE, "x", base=stray, author=ANNA)


@pytest.mark.parametrize(
    "change_id",
    ["../../etc/passwd", "en/guides/returns/../x", "en/guides/returns", "de/guides/returns/x",
     "en/guides/returns/x.md", "en/guides/returns/-x", "en/guides/returns/x\0", "", "/", "en//a/b",
     "en/guides/returns/x.lock", "en/guides/returns/x~1", "en/guides/returns/@{0}"],
)  # fmt: skip
def test_only_places_of_articles_can_be_saved(place: Workplace, change_id: str) -> None:
    with pytest.raises(BadPlace):
        saves.save(place.clone, change_id, "x", base=opened(place).revision, author=ANNA)


def test_an_article_that_is_not_there_is_not_made_by_saving(place: Workplace) -> None:
    with pytest.raises(NoSuchArticle):
        saves.save(
            place.clone, "en/guides/returns/nowhere", "x", base=opened(place).revision, author=ANNA
        )


def test_a_link_in_the_repository_is_no_article(place: Workplace) -> None:
    link = place.other / "articles/en/guides/returns/passwords.md"
    link.symlink_to("/etc/passwd")
    place.push_elsewhere("articles/note.txt", "x")
    git(place.clone.folder, "pull", "-q")
    with pytest.raises(NoSuchArticle):
        opened(place, "en/guides/returns/passwords")


def test_an_agent_saves_nothing(place: Workplace) -> None:
    agent = Author("Agent", "agent@example.com", "agent")
    with pytest.raises(NotAllowed):
        saves.save(place.clone, ARTICLE, "x", base="", author=agent)


@pytest.mark.parametrize("name", ["<>", "a\nb", ".", "A <root@example.com>", "\u202eevil", "é ы"])
def test_a_name_that_git_cannot_write_saves_all_the_same(place: Workplace, name: str) -> None:
    start = opened(place)
    done = saved(place, "x", start.revision, Author(name, "anna@example.com", "author"))
    lines = git(place.clone.folder, "cat-file", "commit", done.revision).split("\n")
    assert [line.partition(" ")[0] for line in lines[:4]] == [
        "tree", "parent", "author", "committer",
    ]  # fmt: skip
    assert " <anna@example.com> " in lines[2]


def test_a_message_of_an_author_cannot_pass_for_ours(place: Workplace) -> None:
    start = opened(place)
    saves.save(
        place.clone,
        ARTICLE,
        "x",
        base=start.revision,
        author=ANNA,
        message="x\n\nOtvet-Path: en/faq/a/b.md\nOtvet-State: review",
    )
    again = opened(place)
    assert (again.path, again.state) == (f"{ARTICLE}.md", "draft")
