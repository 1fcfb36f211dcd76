"""Publication against a real remote: merged, pushed, refused, overtaken, gone, and tried again."""

from __future__ import annotations

import shutil

import pytest

from kb.drafts import changes, publication, review, saves
from kb.drafts.model import (
    Conflict,
    Moved,
    MustSettle,
    NothingToDo,
    Saved,
    Unfit,
)
from tests.support.repositories import (
    ANNA,
    ARTICLE,
    OTHER,
    REFUND,
    RITA,
    Workplace,
    article,
    git,
)
from tests.support.repositories.published import PATH, on_disk, published, saved


def test_a_publication_reaches_readers_and_the_remote(place: Workplace) -> None:
    text = REFUND.replace("First", "1st")
    done = published(place, text)
    assert done.push.state == "pushed"
    assert done.push.waiting == 0
    assert on_disk(place) == text
    assert place.remote_text(PATH) + "\n" == text
    assert place.is_clean()
    assert changes.opened(place.clone, ARTICLE, author=ANNA).state == "published"


def test_saves_keep_their_authors_and_the_merge_names_who_published(place: Workplace) -> None:
    published(place, REFUND.replace("First", "1st"))
    lines = git(place.remote, "log", "--format=%an: %s", "main").split("\n")
    assert lines[0] == f"Rita Reviewer: Publish {ARTICLE}.md"
    assert set(lines[1:]) == {f"Anna Author: Change text: {ARTICLE}.md", "Somebody Else: Begin"}


def test_what_others_pushed_is_pulled_first(place: Workplace) -> None:
    place.push_elsewhere("articles/en/guides/returns/new.md", article("n3w4a", "New"))
    done = published(place, REFUND.replace("First", "1st"))
    assert done.push.state == "pushed"
    assert on_disk(place, "en/guides/returns/new") == article("n3w4a", "New")
    assert place.is_clean()


