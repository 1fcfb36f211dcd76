"""Review: a change is asked to be looked at, sent back with a note, or given up."""

from __future__ import annotations

from typing import Literal

from kb.accounts import roles
from kb.drafts import steps
from kb.drafts.changes import tip_of
from kb.drafts.model import (
    ArticleChange,
    Author,
    ChangeId,
    Moved,
    NothingToDo,
    Revision,
)
from kb.drafts.repository.clone import Clone
from kb.drafts.texts import messages
from kb.drafts.texts.messages import StepMessage


def ask(
    clone: Clone, change_id: ChangeId, *, revision: Revision, author: Author, note: str = ""
) -> Revision:
    """Send a change to review. Raises NotAllowed, NothingToDo, Moved, BadText, CloneUnusable."""
    roles.require(author.role, "articles.write")
    return _step(clone, change_id, revision, author, "Ask for review", note, "review")


def send_back(
    clone: Clone, change_id: ChangeId, *, revision: Revision, author: Author, note: str
) -> Revision:
    """Give a change back to its author, with what is to be done. Raises as `ask`."""
    roles.require(author.role, "articles.send_back")
    return _step(clone, change_id, revision, author, "Send back", note, "draft")


def discard(clone: Clone, change_id: ChangeId, *, revision: Revision, author: Author) -> None:
    """Give up a change; its commits stay at `refs/otvet/discarded`. Raises as `ask`."""
    roles.require(author.role, "articles.discard")
    change = _change(clone, change_id, revision)
    if not steps.give_up(clone, change_id, change.revision):
        raise Moved("somebody else has changed it meanwhile; look at it again")


def _step(
    clone: Clone,
    change_id: ChangeId,
    revision: Revision,
    author: Author,
    subject: str,
    note: str,
    state: Literal["draft", "review"],
) -> Revision:
    """A commit that changes no file, only who has the change."""
    _change(clone, change_id, revision)
    tip = tip_of(clone, change_id)
    retired = tip.change is not None and tip.change.is_retired
    message = StepMessage(subject, messages.note_of(note), tip.path, state, retired)
    if tip.revision != revision or not (made := steps.take(clone, tip, {}, message, author=author)):
        raise Moved("somebody else has changed it meanwhile; look at it again")
    return made


def _change(clone: Clone, change_id: ChangeId, revision: Revision) -> ArticleChange:
    """The change, at the revision that was looked at."""
    change = tip_of(clone, change_id).change
    if change is None:
        raise NothingToDo("nothing of this article is being changed")
    if change.revision != revision:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    return change
