"""What the customer of a hand-off asked and was shown, read back for the person who takes over.

Only reads. Rows of other shapes than `kb.handoffs.channels.packet` writes them in lose what cannot
be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.database.engine import Database
from kb.database.tables import handoffs as table
from kb.handoffs.channels.packet import ShownArticle, Tried

_ID = re.compile(r"ho_[0-9A-Za-z]{1,21}")
_ARTICLE_PREFIX = "art_"


@dataclass(frozen=True)
class HandoffRecord:
    """A hand-off without anything that could name the customer; texts are masked."""

    id: str
    lang: str
    reason: str
    status: str
    message: str
    tried: tuple[Tried, ...]
    searches: tuple[str, ...]
    page_title: str
    created_at: datetime

    @property
    def seen(self) -> frozenset[str]:
        """Ids, without prefix, of all articles the customer was shown."""
        return frozenset(
            shown.article_id.removeprefix(_ARTICLE_PREFIX)
            for tried in self.tried
            for shown in tried.shown
        )


def of_handoff(db: Database, handoff_id: str) -> HandoffRecord | None:
    """The hand-off of this id, None when there is none (any more). Raises DatabaseUnavailable."""
    if not _ID.fullmatch(handoff_id):
        return None
    statement = table.select().where(table.c.id == handoff_id)
    row = db.query(lambda connection: connection.execute(statement).one_or_none())
    if row is None:
        return None
    return HandoffRecord(
        id=row.id,
        lang=row.lang,
        reason=row.reason,
        status=row.status,
        message=row.message,
        tried=tuple(map(_tried, _objects(row.tried))),
        searches=tuple(text for text in _list(row.searches) if isinstance(text, str)),
        page_title=_text(row.page, "title") if isinstance(row.page, dict) else "",
        created_at=row.created_at,
    )


def _tried(entry: Mapping[str, Any]) -> Tried:
    return Tried(
        suggestion_id=_text(entry, "suggestion_id"),
        asked=_text(entry, "asked"),
        action=_text(entry, "action"),
        confidence=_number(entry, "confidence"),
        shown=tuple(map(_shown, _objects(entry.get("shown")))),
    )


def _shown(entry: Mapping[str, Any]) -> ShownArticle:
    return ShownArticle(
        article_id=_text(entry, "article_id"),
        title=_text(entry, "title"),
        url=_text(entry, "url"),
        rank=int(_number(entry, "rank")),
        confidence=_number(entry, "confidence"),
        opened=entry.get("opened") is True,
        seconds=int(_number(entry, "seconds")),
        verdict=_text(entry, "verdict") or None,
        reason=_text(entry, "reason") or None,
    )


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _objects(value: object) -> Sequence[Mapping[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _number(entry: Mapping[str, Any], name: str) -> float:
    value = entry.get(name)
    return value if isinstance(value, int | float) else 0
