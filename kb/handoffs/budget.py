"""The budget of hand-offs: more than so many an hour with one key is an alarm, and no wall.

A shop with a bad day and somebody who makes hand-offs by a script look alike from here. The first
must get through, the second must be seen by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from kb.database.engine import Database
from kb.database.tables import handoffs as table

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class KeyUse:
    """Number of hand-offs that were made with a key in the last hour."""

    key_id: str
    """Of an API key, or `site` for the contact page."""
    made: int


def busiest(db: Database, *, now: datetime) -> KeyUse | None:
    """The key with the most hand-offs of the last hour. Raises DatabaseUnavailable."""
    number = func.count()
    statement = (
        select(table.c.key_id, number)
        .where(table.c.created_at > now - HOUR)
        .group_by(table.c.key_id)
        .order_by(number.desc(), table.c.key_id)
        .limit(1)
    )
    row = db.query(lambda connection: connection.execute(statement).one_or_none())
    return KeyUse(*row) if row else None


def use_of(db: Database, key_id: str, *, now: datetime) -> KeyUse:
    """The use of one key. Raises DatabaseUnavailable."""
    statement = select(func.count()).where(
        table.c.created_at > now - HOUR, table.c.key_id == key_id
    )
    return KeyUse(key_id, db.query(lambda connection: connection.execute(statement).scalar_one()))


def alarm(use: KeyUse | None, budget: int) -> str:
    """A sentence for operators when the budget is exceeded, else ""."""
    if use is None or use.made <= budget:
        return ""
    return (
        f"{use.made} hand-offs in an hour with key {use.key_id},"
        f" more than KB_HANDOFF_BUDGET ({budget})"
    )