def test_others_words_in_other_lines_are_merged(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    place.push_elsewhere(PATH, REFUND.replace("Third", "3rd"))
    publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    both = REFUND.replace("First", "1st").replace("Third", "3rd")
    assert on_disk(place) == both == place.remote_text(PATH) + "\n"


def test_others_words_in_the_same_line_must_be_settled_first(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    theirs = REFUND.replace("First", "Foremost")
    place.push_elsewhere(PATH, theirs)
    with pytest.raises(MustSettle) as found:
        publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    conflict = found.value.conflict
    assert (conflict.theirs, conflict.author) == (theirs, "Somebody Else")
    assert on_disk(place) == theirs
    both = REFUND.replace("First", "Very first")
    done = saves.save(
        place.clone,
        ARTICLE,
        both,
        base=conflict.revision,
        settles=conflict.settles,
        author=ANNA,
    )
    assert isinstance(done, Saved)
    pushed = publication.publish(place.clone, ARTICLE, revision=done.revision, author=RITA)
    assert pushed.push.state == "pushed"
    assert on_disk(place) == both == place.remote_text(PATH) + "\n"


def test_a_settlement_keeps_what_else_was_published(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    place.push_elsewhere(PATH, REFUND.replace("First", "Foremost"))
    place.push_elsewhere("articles/en/guides/returns/new.md", article("n3w4a", "New"))
    with pytest.raises(MustSettle) as found:
        publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    conflict = found.value.conflict
    text = REFUND.replace("First", "Very first")
    done = saves.save(
        place.clone, ARTICLE, text, base=conflict.revision, settles=conflict.settles, author=ANNA
    )
    assert isinstance(done, Saved)
    publication.publish(place.clone, ARTICLE, revision=done.revision, author=RITA)
    assert on_disk(place, "en/guides/returns/new") == article("n3w4a", "New")
    assert on_disk(place) == text


def test_a_refused_push_is_told_kept_and_sent_again(place: Workplace) -> None:
    hook = place.refuse_pushes()
    text = REFUND.replace("First", "1st")
    done = published(place, text)
    assert (done.push.state, done.push.waiting) == ("refused", 1)
    assert "not on Fridays" in done.push.detail
    assert on_disk(place) == text
    kept = publication.push_status(place.clone)
    assert (kept.state, kept.waiting, kept.detail) == ("refused", 1, done.push.detail)
    hook.unlink()
    assert publication.push(place.clone, author=RITA).state == "pushed"
    assert place.remote_text(PATH) + "\n" == text
    assert publication.push_status(place.clone).waiting == 0


def test_publications_that_wait_are_counted_not_their_saves(place: Workplace) -> None:
    hook = place.refuse_pushes()
    for number, text in enumerate(["1st", "Very first", "At first"], start=1):
        saved(place, REFUND.replace("First", f"{text} draft"))
        assert published(place, REFUND.replace("First", text)).push.waiting == number
    hook.unlink()
    place.push_elsewhere(PATH, REFUND.replace("Third", "3rd"))
    publication.pull(place.clone, author=RITA)
    assert publication.push_status(place.clone).waiting == 3
    assert publication.push(place.clone, author=RITA).waiting == 0
    assert "At first" in place.remote_text(PATH)
    assert "3rd" in place.remote_text(PATH)


def test_the_next_publication_sends_what_waits(place: Workplace) -> None:
    hook = place.refuse_pushes()
    published(place, REFUND.replace("First", "1st"))
    hook.unlink()
    text = article("b2x7n", "Exchange", "Changed.")
    assert published(place, text, OTHER).push.state == "pushed"
    assert "1st" in place.remote_text(PATH)


def test_a_remote_that_is_gone_hinders_no_publication(place: Workplace) -> None:
    away = place.remote.with_name("away.git")
    place.remote.rename(away)
    text = REFUND.replace("First", "1st")
    done = published(place, text)
    assert (done.push.state, done.push.waiting) == ("unreachable", 1)
    assert done.push.detail
    assert on_disk(place) == text
    away.rename(place.remote)
    assert publication.push(place.clone, author=RITA).state == "pushed"


def test_what_waits_is_joined_with_what_others_pushed(place: Workplace) -> None:
    hook = place.refuse_pushes()
    published(place, REFUND.replace("First", "1st"))
    hook.unlink()
    place.push_elsewhere(PATH, REFUND.replace("Third", "3rd"))
    assert publication.push(place.clone, author=RITA).state == "pushed"
    both = REFUND.replace("First", "1st").replace("Third", "3rd")
    assert on_disk(place) == both == place.remote_text(PATH) + "\n"
    assert place.is_clean()


def test_what_waits_and_is_contradicted_becomes_a_change_again(place: Workplace) -> None:
    hook = place.refuse_pushes()
    ours = REFUND.replace("First", "1st")
    published(place, ours)
    hook.unlink()
    theirs = REFUND.replace("First", "Foremost")
    place.push_elsewhere(PATH, theirs)
    done = published(place, article("b2x7n", "Exchange", "Changed."), OTHER)
    assert (done.reopened, done.push.state) == ((ARTICLE,), "pushed")
    assert on_disk(place) == theirs == place.remote_text(PATH) + "\n"
    again = changes.opened(place.clone, ARTICLE, author=ANNA)
    assert (again.text, again.state) == (ours, "draft")
    with pytest.raises(MustSettle) as found:
        publication.publish(place.clone, ARTICLE, revision=again.revision, author=RITA)
    assert (found.value.conflict.yours, found.value.conflict.theirs) == (ours, theirs)


def test_a_change_begun_on_what_is_contradicted_keeps_its_words(place: Workplace) -> None:
    hook = place.refuse_pushes()
    published(place, REFUND.replace("First", "1st"))
    newer = REFUND.replace("First", "1st").replace("Third", "3rd")
    saved(place, newer)
    hook.unlink()
    place.push_elsewhere(PATH, REFUND.replace("First", "Foremost"))
    published(place, article("b2x7n", "Exchange", "Changed."), OTHER)
    assert changes.opened(place.clone, ARTICLE, author=ANNA).text == newer


def test_a_remote_whose_history_was_rewritten_gets_nothing_back(place: Workplace) -> None:
    published(place, REFUND.replace("First", "A secret"))
    git(place.other, "reset", "-q", "--hard", "origin/main")
    git(place.other, "commit", "-q", "--amend", "-m", "Cleaned", "--allow-empty")
    git(place.other, "push", "-q", "--force", "origin", "main")
    done = published(place, article("b2x7n", "Exchange", "Changed."), OTHER)
    assert done.push.state == "refused"
    assert "rewritten" in done.push.detail
    assert "secret" not in git(place.remote, "log", "-p", "main")
    git(place.clone.folder, "fetch", "-q")
    git(place.clone.folder, "reset", "-q", "--hard", "origin/main")
    assert publication.push(place.clone, author=RITA).state == "pushed"


def test_only_what_was_looked_at_is_published(place: Workplace) -> None:
    seen = saved(place, REFUND.replace("First", "1st"))
    saved(place, REFUND.replace("First", "Unseen"))
    with pytest.raises(Moved):
        publication.publish(place.clone, ARTICLE, revision=seen, author=RITA)
    assert on_disk(place) == REFUND


def test_an_article_without_a_change_has_nothing_to_publish(place: Workplace) -> None:
    start = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    with pytest.raises(NothingToDo):
        publication.publish(place.clone, ARTICLE, revision=start, author=RITA)


def test_an_article_that_readers_could_not_see_is_not_published(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("title: Refund", "title: [unclosed"))
    with pytest.raises(Unfit) as found:
        publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    assert found.value.problems[0].path == f"{ARTICLE}.md"
    assert on_disk(place) == REFUND


def test_a_clone_without_a_remote_publishes(place: Workplace) -> None:
    git(place.clone.folder, "remote", "remove", "origin")
    text = REFUND.replace("First", "1st")
    done = published(place, text)
    assert (done.push.state, done.push.waiting) == ("no_remote", 0)
    assert on_disk(place) == text


def test_an_empty_remote_is_filled(place: Workplace) -> None:
    shutil.rmtree(place.remote)
    git(place.clone.folder, "init", "-q", "--bare", "-b", "main", str(place.remote))
    assert published(place, REFUND.replace("First", "1st")).push.state == "pushed"
    assert "1st" in place.remote_text(PATH)


def test_a_pull_takes_over_what_others_pushed(place: Workplace) -> None:
    theirs = REFUND.replace("Third", "3rd")
    place.push_elsewhere(PATH, theirs)
    assert publication.pull(place.clone, author=ANNA) == ""
    assert on_disk(place) == theirs
    assert place.is_clean()


def test_an_article_moved_elsewhere_is_followed(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    place.push_elsewhere("articles/en/guides/returns/money.md", REFUND)
    place.push_elsewhere(PATH, None)
    publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    assert not (place.clone.folder / PATH).exists()
    assert on_disk(place, "en/guides/returns/money") == REFUND.replace("First", "1st")


def test_an_article_removed_elsewhere_must_be_settled(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    place.push_elsewhere(PATH, None)
    with pytest.raises(MustSettle) as found:
        publication.publish(place.clone, ARTICLE, revision=revision, author=RITA)
    conflict = found.value.conflict
    assert conflict.theirs == ""
    done = saves.save(
        place.clone,
        ARTICLE,
        conflict.yours,
        base=conflict.revision,
        settles=conflict.settles,
        author=ANNA,
    )
    assert not isinstance(done, Conflict)
    publication.publish(place.clone, ARTICLE, revision=done.revision, author=RITA)
    assert on_disk(place) == conflict.yours


def test_review_is_asked_sent_back_and_asked_again(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    asked = review.ask(place.clone, ARTICLE, revision=revision, author=ANNA, note="Ready?")
    opened = changes.opened(place.clone, ARTICLE, author=RITA)
    assert (opened.state, opened.note, opened.revision) == ("review", "Ready?", asked)
    back = review.send_back(place.clone, ARTICLE, revision=asked, author=RITA, note="Say why.")
    opened = changes.opened(place.clone, ARTICLE, author=ANNA)
    assert (opened.state, opened.note, opened.author) == ("draft", "Say why.", "Rita Reviewer")
    with pytest.raises(Moved):
        review.ask(place.clone, ARTICLE, revision=asked, author=ANNA)
    review.ask(place.clone, ARTICLE, revision=back, author=ANNA)
    (change,) = changes.under_way(place.clone)
    assert (change.id, change.state) == (ARTICLE, "review")


def test_a_change_that_is_given_up_is_kept_aside(place: Workplace) -> None:
    revision = saved(place, REFUND.replace("First", "1st"))
    review.discard(place.clone, ARTICLE, revision=revision, author=ANNA)
    assert changes.opened(place.clone, ARTICLE, author=ANNA).text == REFUND
    kept = git(place.clone.folder, "rev-parse", f"refs/otvet/discarded/{ARTICLE}/{revision}")
    assert kept == revision
    late = saves.save(
        place.clone, ARTICLE, REFUND.replace("Third", "3rd"), base=revision, author=ANNA
    )
    assert isinstance(late, Saved)


def test_a_long_message_stands_whole_below_its_subject(place: Workplace) -> None:
    words = "Say more clearly when money comes back. " * 5 + "\n\nAnd why."
    revision = saved(place, REFUND.replace("First", "1st"))
    publication.publish(place.clone, ARTICLE, revision=revision, author=RITA, message=words)
    shown = git(place.clone.folder, "log", "-1", "--format=%s%n%b")
    subject, _, body = shown.partition("\n")
    assert len(subject) <= 72
    assert subject.endswith("…")
    assert " ".join(body.split()) == " ".join(words.split())
