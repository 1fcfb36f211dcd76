"""The register: every hand-off with its deliveries, without the customer's words. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, func, select, true

from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as deliveries_table
from kb.database.tables import handoffs as table

RegisterView = Literal["all", "waiting", "failed", "delivered"]
VIEWS: tuple[RegisterView, ...] = get_args(RegisterView)
_STATUSES: Mapping[str, tuple[str, ...]] = {
    "waiting": ("queued",),
    "failed": ("failed",),
    "delivered": ("delivered", "fallback_email", "client"),
}


@dataclass(frozen=True)
class DeliveryRecord:
    """One way that a hand-off was or is to be delivered."""

    channel: str
    state: str
    attempts: int
    """Since it was queued, last by hand or at first."""
    error: str
    """Of the last attempt that failed, or why another way was taken."""
    queued_at: datetime
    touched_at: datetime | None
    """Time of the last attempt or change while it waits."""
    next_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class RegisteredHandoff:
    """A hand-off and what became of it. `deliveries`: the first way first."""

    id: str
    created_at: datetime
    lang: str
    reason: str
    status: str
    channel: str
    external_id: str
    external_url: str
    """A web address of the receiver's, "" when it gave none."""
    finished_at: datetime | None
    has_consent: bool
    is_forgotten: bool
    """True once the customer it was made with has been forgotten."""
    deliveries: tuple[DeliveryRecord, ...]

    @property
    def can_retry(self) -> bool:
        return any(one.state in ("pending", "failed") for one in self.deliveries)

    @property
    def can_resend(self) -> bool:
        """As `kb.handoffs.resend.resend` has it."""
        is_delivered = any(one.state == "delivered" for one in self.deliveries)
        return is_delivered and not self.is_forgotten


@dataclass(frozen=True)
class RegisterPage:
    """Some hand-offs, the newest first, and how many there are in each view."""

    items: tuple[RegisteredHandoff, ...]
    totals: Mapping[RegisterView, int]


def page(db: Database, view: RegisterView, *, offset: int, limit: int) -> RegisterPage:
    """Raises DatabaseUnavailable."""
    newest = table.c.created_at.desc(), table.c.id
    statement = _handoffs(_is_in(view)).order_by(*newest).offset(offset).limit(limit)

    def work(connection: Connection) -> RegisterPage:
        rows = connection.execute(statement).all()
        return RegisterPage(_registered(connection, rows), _totals(connection))

    return db.query(work)


def entry(db: Database, handoff_id: str) -> RegisteredHandoff | None:
    """Raises DatabaseUnavailable."""

    def work(connection: Connection) -> RegisteredHandoff | None:
        rows = connection.execute(_handoffs(table.c.id == handoff_id)).all()
        return next(iter(_registered(connection, rows)), None)

    return db.query(work)


def _is_in(view: RegisterView) -> ColumnElement[bool]:
    return true() if view == "all" else table.c.status.in_(_STATUSES[view])


def _handoffs(condition: ColumnElement[bool]) -> Select[Any]:
    columns = (
        *(table.c.id, table.c.created_at, table.c.lang, table.c.reason, table.c.status),
        *(table.c.channel, table.c.external, table.c.finished_at, table.c.consent_at),
        table.c.sealed.is_not(None).label("is_sealed"),
    )
    return select(*columns).where(condition)


def _totals(connection: Connection) -> dict[RegisterView, int]:
    counts = select(table.c.status, func.count()).group_by(table.c.status)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(counts)}
    totals: dict[RegisterView, int] = {"all": sum(found.values())}
    for view in VIEWS[1:]:
        totals[view] = sum(found.get(status, 0) for status in _STATUSES[view])
    return totals


def _registered(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[RegisteredHandoff, ...]:
    found = _deliveries(connection, [row.id for row in rows])
    return tuple(_handoff(row, found[row.id]) for row in rows)


def _deliveries(connection: Connection, ids: Collection[str]) -> dict[str, list[DeliveryRecord]]:
    its = deliveries_table.c
    rows = connection.execute(
        select(deliveries_table).where(its.handoff_id.in_(ids)).order_by(its.created_at, its.id)
    )
    found: dict[str, list[DeliveryRecord]] = defaultdict(list)
    for row in rows:
        found[row.handoff_id].append(
            DeliveryRecord(
                channel=row.channel,
                state=row.state,
                attempts=row.attempts,
                error=row.error,
                queued_at=row.requeued_at or row.created_at,
                touched_at=row.touched_at,
                next_at=row.next_at,
                finished_at=row.finished_at,
            )
        )
    return found


def _handoff(row: Row[Any], deliveries: Sequence[DeliveryRecord]) -> RegisteredHandoff:
    external = row.external if isinstance(row.external, dict) else {}
    url = external.get("url") or ""
    return RegisteredHandoff(
        id=row.id,
        created_at=row.created_at,
        lang=row.lang,
        reason=row.reason,
        status=row.status,
        channel=row.channel,
        external_id=str(external.get("id") or ""),
        external_url=url if url.startswith(("https://", "http://")) else "",
        finished_at=row.finished_at,
        has_consent=row.consent_at is not None,
        is_forgotten=row.consent_at is not None and not row.is_sealed,
        deliveries=tuple(deliveries),
    )
