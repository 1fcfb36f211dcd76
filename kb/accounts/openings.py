"""Openings of hand-offs: who read which, and when, for whoever answers for customers' data.

Every way to see a hand-off records it before it shows anything: without a record, no hand-off.
Rows go with their hand-off (`kb.database.retention`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import insert, select

from kb.database.engine import Connection, Database
from kb.database.tables import handoff_openings as table
from kb.database.tables import staff
from kb.ids import new_id

SAME_OPENING = timedelta(minutes=5)
"""Within it, what one reader opens again is one opening: each search beside it loads the page."""
MAX_READER_CHARS = 64

Way = Literal["page", "api", "command"]


@dataclass(frozen=True)
class Opening:
    """One reader's look at one hand-off."""

    handoff_id: str
    opened_at: datetime
    reader: str
    """The address of an account, or the id of a key of the API, or the user of a command."""
    name: str
    """That of an account, "" for others."""
    way: Way


def record(db: Database, handoff_id: str, *, reader_id: str, way: Way, now: datetime) -> None:
    """Note that an account, a key or a user, named by its id, opens a hand-off.

    Raises DatabaseUnavailable: what is not noted must not be shown.
    """
    opening_id, reader = new_id("op"), reader_id[:MAX_READER_CHARS]
    same = (table.c.handoff_id == handoff_id) & (table.c.reader_id == reader) & (table.c.way == way)
    is_known = select(table.c.id).where(same, table.c.opened_at > now - SAME_OPENING).limit(1)

    def is_noted(connection: Connection) -> bool:
        return connection.execute(is_known).first() is not None

    def work(connection: Connection) -> None:
        if not is_noted(connection):  # by ourselves, when a commit was lost
            values = {"id": opening_id, "handoff_id": handoff_id, "reader_id": reader}
            connection.execute(insert(table).values(**values, way=way, opened_at=now))

    if not db.query(is_noted):  # mostly it is: no need to wait for the turn to write
        db.transact(work)


def latest(db: Database, *, handoff_id: str = "", most: int) -> tuple[Opening, ...]:
    """The last openings, of one hand-off or of all; latest first. Raises DatabaseUnavailable."""
    statement = (
        select(table, staff.c.email, staff.c.name)
        .outerjoin(staff, staff.c.id == table.c.reader_id)
        .order_by(table.c.opened_at.desc(), table.c.id)
        .limit(most)
    )
    if handoff_id:
        statement = statement.where(table.c.handoff_id == handoff_id)
    rows = db.query(lambda connection: connection.execute(statement).all())
    return tuple(
        Opening(row.handoff_id, row.opened_at, row.email or row.reader_id, row.name or "", row.way)
        for row in rows
    )
