"""Rebuilds what a customer tried from our own log, so that no browser can make it up. SQL only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from kb.database.engine import Connection
from kb.database.tables import events as events_table
from kb.database.tables import feedback as feedback_table
from kb.database.tables import suggestions as suggestions_table
from kb.handoffs.channels.packet import ShownArticle, Tried

OPENING_EVENTS = ("result.opened", "article.viewed", "article.dwell")
SEARCH_EVENTS = ("search.performed", "search.no_results")
SEARCHES_SINCE = timedelta(hours=24)
MOST_SEARCHES = 10
MAX_DWELL_S = 3600

Describe = Callable[[str, str], tuple[str, str] | None]
"""Article id and language → title and absolute address; None for one that is gone."""

_Place = tuple[str, str]
"""Ids of a suggestion and of an article, without prefix; "" is the whole list."""


@dataclass(frozen=True)
class SuggestionClaim:
    """One suggestion as a signed token vouches for it; used where our log has no row."""

    suggestion_id: str
    lang: str
    action: str
    confidence: float
    articles: tuple[tuple[str, float], ...]
    """Article ids without prefix, with confidences, in rank order."""


@dataclass(frozen=True)
class _Outcome:
    """The customer's doings after some suggestions."""

    seconds: Mapping[_Place, int] = field(default_factory=dict)
    """For each article that was opened, the time for which it was on the screen."""
    verdicts: Mapping[_Place, tuple[str, str | None]] = field(default_factory=dict)
    """Verdict and reason."""

    def of(self, suggestion_id: str, article_id: str) -> dict[str, Any]:
        place = suggestion_id, article_id
        verdict = self.verdicts.get(place) or self.verdicts.get((suggestion_id, ""))
        return {
            "opened": place in self.seconds,
            "seconds": self.seconds.get(place, 0),
            "verdict": verdict[0] if verdict else None,
            "reason": verdict[1] if verdict else None,
        }


def rebuild(
    connection: Connection, claims: Sequence[SuggestionClaim], *, key_id: str, describe: Describe
) -> tuple[Tried, ...]:
    """Everything that was suggested and what came of it; rows of another key are not believed."""
    ids = [claim.suggestion_id for claim in claims]
    logged = _logged(connection, ids, key_id)
    outcome = _Outcome(_seconds(connection, ids), _verdicts(connection, ids))
    return tuple(
        _with_outcome(logged.get(claim.suggestion_id) or _claimed(claim, describe), outcome)
        for claim in claims
    )


def searches(connection: Connection, session_id: str, now: datetime) -> tuple[str, ...]:
    """Texts this session searched for on the way, the latest last."""
    rows = connection.execute(
        select(events_table.c.query)
        .where(
            events_table.c.session_id == session_id,
            events_table.c.type.in_(SEARCH_EVENTS),
            events_table.c.query.is_not(None),
            events_table.c.received_at > now - SEARCHES_SINCE,
        )
        .order_by(events_table.c.received_at)
    ).scalars()
    return tuple(dict.fromkeys(rows))[-MOST_SEARCHES:]


def handed_off(connection: Connection, ids: Sequence[str]) -> list[str | None]:
    """The hand-off of each of these suggestions that the log has; None for those without.

    `FOR UPDATE` keeps two such requests apart on PostgreSQL; SQLite has one writer anyway.
    """
    statement = select(suggestions_table.c.handoff_id).where(suggestions_table.c.id.in_(ids))
    return list(connection.execute(statement.with_for_update()).scalars())


def mark_handed_off(
    connection: Connection, ids: Sequence[str], *, key_id: str, handoff_id: str
) -> None:
    """Note the hand-off with suggestions of this key that have none yet."""
    connection.execute(
        update(suggestions_table)
        .where(suggestions_table.c.id.in_(ids), suggestions_table.c.key_id == key_id)
        .where(suggestions_table.c.handoff_id.is_(None))
        .values(handoff_id=handoff_id)
    )


def _logged(connection: Connection, ids: Sequence[str], key_id: str) -> dict[str, Tried]:
    rows = connection.execute(
        select(suggestions_table).where(
            suggestions_table.c.id.in_(ids), suggestions_table.c.key_id == key_id
        )
    )
    return {
        row.id: Tried(
            suggestion_id=row.id,
            asked=row.asked,
            action=row.action,
            confidence=row.confidence,
            shown=tuple(
                ShownArticle(
                    article_id=item["article_id"],
                    title=item["title"],
                    url=item["url"],
                    rank=item["rank"],
                    confidence=item["confidence"],
                )
                for item in row.shown
            ),
        )
        for row in rows
    }


def _claimed(claim: SuggestionClaim, describe: Describe) -> Tried:
    """The suggestion as its token has it; it does not say what was asked."""
    found = []
    for rank, (article_id, confidence) in enumerate(claim.articles, start=1):
        title, url = describe(article_id, claim.lang) or (article_id, "")
        found.append(ShownArticle(article_id, title, url, rank, confidence))
    return Tried(claim.suggestion_id, "", claim.action, claim.confidence, tuple(found))


def _with_outcome(tried: Tried, outcome: _Outcome) -> Tried:
    """As a packet has it: ids with their prefix, confidences rounded."""
    shown = tuple(
        replace(
            one,
            article_id=f"art_{one.article_id}",
            confidence=round(one.confidence, 3),
            **outcome.of(tried.suggestion_id, one.article_id),
        )
        for one in tried.shown
    )
    return replace(tried, confidence=round(tried.confidence, 3), shown=shown)


def _verdicts(connection: Connection, ids: Sequence[str]) -> dict[_Place, tuple[str, str | None]]:
    rows = connection.execute(select(feedback_table).where(feedback_table.c.suggestion_id.in_(ids)))
    return {(row.suggestion_id, row.article_id): (row.verdict, row.reason) for row in rows}


def _seconds(connection: Connection, ids: Sequence[str]) -> dict[_Place, int]:
    found: dict[_Place, int] = {}
    rows = connection.execute(
        select(events_table).where(
            events_table.c.suggestion_id.in_(ids),
            events_table.c.type.in_(OPENING_EVENTS),
            events_table.c.article_id.is_not(None),
        )
    )
    for row in rows:
        place = row.suggestion_id, row.article_id
        found[place] = min(MAX_DWELL_S, found.get(place, 0) + (row.seconds or 0))
    return found
