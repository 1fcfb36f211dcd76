"""Keys of an article's file that lists show: id, title and status, remembered by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kb.content.files import front_matter
from kb.content.files.text import BadFile
from kb.content.model import STATUSES, ArticleStatus
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.trees import BlobId

MOST_KNOWN = 20_000


@dataclass(frozen=True)
class FileHead:
    """The keys of one file; "" for those that cannot be read."""

    id: str = ""
    title: str = ""
    status: ArticleStatus | Literal[""] = ""


_known: dict[BlobId, FileHead] = {}
"""By content, so never outdated; dropped as a whole when there are too many."""


def heads(clone: Clone, blobs: Iterable[BlobId]) -> Mapping[BlobId, FileHead]:
    """The heads of files, by content."""
    wanted = {blob for blob in blobs if blob}
    found = {blob: _known[blob] for blob in wanted & _known.keys()}
    missing = wanted - found.keys()
    if missing:
        read = {
            blob: head(trees.decoded(data))
            for blob, data in trees.contents(clone, sorted(missing)).items()
        }
        if len(_known) + len(read) > MOST_KNOWN:
            _known.clear()
        _known.update(read)
        found |= read
    return found


def head(text: str) -> FileHead:
    """The keys at the top of a file's text."""
    try:
        keys, _ = front_matter.read_mapping(front_matter.split(text, "").front, "")
    except BadFile:
        return FileHead()
    values = {name: node.value for name, node in keys.items() if isinstance(node.value, str)}
    status = values.get("status", "") or "published"
    return FileHead(
        id=values.get("id", "").strip(),
        title=" ".join(values.get("title", "").split()),
        status=next((one for one in STATUSES if one == status.strip()), ""),
    )
