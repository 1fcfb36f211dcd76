"""Signs of life of the processes that deliver and delete: what they cannot deliver by or delete.

Whoever serves reads them: the processes may run on several machines, and one that is gone, or was
never started, can say nothing of itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import delivery_workers as table

EVERY_S = 5.0
ALIVE_FOR = timedelta(seconds=30)
_FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class WorkerSigns:
    """The state of delivery, as far as its processes have told."""

    is_alive: bool
    seen_at: datetime | None
    """The last sign of life; None when there was none for a day."""
    open_channels: frozenset[str]
    """Channels that have stopped delivering and are tried now and then."""
    unswept: frozenset[str]
    """Kinds of data that could not be deleted when their time was over."""


def show(
    db: Database,
    owner: str,
    open_channels: Collection[str],
    *,
    unswept: Collection[str] = (),
    now: datetime,
) -> None:
    """Leave a sign. Raises DatabaseUnavailable."""
    row = {
        "owner": owner,
        "seen_at": now,
        "open_channels": sorted(open_channels),
        "unswept": sorted(unswept),
    }
    is_old = or_(table.c.seen_at < now - _FORGET_AFTER, table.c.seen_at > now + _FORGET_AFTER)

    def work(connection: Connection) -> None:
        connection.execute(delete(table).where(is_old))
        upsert.upsert(connection, table, row, ["owner"])

    db.transact(work)


def forget(db: Database, owner: str) -> None:
    """Take the sign of a process back that ends or is gone. Raises DatabaseUnavailable."""
    statement = delete(table).where(table.c.owner == owner)
    db.transact(lambda connection: connection.execute(statement))


def owners(db: Database) -> list[str]:
    """Raises DatabaseUnavailable."""
    statement = select(table.c.owner)
    return list(db.query(lambda connection: connection.execute(statement).scalars().all()))


def read(db: Database, *, now: datetime) -> WorkerSigns:
    """Raises DatabaseUnavailable."""
    rows = db.query(lambda connection: connection.execute(select(table)).all())
    # One that seems to come from the future is of before the clock was set back.
    alive = [row for row in rows if abs(now - row.seen_at) <= ALIVE_FOR]
    return WorkerSigns(
        is_alive=bool(alive),
        seen_at=max((row.seen_at for row in alive or rows), default=None),
        open_channels=frozenset(name for row in alive for name in row.open_channels),
        unswept=frozenset(name for row in alive for name in row.unswept or ()),
    )
