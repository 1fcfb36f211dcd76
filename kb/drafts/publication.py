"""Publishing: a change joins the branch that readers see, which is pulled before and pushed after.

One publication at a time. What cannot be pushed is published here all the same and kept until it
can be.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kb.accounts import roles
from kb.content.files.article_file import Place, place_of, read_article
from kb.content.model import Problem
from kb.drafts import remote
from kb.drafts.changes import Tip, tip_of
from kb.drafts.file_merge import merged_files
from kb.drafts.model import (
    Author,
    ChangeId,
    CloneBusy,
    DraftError,
    Moved,
    MustSettle,
    NothingToDo,
    Published,
    PushOutcome,
    Revision,
    Unfit,
    Unrelated,
)
from kb.drafts.repository import checkout, trees
from kb.drafts.repository.clone import CHANGES, Clone
from kb.drafts.repository.git import GitFailed
from kb.drafts.repository.trees import Edits
from kb.drafts.texts import messages

PATIENCE_S = 30.0
"""Longest wait for another publication, whose remote may be slow."""
_MOST_ROUNDS = 3


def publish(
    clone: Clone, change_id: ChangeId, *, revision: Revision, author: Author, message: str = ""
) -> Published:
    """Publish a change as it is at `revision`, and no other.

    Raises NotAllowed, BadPlace, NoSuchArticle, NothingToDo, Moved when the change is not at that
    revision, MustSettle, Unfit, BadText, EditedByHand, CloneBusy, CloneUnusable.
    """
    roles.require(author.role, "articles.publish")
    messages.note_of(message)
    with clone.turn("publication", patience_s=PATIENCE_S) as hold:
        clone.require_room()
        checkout.bring(clone, hold)
        _tip(clone, change_id, revision)
        reopened, fault = _pulled(clone, hold, author)
        made = _join(clone, change_id, revision, author, message)
        checkout.bring(clone, hold)
        pushed = remote.failed(clone, fault) if fault else remote.push(clone, hold, author=author)
    _tidy(clone)
    return Published(made, pushed, reopened)


def push(clone: Clone, *, author: Author) -> PushOutcome:
    """Send again what waits. Raises NotAllowed, CloneBusy, CloneUnusable."""
    roles.require(author.role, "articles.push")
    with clone.turn("publication", patience_s=PATIENCE_S) as hold:
        checkout.bring(clone, hold)
        return remote.push(clone, hold, author=author)


def push_status(clone: Clone) -> PushOutcome:
    """Result of the last push, and how much waits. Raises CloneUnusable."""
    return remote.status(clone)


def pull(clone: Clone, *, author: Author) -> str:
    """Take over what others have pushed; returns why it could not be, "" when it could.

    Raises NotAllowed, EditedByHand, CloneBusy, CloneUnusable.
    """
    roles.require(author.role, "articles.read")
    with clone.turn("publication", patience_s=PATIENCE_S) as hold:
        checkout.bring(clone, hold)
        fault = _pulled(clone, hold, author)[1]
    return getattr(fault, "detail", str(fault)) if fault else ""


def _pulled(
    clone: Clone, hold: Sequence[int], author: Author
) -> tuple[tuple[ChangeId, ...], GitFailed | DraftError | None]:
    """Changes that were reopened, or the fault; publishing goes on without."""
    try:
        return remote.pull(clone, hold, author=author), None
    except (GitFailed, DraftError) as error:
        return (), error


def _tip(clone: Clone, change_id: ChangeId, revision: Revision) -> Tip:
    tip = tip_of(clone, change_id)
    if tip.change is None:
        raise NothingToDo("nothing of this article is being changed")
    if tip.revision != revision:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    return tip


def _join(
    clone: Clone, change_id: ChangeId, revision: Revision, author: Author, message: str
) -> Revision:
    """Merge the change into the branch and end it, in one step."""
    for _ in range(_MOST_ROUNDS):
        tip = _tip(clone, change_id, revision)
        base = clone.merge_base(revision, tip.published)
        if not base:
            raise Unrelated("this change has nothing in common with what is published by now")
        files = merged_files(clone, base=base, change=revision, published=tip.published)
        if files.conflicts:
            raise MustSettle(files.conflicts[0])
        tree = trees.edited(clone, tip.published, files.edits)
        _require_fit(clone, files.edits)
        subject, note = messages.told(message, f"Publish {tip.path}")
        text = f"{subject}\n\n{note}".strip() + "\n"
        parents = [tip.published, revision]
        made = trees.commit(clone, tree, parents, author=author, message=text)
        checkout.require_unedited(clone, tip.published, made)
        moves = {clone.branch(): (tip.published, made), CHANGES + change_id: (revision, "")}
        if clone.update(moves, message=subject):
            return made
    raise CloneBusy("the clone is being worked in; try again")


def _require_fit(clone: Clone, edits: Edits) -> None:
    """Raise Unfit for articles that would be left out of the site."""
    problems: list[Problem] = []
    for path, blob in edits.items():
        below = path.removeprefix(clone.prefix)
        place = place_of(below, clone.languages)
        if blob and below.endswith(".md") and isinstance(place, Place):
            problems += _problems(place, trees.text_of(clone, blob))
    if problems:
        raise Unfit(tuple(problems))


def _problems(place: Place, text: str) -> tuple[Problem, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, place.path)
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode("utf-8"))
        reading = read_article(Path(folder), place)
    return () if reading.article else reading.problems


def _tidy(clone: Clone) -> None:
    """Let git pack what has gathered, now and then, beside us; sweep what killed steps left."""
    clone.sweep()
    with suppress(GitFailed):
        clone.git.run("-c", "gc.auto=6700", "gc", "--auto", "--quiet")
