"""Publication against a real remote: merged, pushed, refused, overtaken, gone, and tried again."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kb.config import Config
from kb.content.library import load
from kb.drafts import changes, publication, review, saves
from kb.drafts.model import (
    CloneBusy,
    Conflict,
    Moved,
    MustSettle,
    NothingToDo,
    Published,
    Saved,
    Unfit,
)
from kb.drafts.repository.checkout import EditedByHand
from kb.drafts.repository.clone import open_clone
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

PATH = f"articles/{ARTICLE}.md"


def saved(place: Workplace, text: str, change_id: str = ARTICLE) -> str:
    """Save upon the newest and return the revision."""
    base = changes.opened(place.clone, change_id, author=ANNA).revision
    done = saves.save(place.clone, change_id, text, base=base, author=ANNA)
    assert isinstance(done, Saved)
    return done.revision


def published(place: Workplace, text: str, change_id: str = ARTICLE) -> Published:
    revision = saved(place, text, change_id)
    return publication.publish(place.clone, change_id, revision=revision, author=RITA)


def on_disk(place: Workplace, change_id: str = ARTICLE) -> str:
    return (place.clone.folder / f"articles/{change_id}.md").read_text("utf-8")


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
    assert lines == [
        f"Rita Reviewer: Publish {ARTICLE}.md",
        f"Anna Author: Change {ARTICLE}.md",
        "Somebody Else: Begin",
    ]


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
    assert (done.push.state, done.push.waiting) == ("refused", 2)
    assert "not on Fridays" in done.push.detail
    assert on_disk(place) == text
    kept = publication.push_status(place.clone)
    assert (kept.state, kept.waiting, kept.detail) == ("refused", 2, done.push.detail)
    hook.unlink()
    assert publication.push(place.clone, author=RITA).state == "pushed"
    assert place.remote_text(PATH) + "\n" == text
    assert publication.push_status(place.clone).waiting == 0


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
    assert (done.push.state, done.push.waiting) == ("unreachable", 2)
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


def test_a_long_message_stands_whole_below_its_subject(place: Workplace) -> None:
    words = "Say more clearly when money comes back. " * 5 + "\n\nAnd why."
    revision = saved(place, REFUND.replace("First", "1st"))
    publication.publish(place.clone, ARTICLE, revision=revision, author=RITA, message=words)
    shown = git(place.clone.folder, "log", "-1", "--format=%s%n%b")
    subject, _, body = shown.partition("\n")
    assert len(subject) <= 72
    assert subject.endswith("…")
    assert " ".join(body.split()) == " ".join(words.split())
