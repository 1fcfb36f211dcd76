"""History, comparison and restoration of an article's versions."""

from __future__ import annotations

import pytest

from kb.drafts import changes, history, placement, publication, review, saves
from kb.drafts.model import DiffLine, Saved, UnknownRevision
from tests.support.repositories import ANNA, ARTICLE, BEN, REFUND, RITA, Workplace, article, git

FIRST = REFUND.replace("First", "1st")


def saved(place: Workplace, text: str, message: str = "") -> str:
    base = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    done = saves.save(place.clone, ARTICLE, text, base=base, author=ANNA, message=message)
    assert isinstance(done, Saved)
    return done.revision


def published(place: Workplace, change_id: str = ARTICLE) -> None:
    revision = changes.opened(place.clone, change_id, author=RITA).revision
    publication.publish(place.clone, change_id, revision=revision, author=RITA)


def test_history_tells_who_saved_what_and_when(place: Workplace) -> None:
    revision = saved(place, FIRST, "Say it shorter")
    review.ask(place.clone, ARTICLE, revision=revision, author=ANNA)
    found = history.versions(place.clone, ARTICLE, author=BEN)
    assert [(one.author, one.message, one.is_published) for one in found] == [
        ("Anna Author", "Say it shorter", False),
        ("Somebody Else", "Begin", True),
    ]
    assert found[0].revision == revision
    assert found[0].path == f"{ARTICLE}.md"
    published(place)
    assert all(one.is_published for one in history.versions(place.clone, ARTICLE, author=BEN))


def test_history_goes_on_through_a_move(place: Workplace) -> None:
    start = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    placement.move(
        place.clone, ARTICLE, section="guides", category="returns", slug="money", revision=start,
        author=ANNA,
    )  # fmt: skip
    published(place)
    moved = "en/guides/returns/money"
    found = history.versions(place.clone, moved, author=BEN)
    assert [one.path for one in found] == [f"{moved}.md", f"{ARTICLE}.md"]
    assert history.text_of_version(place.clone, moved, start, author=BEN) == REFUND


def test_two_versions_are_compared_by_lines(place: Workplace) -> None:
    start = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    revision = saved(place, FIRST)
    found = history.compared(place.clone, ARTICLE, start, revision, author=BEN)
    (hunk,) = found.hunks
    before, removed, added, after = hunk.lines[2:6]
    assert before == DiffLine("same", "", 6, 6)
    assert removed == DiffLine("removed", "First paragraph.", 7, None)
    assert added == DiffLine("added", "1st paragraph.", None, 7)
    assert after.kind == "same"
    assert not found.is_cut


def test_lines_that_look_like_a_comparison_are_words(place: Workplace) -> None:
    start = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    words = "@@ -1,3 +1,9 @@\n--- a\n+++ b\n\\ No newline\n"
    revision = saved(place, REFUND + words)
    found = history.compared(place.clone, ARTICLE, start, revision, author=BEN)
    added = [line.text for hunk in found.hunks for line in hunk.lines if line.kind == "added"]
    assert added == words.splitlines()


def test_a_version_is_restored_as_a_new_commit(place: Workplace) -> None:
    start = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    revision = saved(place, FIRST)
    done = history.restore(place.clone, ARTICLE, start, base=revision, author=BEN)
    assert isinstance(done, Saved)
    assert done.text == REFUND
    newest = history.versions(place.clone, ARTICLE, author=BEN)[0]
    assert (newest.author, newest.revision) == ("Ben Author", done.revision)
    assert newest.message.startswith("Restore ")
    assert git(place.clone.folder, "rev-parse", f"{done.revision}^") == revision


@pytest.mark.parametrize("revision", ["", "main", "--output=/tmp/x", "0" * 40, "HEAD~1"])
def test_only_known_versions_are_shown(place: Workplace, revision: str) -> None:
    with pytest.raises(UnknownRevision):
        history.text_of_version(place.clone, ARTICLE, revision, author=ANNA)


def test_messages_and_names_of_others_break_no_history(place: Workplace) -> None:
    place.push_elsewhere(
        f"articles/{ARTICLE}.md", FIRST, "\x01\x02 odd\n\nM\x7f\n\nOtvet-Path: x\nOtvet-State: y"
    )
    publication.pull(place.clone, author=ANNA)
    found = history.versions(place.clone, ARTICLE, author=ANNA)
    assert [one.author for one in found] == ["Somebody Else", "Somebody Else"]


def test_the_list_shows_articles_and_changes(place: Workplace) -> None:
    saved(place, FIRST.replace("title: Refund", "title: Money back"))
    placement.start(
        place.clone, lang="en", section="guides", category="returns", title="New one", author=ANNA
    )
    found = changes.listed(place.clone, author=ANNA)
    assert [(one.change_id, one.title, one.status, one.change is None) for one in found] == [
        ("en/guides/returns/exchange", "Exchange", "published", True),
        ("en/guides/returns/new-one", "New one", "draft", False),
        (ARTICLE, "Money back", "published", False),
    ]
    assert [one.is_new for one in changes.under_way(place.clone)] == [True, False]


def test_a_file_without_front_matter_is_listed_to_be_mended(place: Workplace) -> None:
    place.push_elsewhere("articles/en/guides/returns/broken.md", "Just words\n")
    publication.pull(place.clone, author=ANNA)
    found = {one.slug: one for one in changes.listed(place.clone, author=ANNA)}
    assert (found["broken"].id, found["broken"].title, found["broken"].status) == ("", "", "")


def test_the_state_of_an_unpublished_id_is_not_told_twice(place: Workplace) -> None:
    place.push_elsewhere("articles/en/guides/returns/a.md", article("n3w4a", "A"))
    publication.pull(place.clone, author=ANNA)
    assert len(changes.listed(place.clone, author=ANNA)) == 3
