"""Deliveries that people ask for: what has failed, and what has arrived and is wanted again.

Each keeps its id, so that a receiver recognises what it has had already.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as table
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import outbox

_UNRECEIVED = ("queued", "failed")


def retry(db: Database, handoff_id: str, *, now: datetime) -> bool:
    """Try again at once; False when nothing is left to deliver. Raises DatabaseUnavailable."""
    return _requeue(db, table.c.handoff_id == handoff_id, now) > 0


def retry_all(db: Database, *, now: datetime) -> int:
    """Try everything again that nobody has received, also what was given up; how many that is.

    Raises DatabaseUnavailable.
    """
    unreceived = select(handoffs_table.c.id).where(handoffs_table.c.status.in_(_UNRECEIVED))
    return _requeue(db, table.c.handoff_id.in_(unreceived), now)


def resend(db: Database, handoff_id: str, *, now: datetime) -> bool:
    """Deliver once more what has been delivered, by the same channel and under the same id.

    It is queued as if it were new, other ways included when that channel fails. False when it has
    not been delivered, and when the customer it was delivered with has been forgotten since.
    Raises DatabaseUnavailable.
    """
    is_known = handoffs_table.c.consent_at.is_(None) | handoffs_table.c.sealed.is_not(None)

    def work(connection: Connection) -> bool:
        is_it = (table.c.handoff_id == handoff_id) & (table.c.state == "delivered")
        newest = connection.execute(
            select(table.c.id)
            .join(handoffs_table, handoffs_table.c.id == table.c.handoff_id)
            .where(is_it, is_known)
            .order_by(table.c.finished_at.desc())
            .limit(1)
        ).scalar_one_or_none()
        if newest is None:
            return False
        outbox.requeue(connection, table.c.id == newest, now=now, begins_anew=True)
        connection.execute(
            update(handoffs_table)
            .where(handoffs_table.c.id == handoff_id)
            .values(status="queued", finished_at=None)
        )
        return True

    return db.transact(work)


def _requeue(db: Database, condition: ColumnElement[bool], now: datetime) -> int:
    is_left = table.c.state.in_(("failed", "pending"))
    return db.transact(
        lambda connection: outbox.requeue(
            connection, condition & is_left, now=now, begins_anew=False
        )
    )
