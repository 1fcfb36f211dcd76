"""Saving an article: a commit in its author's name, or a conflict for them to settle.

Texts are merged against the revision that the editor opened. Nothing is ever replaced that its
author has not seen.
"""

from __future__ import annotations

from kb.accounts import roles
from kb.content.files.text import MAX_BYTES
from kb.drafts import former_paths, steps
from kb.drafts.changes import Tip
from kb.drafts.file_merge import conflict_of, merged_files
from kb.drafts.model import (
    Author,
    BeingRetired,
    ChangeId,
    CloneBusy,
    Conflict,
    HoldsHalfCharacter,
    HoldsNul,
    Revision,
    Saved,
    TextTooLarge,
    Unrelated,
)
from kb.drafts.repository import merge, trees
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.trees import BlobId
from kb.drafts.texts import changed, messages
from kb.drafts.texts.messages import StepMessage


def save(
    clone: Clone,
    change_id: ChangeId,
    text: str,
    *,
    base: Revision,
    author: Author,
    message: str = "",
    settles: Revision = "",
) -> Saved | Conflict:
    """Keep the whole text of an article's file, begun at revision `base`, as one commit.

    What others saved since is merged in; where that cannot be, a Conflict comes back and nothing
    was saved. An article that was moved meanwhile is followed: `Saved.change_id` names its place.
    `settles` is the published revision of a Conflict that the text has settled.
    Raises NotAllowed, BadText, BadPlace, NoSuchArticle, UnknownRevision, CloneBusy, CloneUnusable.
    """
    roles.require(author.role, "articles.write")
    yours = clean_text(text)
    messages.note_of(message)
    for revision in (base, settles) if settles else (base,):
        steps.require_known(clone, revision)
    for _ in range(steps.MOST_TRIES):
        tip = former_paths.followed(clone, change_id, base)
        done = _save(clone, tip, yours, base, author, message, settles)
        if done is not None:
            return done
    raise CloneBusy("others save this article all the time; try again")


def clean_text(text: str) -> str:
    """A text as it is kept: \\n as line end, one at the end. Raises BadText."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if "\0" in kept:
        raise HoldsNul("the text holds a NUL character")
    try:
        size = len(kept.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise HoldsHalfCharacter("the text holds half a character") from error
    if size > MAX_BYTES:
        raise TextTooLarge(f"the text is larger than {MAX_BYTES:,} bytes")
    return kept if kept.endswith("\n") or not kept else f"{kept}\n"


def _save(
    clone: Clone,
    tip: Tip,
    yours: str,
    base: Revision,
    author: Author,
    message: str,
    settles: Revision,
) -> Saved | Conflict | None:
    """One round; None when somebody else's step came first."""
    if tip.change and tip.change.is_retired:
        raise BeingRetired("this article is being retired; give that up to go on writing")
    change_id = tip.place.path.removesuffix(".md")
    path = clone.prefix + tip.path
    before = former_paths.text_at(clone, tip, base)
    theirs = trees.text_at(clone, tip.revision, path)
    text, is_merged = yours, False
    if theirs not in (before, yours):
        joined = merge.merged(clone, base=before, yours=yours, theirs=theirs)
        if not joined.is_clean:
            return conflict_of(clone, tip.path, before, yours, theirs, joined, tip.revision)
        text, is_merged = joined.text, True
    if text == theirs and not settles:
        return Saved(change_id, tip.revision, text, is_merged, is_unchanged=True)
    edits, onto = _settled(clone, tip, settles)
    edits[path] = trees.write_blob(clone, text.encode("utf-8"))
    step = _step(tip, message, changed.subject(theirs, text, tip.path))
    made = steps.take(clone, tip, edits, step, author=author, settles=settles, onto=onto)
    return Saved(change_id, made, text, is_merged) if made else None


def _settled(
    clone: Clone, tip: Tip, settles: Revision
) -> tuple[dict[str, BlobId | None], Revision]:
    """The change's files brought upon the published revision that is settled; else none."""
    if not settles or clone.is_ancestor(settles, tip.revision):
        return {}, ""
    base = clone.merge_base(tip.revision, settles)
    if not base:
        raise Unrelated("this change has nothing in common with what is published by now")
    files = merged_files(clone, base=base, change=tip.revision, published=settles)
    return dict(files.edits), settles


def _step(tip: Tip, message: str, usual: str) -> StepMessage:
    """A change that is in review stays there: who publishes it names the revision they saw."""
    state = tip.change.state if tip.change else "draft"
    subject, note = messages.told(message, usual)
    return StepMessage(subject, note, tip.path, state)
