"""Pictures pasted into an article: checked as those of articles are, named, and saved with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from kb.accounts import roles
from kb.content import media
from kb.content.files.text import MAX_BYTES
from kb.content.media import MEDIA_DIR, NAME, BadPicture
from kb.drafts import changes, steps
from kb.drafts.changes import Tip, tip_of
from kb.drafts.model import (
    AddedPicture,
    Author,
    BadPasted,
    BeingRetired,
    ChangeId,
    CloneBusy,
)
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.texts.messages import StepMessage

_BEGINNINGS: Mapping[str, bytes] = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "gif": b"GIF8",
    "webp": b"RIFF",
}
_DIGEST_CHARS = 8


def add(clone: Clone, change_id: ChangeId, data: bytes, *, author: Author) -> AddedPicture:
    """Save a picture with an article's change. The same picture again is the same file.

    Its name is made of the article's slug and its content. Raises NotAllowed, BadPasted, BadPlace,
    NoSuchArticle, BeingRetired, CloneBusy, CloneUnusable.
    """
    roles.require(author.role, "articles.write")
    if len(data) > MAX_BYTES:
        raise BadPasted(f"the picture is larger than {MAX_BYTES:,} bytes; scale it down")
    tip = tip_of(clone, change_id)
    name = _name(changes.place(clone, tip.path.removesuffix(".md")).slug, data)
    _require_good(name, data)
    path = f"{clone.prefix}{MEDIA_DIR}/{name}"
    blob = trees.write_blob(clone, data)
    for _ in range(steps.MOST_TRIES):
        if revision := _added(clone, tip, path, blob, author):
            return AddedPicture(name, f"![](../../../{MEDIA_DIR}/{name})", revision)
        tip = tip_of(clone, change_id)
    raise CloneBusy("others save this article all the time; try again")


def content(clone: Clone, change_id: ChangeId, name: str, *, author: Author) -> bytes | None:
    """A picture as an article's change has it, for its preview; None without a good one.

    Raises NotAllowed, BadPlace, NoSuchArticle, CloneUnusable.
    """
    roles.require(author.role, "articles.read")
    if not NAME.fullmatch(name):
        return None
    tip = tip_of(clone, change_id)
    blob = trees.blob_at(clone, tip.revision, f"{clone.prefix}{MEDIA_DIR}/{name}")
    data = trees.contents(clone, [blob]).get(blob) if blob else None
    if data is None:
        return None
    try:
        return media.picture(name, data).data
    except BadPicture:
        return None


def _added(clone: Clone, tip: Tip, path: str, blob: str, author: Author) -> str:
    """The revision that holds the picture; "" when the change has moved on."""
    if tip.change and tip.change.is_retired:
        raise BeingRetired("this article is being retired; give that up to go on writing")
    if trees.blob_at(clone, tip.revision, path) == blob:
        return tip.revision
    state = tip.change.state if tip.change else "draft"
    name = path.rpartition("/")[2]
    message = StepMessage(f"Add {name}"[:72], path=tip.path, state=state)
    return steps.take(clone, tip, {path: blob}, message, author=author)


def _name(slug: str, data: bytes) -> str:
    suffix = next((it for it, start in _BEGINNINGS.items() if data.startswith(start)), "svg")
    return f"{slug}-{hashlib.sha256(data).hexdigest()[:_DIGEST_CHARS]}.{suffix}"


def _require_good(name: str, data: bytes) -> None:
    try:
        media.picture(name, data)
    except BadPicture as error:
        problem = error.at(name)
        raise BadPasted(f"this picture {problem.message}. {problem.remedy}") from error
