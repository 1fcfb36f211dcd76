"""Retirement of articles: a change that removes the file and retires its id."""

from __future__ import annotations

from kb.accounts import roles
from kb.content.files.retired_ids import RETIRED_FILE
from kb.drafts import steps
from kb.drafts.changes import Tip, tip_of
from kb.drafts.model import Author, ChangeId, Moved, NothingToDo, Revision
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.texts.heads import head, heads
from kb.drafts.texts.messages import StepMessage, note_of


def retire(
    clone: Clone, change_id: ChangeId, *, revision: Revision, author: Author, note: str = ""
) -> Revision:
    """Change an article so that publishing takes it away. Giving the change up keeps it.

    The id is retired with the last of its languages. Raises NotAllowed, BadPlace, NoSuchArticle,
    Moved, NothingToDo for an article that readers have never seen, CloneUnusable.
    """
    roles.require(author.role, "articles.write")
    tip = tip_of(clone, change_id)
    if tip.revision != revision:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    if tip.change and tip.change.is_new:
        raise NothingToDo("readers have never seen this article; discard its draft")
    if tip.change and tip.change.is_retired:
        return revision
    edits = _edits(clone, tip)
    message = StepMessage(
        f"Retire {tip.path}",
        note_of(note),
        tip.path,
        tip.change.state if tip.change else "draft",
        is_retired=True,
    )
    made = steps.take(clone, tip, edits, message, author=author)
    if not made:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    return made


def _edits(clone: Clone, tip: Tip) -> dict[str, str | None]:
    """Removal of the file, wherever its change has put it, and of the last version its id."""
    path = clone.prefix + tip.path
    edits: dict[str, str | None] = {path: None}
    article_id = head(trees.text_at(clone, tip.revision, path)).id
    if article_id and article_id not in _ids_of_others(clone, tip):
        listed = trees.text_at(clone, tip.revision, clone.prefix + RETIRED_FILE)
        if article_id not in listed.split():
            joint = "" if listed.endswith("\n") or not listed else "\n"
            text = f"{listed}{joint}{article_id}\n"
            edits[clone.prefix + RETIRED_FILE] = trees.write_blob(clone, text.encode("utf-8"))
    return edits


def _ids_of_others(clone: Clone, tip: Tip) -> set[str]:
    blobs = [
        one.blob
        for one in trees.entries(clone, tip.revision)
        if one.path.endswith(".md") and one.path != clone.prefix + tip.path
    ]
    return {known.id for known in heads(clone, blobs).values()}
