"""Two texts of one article that a person must settle: both, and the one to be made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.drafts.model import Conflict
from kb.web.staff.frame import StaffFrame

MARK = re.compile(r"^(?:<{7,}|>{7,}) ", re.MULTILINE)
"""A line that a merge leaves around what must be settled."""


@dataclass(frozen=True)
class ConflictPart:
    """A piece of the text; only those in conflict have a number, from 1."""

    number: int
    yours: str
    theirs: str


@dataclass(frozen=True)
class ConflictPage:
    frame: StaffFrame
    change_id: str
    path: str
    by: str
    """Who wrote the other text."""
    parts: tuple[ConflictPart, ...]
    count: int
    """Number of pieces to be settled."""
    text: str
    revision: str
    settles: str
    is_unsettled: bool
    """The text was sent with its marks still in it."""
    save_url: str
    edit_url: str


def conflict_page(
    frame: StaffFrame,
    change_id: str,
    conflict: Conflict,
    *,
    save_url: str,
    edit_url: str,
) -> ConflictPage:
    parts: list[ConflictPart] = []
    count = 0
    for part in conflict.parts:
        count += part.is_conflict
        parts.append(ConflictPart(count if part.is_conflict else 0, part.yours, part.theirs))
    return ConflictPage(
        frame=frame,
        change_id=change_id,
        path=conflict.path,
        by=conflict.author,
        parts=tuple(parts),
        count=count,
        text=conflict.marked,
        revision=conflict.revision,
        settles=conflict.settles,
        is_unsettled=False,
        save_url=save_url,
        edit_url=edit_url,
    )


def is_settled(text: str) -> bool:
    """True for a text in which no mark of a merge is left."""
    return not MARK.search(text)
