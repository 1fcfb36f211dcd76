"""Outcomes of attempts, written into the outbox and onto the hand-off. SQL only.

What an attempt leads to is written only by the process that holds the lease, so one that comes late
changes nothing, except that what was received is never called anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update

from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as table
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import counts, outbox
from kb.handoffs.channels.model import Delivered
from kb.handoffs.outbox import Due, WaitingDelivery

MAX_ERROR_CHARS = 300


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
    took_s = max(0.0, (now - due.handoff.created_at).total_seconds())

    def work(connection: Connection) -> None:
        is_open = (table.c.id == due.id) & (table.c.state != "delivered")
        if not _finish(connection, is_open, "delivered", "", now):
            return
        is_ours = handoffs_table.c.id == due.handoff.id
        if is_fallback:
            is_ours &= handoffs_table.c.status != "delivered"
        status = "fallback_email" if is_fallback else "delivered"
        values = {"status": status, "external": external, "finished_at": now}
        connection.execute(update(handoffs_table).where(is_ours).values(**values))
        _drop_untried(connection, due, now)
        counts.add_delivered(connection, due.channel, took_s)

    db.transact(work)


def postpone(db: Database, due: Due, error: str, *, until: datetime, now: datetime) -> None:
    """Try again at `until`. Raises DatabaseUnavailable."""

    def work(connection: Connection) -> None:
        if _put_back(connection, due, error, until, now):
            counts.add(connection, due.channel, counts.FAILED)

    db.transact(work)


def hold(db: Database, due: Due, error: str, *, until: datetime, now: datetime) -> None:
    """Put it back as if it had not been tried, until something of ours is mended.

    Raises DatabaseUnavailable.
    """
    db.transact(
        lambda connection: _put_back(
            connection, due, error, until, now, {"attempts": due.attempts - 1}
        )
    )


def give_up(db: Database, due: Due, error: str, *, now: datetime) -> None:
    """No more attempts. Raises DatabaseUnavailable."""

    def work(connection: Connection) -> None:
        if _finish(connection, _is_held(due), "failed", error, now):
            counts.add(connection, due.channel, counts.FAILED)

    db.transact(work)


def fall_back(db: Database, due: Due, channel: str, error: str, *, now: datetime) -> None:
    """Deliver by `channel` after a failure, never again by the first.

    Raises DatabaseUnavailable.
    """

    def work(connection: Connection) -> None:
        if _finish(connection, _is_held(due), "dropped", error, now):
            counts.add(connection, due.channel, counts.FAILED)
            _queue_instead(connection, due.channel, due.handoff.id, channel, now)

    db.transact(work)


def divert(
    db: Database,
    found: Collection[WaitingDelivery],
    channel: str,
    error: str,
    *,
    now: datetime,
    is_leased_too: bool,
) -> int:
    """Deliver by `channel` what another did not in time; how many that was.

    With `is_leased_too` an attempt that runs is not waited for; what it brings in is kept all the
    same. Raises DatabaseUnavailable.
    """

    def work(connection: Connection) -> int:
        moved = 0
        for one in found:
            is_there = (table.c.id == one.id) & (table.c.state == "pending")
            if not is_leased_too:
                is_there &= table.c.leased_until.is_(None)
            if _finish(connection, is_there, "dropped", error, now):
                _queue_instead(connection, one.channel, one.handoff_id, channel, now)
                moved += 1
        return moved

    return db.transact(work)


def hasten(db: Database, channel: str, *, now: datetime) -> None:
    """Make due all that waits for `channel`: it works again. Raises DatabaseUnavailable."""
    is_idle = (table.c.state == "pending") & table.c.leased_until.is_(None)
    statement = (
        update(table)
        .where(is_idle, table.c.channel == channel, table.c.next_at > now)
        .values(next_at=now, touched_at=now)
    )
    db.transact(lambda connection: connection.execute(statement))


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


def _is_held(due: Due) -> ColumnElement[bool]:
    is_ours = (table.c.id == due.id) & (table.c.leased_by == due.owner)
    return is_ours & (table.c.state == "pending")


def _put_back(
    connection: Connection,
    due: Due,
    error: str,
    until: datetime,
    now: datetime,
    more: Mapping[str, Any] = {},
) -> bool:
    values = {
        "next_at": until,
        "touched_at": now,
        "leased_until": None,
        "leased_by": "",
        "error": error[:MAX_ERROR_CHARS],
        **more,
    }
    return connection.execute(update(table).where(_is_held(due)).values(**values)).rowcount > 0


def _queue_instead(
    connection: Connection, left: str, handoff_id: str, channel: str, now: datetime
) -> None:
    counts.add(connection, left, counts.DIVERTED)
    if not outbox.enqueue(connection, handoff_id, channel, now):
        is_other = (table.c.handoff_id == handoff_id) & (table.c.channel == channel)
        outbox.requeue(
            connection, is_other & (table.c.state != "pending"), now=now, begins_anew=False
        )


def _drop_untried(connection: Connection, due: Due, now: datetime) -> None:
    """Take back the other way of a hand-off that has arrived by this one after all."""
    is_other = (table.c.handoff_id == due.handoff.id) & (table.c.id != due.id)
    is_untried = (table.c.attempts == 0) & table.c.leased_until.is_(None)
    is_idle = (table.c.state == "pending") & is_untried
    _finish(connection, is_other & is_idle, "dropped", f"delivered by {due.channel}", now)


def _finish(
    connection: Connection, condition: ColumnElement[bool], state: str, error: str, now: datetime
) -> bool:
    values = {
        "state": state,
        "error": error[:MAX_ERROR_CHARS],
        "finished_at": now,
        "leased_until": None,
        "leased_by": "",
    }
    return connection.execute(update(table).where(condition).values(**values)).rowcount > 0
