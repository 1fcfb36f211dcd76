"""The outbox: which deliveries are due, who has taken them, what became of them. SQL only.

A delivery is leased before it is tried, and the lease names its process: after a crash the next
worker takes up at once what a process that is gone had taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as table
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import history
from kb.handoffs.channels.model import Delivered
from kb.handoffs.history import HandoffRecord

LEASE = timedelta(seconds=120)
"""Longer than any channel may take."""
MAX_ERROR_CHARS = 300


@dataclass(frozen=True)
class Due:
    """A delivery taken by this process, with its hand-off."""

    id: str
    channel: str
    attempts: int
    """This one included."""
    progress: Mapping[str, Any]
    created_at: datetime
    handoff: HandoffRecord


def enqueue(connection: Connection, handoff_id: str, channel: str, now: datetime) -> None:
    """Queue a delivery, due now; nothing happens when it has been queued before."""
    row = {
        # Of nothing else, so that it is never two.
        "id": f"msg_{handoff_id.removeprefix('ho_')}_{channel}",
        "handoff_id": handoff_id,
        "channel": channel,
        "state": "pending",
        "attempts": 0,
        "next_at": now,
        "leased_until": None,
        "leased_by": "",
        "progress": {},
        "error": "",
        "created_at": now,
        "finished_at": None,
    }
    upsert.insert_new(connection, table, row)


def take(db: Database, *, owner: str, now: datetime) -> Due | None:
    """The delivery that has been due longest, leased to `owner`. Raises DatabaseUnavailable."""

    def work(connection: Connection) -> Due | None:
        is_free = or_(table.c.leased_until.is_(None), table.c.leased_until < now)
        candidates = connection.execute(
            select(table.c.id)
            .where(table.c.state == "pending", table.c.next_at <= now, is_free)
            .order_by(table.c.next_at, table.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalars()
        for delivery_id in candidates:
            connection.execute(
                update(table)
                .where(table.c.id == delivery_id)
                .values(leased_until=now + LEASE, leased_by=owner, attempts=table.c.attempts + 1)
            )
            return _due(connection, delivery_id)
        return None

    return db.transact(work)


def save_progress(db: Database, delivery_id: str, progress: Mapping[str, Any]) -> None:
    """Raises DatabaseUnavailable."""
    statement = update(table).where(table.c.id == delivery_id).values(progress=dict(progress))
    db.transact(lambda connection: connection.execute(statement))


def delivered(
    db: Database, due: Due, result: Delivered, *, is_fallback: bool, now: datetime
) -> None:
    """Raises DatabaseUnavailable; the delivery is then tried again under the same id."""
    external = None
    if result.external_id or result.url:
        external = {"id": result.external_id or None, "url": result.url or None}

    def work(connection: Connection) -> None:
        _finish(connection, due.id, "delivered", "", now)
        connection.execute(
            update(handoffs_table)
            .where(handoffs_table.c.id == due.handoff.id)
            .values(
                status="fallback_email" if is_fallback else "delivered",
                external=external,
                finished_at=now,
            )
        )

    db.transact(work)


def postpone(db: Database, due: Due, error: str, *, until: datetime) -> None:
    """Try again at `until`. Raises DatabaseUnavailable."""
    statement = (
        update(table)
        .where(table.c.id == due.id)
        .values(next_at=until, leased_until=None, leased_by="", error=error[:MAX_ERROR_CHARS])
    )
    db.transact(lambda connection: connection.execute(statement))


def hold(db: Database, due: Due, error: str, *, until: datetime) -> None:
    """Put it back as if it had not been tried, until something of ours is mended.

    Raises DatabaseUnavailable.
    """
    statement = (
        update(table)
        .where(table.c.id == due.id)
        .values(
            attempts=due.attempts - 1,
            next_at=until,
            leased_until=None,
            leased_by="",
            error=error[:MAX_ERROR_CHARS],
        )
    )
    db.transact(lambda connection: connection.execute(statement))


def give_up(db: Database, due: Due, error: str, *, now: datetime) -> None:
    """No more attempts. Raises DatabaseUnavailable."""
    db.transact(lambda connection: _finish(connection, due.id, "failed", error, now))


def fall_back(db: Database, due: Due, channel: str, error: str, *, now: datetime) -> None:
    """Deliver by `channel` instead, never again by the first. Raises DatabaseUnavailable."""

    def work(connection: Connection) -> None:
        _finish(connection, due.id, "dropped", error, now)
        enqueue(connection, due.handoff.id, channel, now)

    db.transact(work)


def mark_failed(db: Database, handoff_id: str) -> bool:
    """Make it visible that nobody has received it yet; True the first time.

    Raises DatabaseUnavailable.
    """
    statement = (
        update(handoffs_table)
        .where(handoffs_table.c.id == handoff_id, handoffs_table.c.status == "queued")
        .values(status="failed")
    )
    return db.transact(lambda connection: connection.execute(statement).rowcount) > 0


def release(db: Database, owners_alive: Collection[str], *, host: str, now: datetime) -> int:
    """Free what processes of this `host` had taken that are gone. Raises DatabaseUnavailable."""
    statement = (
        update(table)
        .where(
            table.c.state == "pending",
            table.c.leased_until > now,
            table.c.leased_by.startswith(f"{host}:", autoescape=True),
            table.c.leased_by.not_in(list(owners_alive)),
        )
        .values(leased_until=None, leased_by="")
    )
    return db.transact(lambda connection: connection.execute(statement).rowcount)


def retry(db: Database, handoff_id: str, *, now: datetime) -> bool:
    """Try again at once; False when nothing is left to deliver. Raises DatabaseUnavailable."""
    statement = (
        update(table)
        .where(table.c.handoff_id == handoff_id, table.c.state.in_(("failed", "pending")))
        .values(state="pending", attempts=0, next_at=now, leased_until=None, finished_at=None)
    )
    return db.transact(lambda connection: connection.execute(statement).rowcount) > 0


@dataclass(frozen=True)
class UndeliveredHandoff:
    """A hand-off nobody has received, with the last error of its delivery."""

    id: str
    created_at: datetime
    status: str
    channel: str
    attempts: int
    next_at: datetime
    state: str
    error: str


def unfinished(db: Database) -> list[UndeliveredHandoff]:
    """The oldest first. Raises DatabaseUnavailable."""
    statement = (
        select(
            handoffs_table.c.id,
            handoffs_table.c.created_at,
            handoffs_table.c.status,
            table.c.channel,
            table.c.attempts,
            table.c.next_at,
            table.c.state,
            table.c.error,
        )
        .join(table, table.c.handoff_id == handoffs_table.c.id)
        .where(handoffs_table.c.status.in_(("queued", "failed")), table.c.state != "dropped")
        .order_by(handoffs_table.c.created_at)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return [UndeliveredHandoff(**row._mapping) for row in rows]


def _due(connection: Connection, delivery_id: str) -> Due:
    row = connection.execute(select(table).where(table.c.id == delivery_id)).one()
    handoff = history.by_id(connection, row.handoff_id)
    if handoff is None:
        raise LookupError(f"the delivery {row.id} has no hand-off")
    return Due(row.id, row.channel, row.attempts, row.progress, row.created_at, handoff)


def _finish(
    connection: Connection, delivery_id: str, state: str, error: str, now: datetime
) -> None:
    connection.execute(
        update(table)
        .where(table.c.id == delivery_id)
        .values(
            state=state,
            error=error[:MAX_ERROR_CHARS],
            finished_at=now,
            leased_until=None,
            leased_by="",
        )
    )
