"""The log of suggestions and of what came of them; hand-offs are rebuilt from it.

Texts arrive masked (`kb.redaction`). Nothing here decides anything but whether a suggestion was the
second in a row that did not help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import bindparam, select

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import events as events_table
from kb.database.tables import feedback as feedback_table
from kb.database.tables import suggestions as suggestions_table
from kb.suggestions.decision import Decision

Verdict = Literal["solved", "not_solved"]
EventType = Literal[
    "suggest.shown",
    "answer.viewed",
    "result.opened",
    "article.viewed",
    "article.dwell",
    "feedback.solved",
    "feedback.not_solved",
    "search.performed",
    "search.no_results",
    "vote.cast",
    "handoff.opened",
    "handoff.submitted",
    "handoff.cancelled",
    "widget.opened",
    "widget.closed",
]
EVENT_TYPES: frozenset[str] = frozenset(get_args(EventType))

EPISODE = timedelta(minutes=30)
"""A conversation ends after so long without a word."""
LATE = timedelta(hours=48)
EARLY = timedelta(minutes=5)
"""A client's clock is believed within these bounds; outside, an event happened when it came."""


@dataclass(frozen=True)
class LoggedArticle:
    """An article of a suggestion, as the customer saw it. `article_id` has no prefix."""

    article_id: str
    lang: str
    title: str
    url: str
    rank: int
    confidence: float


@dataclass(frozen=True)
class LoggedSuggestion:
    """A suggestion as it is kept; `asked` is masked."""

    id: str
    session_id: str
    key_id: str
    asked: str
    lang: str
    decision: Decision
    is_degraded: bool
    policy: str
    index_version: str
    shown: tuple[LoggedArticle, ...]
    created_at: datetime


@dataclass(frozen=True)
class Feedback:
    """A customer's verdict on an article of a suggestion, or on the list (`article_id` "")."""

    suggestion_id: str
    article_id: str
    verdict: Verdict
    reason: str | None
    comment: str
    session_id: str
    given_at: datetime


@dataclass(frozen=True)
class Event:
    """Something a customer did. `query` is masked."""

    id: str
    type: EventType
    at: datetime
    suggestion_id: str | None = None
    article_id: str | None = None
    seconds: int | None = None
    query: str | None = None


def record_suggestions(db: Database, logged: Sequence[LoggedSuggestion]) -> None:
    """Keep suggestions. Doing it again is harmless. Raises DatabaseUnavailable."""
    rows = [_row(one) for one in logged]
    db.transact(lambda connection: upsert.insert_missing(connection, suggestions_table, rows))


def record_feedback(db: Database, given: Feedback, *, now: datetime) -> int:
    """Keep feedback, in place of what was said of the same article before.

    Returns how many suggestions of this conversation did not help. Raises DatabaseUnavailable.
    """

    def work(connection: Connection) -> int:
        keys = ("suggestion_id", "article_id")
        upsert.upsert(connection, feedback_table, asdict(given), keys)
        return _rejected(connection, given.session_id, now)

    return db.transact(work)


def rejected_lately(db: Database, session_id: str, *, now: datetime) -> int:
    """Suggestions of this conversation that did not help. Raises DatabaseUnavailable."""
    return db.query(lambda connection: _rejected(connection, session_id, now))


def verdicts(db: Database, *, policy: str, since: datetime) -> list[tuple[float, bool]]:
    """Confidence of each answer that customers said something of, and whether it helped.

    Only answers of one policy: another states other probabilities. Raises DatabaseUnavailable.
    """
    known = {"policy": policy, "since": since}
    rows = db.query(lambda connection: connection.execute(_ANSWER_VERDICTS, known).all())
    return [(float(row.confidence), row.verdict == "solved") for row in rows]


def record_events(
    db: Database, *, session_id: str, key_id: str, found: Sequence[Event], now: datetime
) -> None:
    """Keep events; those that came before are not kept twice. Raises DatabaseUnavailable."""
    rows: list[dict[str, Any]] = [
        {
            **asdict(event),
            "at": event.at if now - LATE <= event.at <= now + EARLY else now,
            "session_id": session_id,
            "key_id": key_id,
            "received_at": now,
        }
        for event in {event.id: event for event in found}.values()
    ]
    db.transact(lambda connection: upsert.insert_missing(connection, events_table, rows))


def _row(logged: LoggedSuggestion) -> dict[str, Any]:
    """The columns; the decision's fields are columns of their own."""
    row = asdict(logged)
    decision = row.pop("decision")
    return {**row, **decision, "shown": list(row["shown"])}


def _rejected(connection: Connection, session_id: str, now: datetime) -> int:
    """Suggestions with a no, since the last yes or hand-off, in this conversation."""
    known = {"session_id": session_id, "since": now - EPISODE}
    rows = connection.execute(_VERDICTS, known).all()
    solved_at = max((row.given_at for row in rows if row.verdict == "solved"), default=None)
    rejected = {
        row.suggestion_id
        for row in rows
        if row.verdict == "not_solved" and (solved_at is None or row.given_at > solved_at)
    }
    if not rejected:  # nearly always: every message asks
        return 0
    handed = connection.execute(_HANDED, {"session_id": session_id}).scalars().all()
    return len(rejected - set(handed))


_VERDICTS = select(
    feedback_table.c.suggestion_id, feedback_table.c.verdict, feedback_table.c.given_at
).where(
    feedback_table.c.session_id == bindparam("session_id"),
    feedback_table.c.given_at > bindparam("since"),
)
_ANSWER_VERDICTS = (
    select(suggestions_table.c.confidence, feedback_table.c.verdict)
    .join(feedback_table, feedback_table.c.suggestion_id == suggestions_table.c.id)
    .where(
        suggestions_table.c.action == "answer",
        suggestions_table.c.policy == bindparam("policy"),
        suggestions_table.c.created_at > bindparam("since"),
    )
)
_HANDED = select(suggestions_table.c.id).where(
    suggestions_table.c.session_id == bindparam("session_id"),
    suggestions_table.c.handoff_id.is_not(None),
)
