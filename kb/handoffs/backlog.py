"""Backlog: hand-offs that nobody has received, for operators and for the customers who wait.

Only reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from kb.database.engine import Database
from kb.database.tables import deliveries as table
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import signs_of_life

PROMISED = timedelta(seconds=60)
"""After so long somebody should have a hand-off, or another way be tried."""
LATE = timedelta(seconds=75)
"""The promise, and the time the last attempt may take."""


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


@dataclass(frozen=True)
class ChannelBacklog:
    """Deliveries that wait for one channel. `oldest_s` is the age of the oldest hand-off."""

    channel: str
    count: int
    oldest_s: float


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


def by_channel(db: Database, *, now: datetime) -> list[ChannelBacklog]:
    """Deliveries that wait, also those of what has failed and is tried again.

    Raises DatabaseUnavailable.
    """
    statement = (
        select(table.c.channel, func.count(), func.min(handoffs_table.c.created_at))
        .join(handoffs_table, handoffs_table.c.id == table.c.handoff_id)
        .where(table.c.state == "pending")
        .group_by(table.c.channel)
        .order_by(table.c.channel)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return [
        ChannelBacklog(channel, count, max(0.0, (now - oldest).total_seconds()))
        for channel, count, oldest in rows
    ]


def is_delayed(db: Database, handoff_id: str, *, now: datetime) -> bool:
    """Tell of a hand-off on its way that it will not be there soon.

    True when nobody delivers, when its channel does not, and when it is late already. Raises
    DatabaseUnavailable.
    """
    since = func.coalesce(table.c.requeued_at, table.c.created_at)
    statement = (
        select(table.c.channel, since)
        .join(handoffs_table, handoffs_table.c.id == table.c.handoff_id)
        .where(handoffs_table.c.id == handoff_id, handoffs_table.c.status == "queued")
        .where(table.c.state == "pending")
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    if not rows:
        return False
    signs = signs_of_life.read(db, now=now)
    return not signs.is_alive or any(
        channel in signs.open_channels or now - queued_at > PROMISED for channel, queued_at in rows
    )


def late(db: Database, *, now: datetime) -> int:
    """Number of hand-offs that should have been received, or have failed, before now.

    Raises DatabaseUnavailable.
    """
    is_late = (handoffs_table.c.status == "queued") & (handoffs_table.c.created_at < now - LATE)
    # One that was sent again by hand has a new minute.
    since = func.coalesce(table.c.requeued_at, table.c.created_at)
    statement = (
        select(func.count(handoffs_table.c.id.distinct()))
        .join(table, table.c.handoff_id == handoffs_table.c.id)
        .where(is_late, table.c.state == "pending", since < now - PROMISED)
    )
    return db.query(lambda connection: connection.execute(statement).scalar_one())
