"""Record of what was done to accounts: who invited, added, removed whom, who gave which role.

Written in the transaction of what it tells. Rows are few and stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select

from kb.database.engine import Connection, Database
from kb.database.tables import staff
from kb.database.tables import staff_events as table
from kb.ids import new_id

StaffEventKind = Literal["added", "removed", "role", "invited", "taken_back", "accepted"]
COMMAND = "command"
"""Actor of what was done at the command line by nobody who is known."""
MAX_ACTOR_CHARS = 64


@dataclass(frozen=True)
class StaffEvent:
    """One thing that was done. `detail` is a role, "" for none."""

    id: str
    actor: str
    """Id of an account, or the user of a command; read back, an account's address."""
    action: str
    email: str
    """Address of the account, or of who was invited."""
    detail: str
    at: datetime

    @classmethod
    def now(
        cls, actor: str, action: StaffEventKind, email: str, detail: str, *, now: datetime
    ) -> StaffEvent:
        """An event that can be recorded any number of times and is one."""
        return cls(new_id("ev"), actor[:MAX_ACTOR_CHARS] or COMMAND, action, email, detail, now)


def record(connection: Connection, event: StaffEvent) -> None:
    """Keep an event, in the caller's transaction; once, however often that is tried."""
    if connection.execute(select(table.c.id).where(table.c.id == event.id)).first():
        return
    values = {
        "id": event.id,
        "actor": event.actor,
        "action": event.action,
        "email": event.email,
        "detail": event.detail,
        "at": event.at,
    }
    connection.execute(insert(table).values(**values))


def latest(db: Database, *, most: int) -> tuple[StaffEvent, ...]:
    """The last events, the newest first. Raises DatabaseUnavailable."""
    statement = (
        select(table, staff.c.email.label("actor_email"))
        .outerjoin(staff, staff.c.id == table.c.actor)
        .order_by(table.c.at.desc(), table.c.id)
        .limit(most)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return tuple(
        StaffEvent(row.id, row.actor_email or row.actor, row.action, row.email, row.detail, row.at)
        for row in rows
    )
