"""Hand-offs read back as they are kept: the one reader of their rows.

Only reads. Rows of other shapes than `kb.handoffs.channels.packet` writes them in lose what cannot
be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from kb.database.engine import Connection, Database
from kb.database.tables import handoffs as table
from kb.handoffs.channels.packet import ShownArticle, Tried

_ID = re.compile(r"ho_[0-9A-Za-z]{1,21}")
_ARTICLE_PREFIX = "art_"


@dataclass(frozen=True)
class HandoffRecord:
    """A hand-off as it is kept. Texts are masked; whatever could name the customer is sealed."""

    id: str
    lang: str
    reason: str
    status: str
    channel: str
    external: Mapping[str, Any] | None
    message: str
    tried: tuple[Tried, ...]
    searches: tuple[str, ...]
    page_url: str
    page_title: str
    site: str
    """Address of the help centre it was made on."""
    attributes: Mapping[str, Any]
    created_at: datetime
    request_digest: str = field(repr=False)
    sealed: str | None = field(repr=False)
    """For `kb.handoffs.encryption`; None without consent, and once it has been forgotten."""

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
    return db.query(lambda connection: by_id(connection, handoff_id))


def by_id(connection: Connection, handoff_id: str) -> HandoffRecord | None:
    return _first(connection, table.c.id == handoff_id)


def by_key(connection: Connection, key_id: str, idempotency_key: str) -> HandoffRecord | None:
    """The hand-off that this API key made under this idempotency key."""
    return _first(
        connection, (table.c.key_id == key_id) & (table.c.idempotency_key == idempotency_key)
    )


def _first(connection: Connection, condition: ColumnElement[bool]) -> HandoffRecord | None:
    row = connection.execute(select(table).where(condition)).one_or_none()
    return _record(row) if row else None


def _record(row: Row[Any]) -> HandoffRecord:
    page = row.page if isinstance(row.page, dict) else {}
    return HandoffRecord(
        id=row.id,
        lang=row.lang,
        reason=row.reason,
        status=row.status,
        channel=row.channel,
        external=row.external,
        message=row.message,
        tried=tuple(map(_tried, _objects(row.tried))),
        searches=tuple(text for text in _list(row.searches) if isinstance(text, str)),
        page_url=_text(page, "url"),
        page_title=_text(page, "title"),
        site=_text(page, "site"),
        attributes=row.attributes,
        created_at=row.created_at,
        request_digest=row.request_digest,
        sealed=row.sealed,
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
