"""Deletes what is no longer to be kept: marks of visitors when their day is over, contacts after
some days, the log, comments and the counts of readings after some more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
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
from kb.errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

MARK_DAYS = 2
"""Days a mark is kept, its own included: processes do not agree on midnight to the second."""


@dataclass(frozen=True)
class Swept:
    """Counts of rows that were emptied or deleted, and names of the parts that could not be."""

    contacts: int
    rows: int
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _KindOfData:
    """One kind of data, swept in a transaction of its own; returns the number of its rows."""

    name: str
    sweep: Callable[[Connection], int]


def sweep(db: Database, config: Config, *, now: datetime) -> Swept:
    """Forget contacts after `contact_days`, everything after `log_days`, marks sooner.

    Votes stay; what was written with them goes after `comment_days`. With the words of a hand-off
    goes what was made of them: the digest of its request, and the key that may hold it.
    A hand-off nobody has received keeps its contact as long as deliveries go on, but never longer
    than `log_days`. What goes wrong with one kind of data keeps no other: it is logged, and named
    in the result.
    """
    counts: dict[str, int] = {}
    failed = []
    for part in _parts(config, now):
        try:
            counts[part.name] = db.transact(part.sweep)
        except DatabaseUnavailable as error:
            log.error("not swept", part=part.name, reason=str(error))
            failed.append(part.name)
        except Exception:  # a mistake of ours in one must not stop the others
            log.exception("not swept", part=part.name)
            failed.append(part.name)
    contacts = counts.pop(_CONTACTS, 0)
    counts.pop(_COMMENTS, 0)
    return Swept(contacts, sum(counts.values()), tuple(failed))


_CONTACTS = "contacts"
_COMMENTS = "comments"


def _parts(config: Config, now: datetime) -> tuple[_KindOfData, ...]:
    """All that is swept, in its order. Days are counted back only when a part is run."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    log_days = config.log_days
    marks_until = (now.astimezone(UTC) - timedelta(days=MARK_DAYS)).date()
    whole_rows: Mapping[str, Callable[[], tuple[Delete, ...]]] = {
        "hand-offs": lambda: _handoffs(before(log_days)),
        "feedback": lambda: (delete(feedback).where(feedback.c.given_at < before(log_days)),),
        "events": lambda: (delete(events).where(events.c.received_at < before(log_days)),),
        "suggestions": lambda: (
            delete(suggestions).where(suggestions.c.created_at < before(log_days)),
        ),
        "readings": lambda: (
            delete(article_views).where(
                article_views.c.day < before(log_days).astimezone(UTC).date()
            ),
        ),
        "marks of readers": lambda: (delete(view_marks).where(view_marks.c.day <= marks_until),),
        "marks of voters": lambda: (delete(vote_marks).where(vote_marks.c.day <= marks_until),),
    }
    return (
        _KindOfData(
            _CONTACTS, lambda connection: _contacts(connection, before(config.contact_days))
        ),
        _KindOfData(
            _COMMENTS, lambda connection: _comments(connection, before(config.comment_days))
        ),
        *(_KindOfData(name, partial(_rows, statements)) for name, statements in whole_rows.items()),
    )


def _contacts(connection: Connection, until: datetime) -> int:
    waiting = select(deliveries.c.handoff_id).where(deliveries.c.state == "pending")
    is_still_tried = (handoffs.c.status == "failed") & handoffs.c.id.in_(waiting)
    is_over = (handoffs.c.created_at < until) & (handoffs.c.status != "queued") & ~is_still_tried
    emptied = connection.execute(
        update(handoffs).where(is_over, handoffs.c.sealed.is_not(None)).values(sealed=None)
    ).rowcount
    connection.execute(
        update(handoffs)
        .where(is_over, handoffs.c.request_digest != "")
        .values(request_digest="", idempotency_key=handoffs.c.id)
    )
    return emptied


def _comments(connection: Connection, until: datetime) -> int:
    is_over = (votes.c.voted_at < until) & (votes.c.comment != "")
    return connection.execute(update(votes).where(is_over).values(comment="")).rowcount


def _handoffs(until: datetime) -> tuple[Delete, ...]:
    """Together, so that nothing is left that belongs to a hand-off that is gone."""
    old = handoffs.c.created_at < until
    opened = handoff_openings.c.handoff_id.in_(select(handoffs.c.id).where(old))
    return (
        delete(handoff_openings).where(opened),
        delete(deliveries).where(deliveries.c.created_at < until),
        delete(handoffs).where(old),
    )


def _rows(statements: Callable[[], tuple[Delete, ...]], connection: Connection) -> int:
    return sum(connection.execute(statement).rowcount for statement in statements())
