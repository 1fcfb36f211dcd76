"""Deletes what is no longer to be kept: marks of visitors when their day is over, contacts after
some days, the log, comments and the counts of readings after some more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Delete, delete, select, update

from kb.config import Config
from kb.database.engine import Connection, Database
from kb.database.tables import (
    article_views,
    deliveries,
    events,
    feedback,
    handoff_openings,
    handoffs,
    suggestions,
    view_marks,
    vote_marks,
    votes,
)

MARK_DAYS = 2
"""Days a mark is kept, its own included: processes do not agree on midnight to the second."""


@dataclass(frozen=True)
class Swept:
    """Counts of rows that were emptied or deleted."""

    contacts: int
    rows: int


def sweep(db: Database, config: Config, *, now: datetime) -> Swept:
    """Forget contacts after `contact_days`, everything after `log_days`, marks sooner.

    Votes stay; what was written with them goes after `comment_days`. With the words of a hand-off
    goes what was made of them: the digest of its request, and the key that may hold it.
    A hand-off nobody has received keeps its contact as long as deliveries go on, but never longer
    than `log_days`. Raises DatabaseUnavailable.
    """
    contacts_before = now - timedelta(days=config.contact_days)
    comments_before = now - timedelta(days=config.comment_days)
    deletions = _deletions(now - timedelta(days=config.log_days), now)

    waiting = select(deliveries.c.handoff_id).where(deliveries.c.state == "pending")
    is_still_tried = (handoffs.c.status == "failed") & handoffs.c.id.in_(waiting)

    def work(connection: Connection) -> Swept:
        is_over = (
            (handoffs.c.created_at < contacts_before)
            & (handoffs.c.status != "queued")
            & ~is_still_tried
        )
        emptied = connection.execute(
            update(handoffs).where(is_over, handoffs.c.sealed.is_not(None)).values(sealed=None)
        ).rowcount
        connection.execute(
            update(handoffs)
            .where(is_over, handoffs.c.request_digest != "")
            .values(request_digest="", idempotency_key=handoffs.c.id)
        )
        connection.execute(
            update(votes)
            .where(votes.c.voted_at < comments_before, votes.c.comment != "")
            .values(comment="")
        )
        deleted = sum(connection.execute(statement).rowcount for statement in deletions)
        return Swept(emptied, deleted)

    return db.transact(work)


def _deletions(log_before: datetime, now: datetime) -> tuple[Delete, ...]:
    """Statements that delete whole rows, in their order."""
    marks_until = (now.astimezone(UTC) - timedelta(days=MARK_DAYS)).date()
    old = handoffs.c.created_at < log_before
    opened = handoff_openings.c.handoff_id.in_(select(handoffs.c.id).where(old))
    return (
        delete(handoff_openings).where(opened),
        delete(deliveries).where(deliveries.c.created_at < log_before),
        delete(handoffs).where(old),
        delete(feedback).where(feedback.c.given_at < log_before),
        delete(events).where(events.c.received_at < log_before),
        delete(suggestions).where(suggestions.c.created_at < log_before),
        delete(article_views).where(article_views.c.day < log_before.astimezone(UTC).date()),
        delete(view_marks).where(view_marks.c.day <= marks_until),
        delete(vote_marks).where(vote_marks.c.day <= marks_until),
    )
