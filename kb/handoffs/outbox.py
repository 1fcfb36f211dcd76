"""The outbox: which deliveries there are and are due, and who has taken them. SQL only.

A delivery is leased before it is tried, and the lease names its process: after a crash the next
worker takes up at once what a process that is gone had taken. Outcomes: `kb.handoffs.outcomes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as table
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import history
from kb.handoffs.history import HandoffRecord

LEASE = timedelta(seconds=120)
"""Longer than any channel may take."""
SKEW = timedelta(seconds=5)
"""Clocks of several machines may be apart by so much."""
_MOST_WATCHED = 1000

_SINCE = func.coalesce(table.c.requeued_at, table.c.created_at)
_TOUCHED = func.coalesce(table.c.touched_at, table.c.created_at)


@dataclass(frozen=True)
class Due:
    """A delivery leased to `owner`, with its hand-off."""

    id: str
    channel: str
    attempts: int
    """This one included."""
    progress: Mapping[str, Any]
    since: datetime
    """Beginning of the time within which somebody should have it."""
    owner: str
    handoff: HandoffRecord


@dataclass(frozen=True)
class WaitingDelivery:
    """A delivery of a hand-off that nobody has received and nobody was alarmed about."""

    id: str
    handoff_id: str
    channel: str
    since: datetime


@dataclass(frozen=True)
class Lease:
    """A hold of a process on a delivery."""

    delivery_id: str
    owner: str
    until: datetime


def enqueue(connection: Connection, handoff_id: str, channel: str, now: datetime) -> bool:
    """Queue a delivery, due now; False, and nothing happens, when it has been queued before."""
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
        "touched_at": now,
        "requeued_at": None,
    }
    return upsert.insert_new(connection, table, row)


def due_channels(db: Database, *, now: datetime) -> list[str]:
    """Channels that have something to do. Raises DatabaseUnavailable."""
    statement = select(table.c.channel).where(_is_due(now)).distinct().order_by(table.c.channel)
    return list(db.query(lambda connection: connection.execute(statement).scalars().all()))


def take(db: Database, channel: str, *, owner: str, now: datetime, limit: int) -> list[Due]:
    """Deliveries that have been due longest, leased to `owner`. Raises DatabaseUnavailable."""

    def work(connection: Connection) -> list[Due]:
        ids = connection.execute(
            select(table.c.id)
            .join(handoffs_table, handoffs_table.c.id == table.c.handoff_id)
            .where(_is_due(now), table.c.channel == channel)
            .order_by(table.c.next_at, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=table)
        ).scalars()
        return [_lease(connection, delivery_id, owner, now) for delivery_id in ids.all()]

    return db.transact(work)


def waiting(db: Database) -> list[WaitingDelivery]:
    """Deliveries that the promise of a minute is kept for, oldest first.

    Raises DatabaseUnavailable.
    """
    statement = (
        select(table.c.id, table.c.handoff_id, table.c.channel, _SINCE.label("since"))
        .join(handoffs_table, handoffs_table.c.id == table.c.handoff_id)
        .where(table.c.state == "pending", handoffs_table.c.status == "queued")
        .order_by(_SINCE)
        .limit(_MOST_WATCHED)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return [WaitingDelivery(**row._mapping) for row in rows]


def leases(db: Database) -> list[Lease]:
    """Holds of all processes, also of those that are gone. Raises DatabaseUnavailable."""
    statement = select(table.c.id, table.c.leased_by, table.c.leased_until).where(
        table.c.state == "pending", table.c.leased_until.is_not(None)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return [Lease(*row) for row in rows]


def release(db: Database, lease: Lease) -> bool:
    """End a hold, if it is still the same one. Raises DatabaseUnavailable."""
    statement = (
        update(table)
        .where(
            table.c.id == lease.delivery_id,
            table.c.leased_by == lease.owner,
            table.c.leased_until == lease.until,
        )
        .values(leased_until=None, leased_by="")
    )
    return db.transact(lambda connection: connection.execute(statement).rowcount) > 0


def requeue(
    connection: Connection, condition: ColumnElement[bool], *, now: datetime, begins_anew: bool
) -> int:
    """Make deliveries due as if they were new, under their ids; how many there were.

    A process that is trying one now goes on. `begins_anew`: steps that were taken are forgotten.
    """
    values: dict[str, Any] = {
        "state": "pending",
        "attempts": 0,
        "next_at": now,
        "touched_at": now,
        "requeued_at": now,
        "finished_at": None,
    }
    if begins_anew:
        values["progress"] = {}
    return connection.execute(update(table).where(condition).values(**values)).rowcount


def _is_due(now: datetime) -> ColumnElement[bool]:
    """A time of the future that was written in the future is of a clock that was set back."""
    is_time = or_(table.c.next_at <= now, now + SKEW < _TOUCHED)
    return (table.c.state == "pending") & table.c.leased_until.is_(None) & is_time


def _lease(connection: Connection, delivery_id: str, owner: str, now: datetime) -> Due:
    connection.execute(
        update(table)
        .where(table.c.id == delivery_id)
        .values(
            leased_until=now + LEASE,
            leased_by=owner,
            touched_at=now,
            attempts=table.c.attempts + 1,
        )
    )
    columns = (table.c.channel, table.c.attempts, table.c.progress, table.c.handoff_id)
    row = connection.execute(
        select(*columns, _SINCE.label("since")).where(table.c.id == delivery_id)
    ).one()
    handoff = history.by_id(connection, row.handoff_id)
    if handoff is None:
        raise LookupError(f"the delivery {delivery_id} has no hand-off")
    return Due(delivery_id, row.channel, row.attempts, row.progress, row.since, owner, handoff)
