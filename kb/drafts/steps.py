"""Steps of a change, each one commit at its reference: taken whole or not at all.

A step names the revision it starts from. The reference moves from there only, so of two that are
taken at once the second begins again with what the first has made.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.drafts.changes import Tip
from kb.drafts.model import Author, Revision, UnknownRevision
from kb.drafts.repository import trees
from kb.drafts.repository.clone import CHANGES, DISCARDED, Clone
from kb.drafts.repository.trees import BlobId
from kb.drafts.texts.messages import StepMessage

MOST_TRIES = 20
"""Rounds of a step that always finds another one first: somebody else got on in each."""


def take(
    clone: Clone,
    tip: Tip,
    edits: Mapping[str, BlobId | None],
    message: StepMessage,
    *,
    author: Author,
    settles: Revision = "",
    onto: Revision = "",
) -> Revision:
    """Commit `edits` upon `tip` and move the change there; "" when it has moved on meanwhile.

    With `settles`, that published revision becomes a parent too; the files are those of `onto`
    then, under the edits.
    """
    tree = trees.edited(clone, onto or tip.revision, edits)
    parents = [tip.revision, settles] if settles and settles != tip.revision else [tip.revision]
    made = trees.commit(clone, tree, parents, author=author, message=message.written())
    before = tip.revision if tip.change else ""
    name = CHANGES + tip.place.path.removesuffix(".md")
    return made if clone.update({name: (before, made)}, message=message.subject) else ""


def begin(
    clone: Clone,
    change_id: str,
    edits: Mapping[str, BlobId | None],
    message: StepMessage,
    *,
    author: Author,
) -> Revision:
    """Begin a change upon what is published; "" when there is one already."""
    published = clone.published()
    tree = trees.edited(clone, published, edits)
    made = trees.commit(clone, tree, [published], author=author, message=message.written())
    is_first = clone.update({CHANGES + change_id: ("", made)}, message=message.subject)
    return made if is_first else ""


def give_up(clone: Clone, change_id: str, revision: Revision) -> bool:
    """Put a change aside: it is found again at another reference. False when it has moved on."""
    aside = f"{DISCARDED}{change_id}/{revision}"
    moves: dict[str, tuple[Revision, Revision]] = {CHANGES + change_id: (revision, "")}
    if not clone.find(aside):
        moves[aside] = ("", revision)
    return clone.update(moves, message="Discard")


def require_known(clone: Clone, revision: str) -> None:
    """Raise UnknownRevision for what no article was ever opened at."""
    if not clone.is_known(revision):
        raise unknown_revision()


def unknown_revision() -> UnknownRevision:
    return UnknownRevision("this is no version of the article that is known here")
