"""Hand-offs: from a customer who needs a person to a packet for that person.

A hand-off and its place in the outbox are written in one transaction. What was tried is rebuilt
from our own log, so that no browser can make it up. What may identify the customer is sealed and
kept only with consent; without it there is the masked message and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, Select, func, insert, select, update

from kb import redaction
from kb.branding.translator import Translator
from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import deliveries as deliveries_table
from kb.database.tables import events as events_table
from kb.database.tables import feedback as feedback_table
from kb.database.tables import handoffs as table
from kb.database.tables import suggestions as suggestions_table
from kb.handoffs.agent_note import agent_note
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket, ShownArticle, Tried
from kb.handoffs.encryption import CannotUnseal, Sealer

MAX_MESSAGE_CHARS = 10_000
MAX_EMAIL_CHARS = 254
MAX_NAME_CHARS = 100

HandoffStatus = Literal["queued", "delivered", "fallback_email", "failed", "client"]
HandoffReason = Literal[
    "not_solved",
    "user_requested",
    "sensitive_topic",
    "repeat_failed",
    "low_confidence",
    "no_results",
    "unsupported_locale",
    "holdout",
    "unavailable",
    "other",
]
"""Why a customer is handed off."""
CLIENT = "client"
"""The channel of hand-offs that a chat in the customer's page takes over."""
OPENING_EVENTS = ("result.opened", "article.viewed", "article.dwell")
SEARCH_EVENTS = ("search.performed", "search.no_results")
SEARCHES_SINCE = timedelta(hours=24)
MOST_SEARCHES = 10
MAX_DWELL_S = 3600

Describe = Callable[[str, str], tuple[str, str] | None]
"""Article id and language → title and absolute address; None for one that is gone."""


class KeyReused(Exception):
    """The idempotency key came before with another request."""


class AlreadyMade(Exception):
    """Everything these tokens stand for has been handed off before."""

    def __init__(self, handoff_id: str) -> None:
        super().__init__(handoff_id)
        self.handoff_id = handoff_id


@dataclass(frozen=True)
class SuggestionClaim:
    """What a signed token vouches for of one suggestion; used where our log has no row."""

    suggestion_id: str
    lang: str
    action: str
    confidence: float
    articles: tuple[tuple[str, float], ...]
    """Article ids without prefix, with confidences, in rank order."""


@dataclass(frozen=True)
class Consent:
    """The customer's permission to keep and pass on what identifies them."""

    text_version: str
    accepted_at: datetime


@dataclass(frozen=True)
class NewHandoff:
    """A hand-off as asked for. `consent` None: nothing that identifies anybody may be kept."""

    id: str
    key_id: str
    idempotency_key: str
    digest: str
    """Of the whole request: another one under the same idempotency key is refused."""
    session_id: str
    lang: str
    reason: str
    message: str
    shown: tuple[SuggestionClaim, ...]
    channel: str
    contact: CustomerContact | None = None
    consent: Consent | None = None
    page_url: str = ""
    page_title: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Handoff:
    """A hand-off as it is kept."""

    id: str
    status: HandoffStatus
    channel: str
    external: Mapping[str, Any] | None
    created_at: datetime
    packet: HandoffPacket


@dataclass(frozen=True)
class SiteContext:
    """What hand-offs need to know of the site they are made on."""

    describe: Describe
    sealer: Sealer
    stored_attributes: tuple[str, ...] = ()
    base_url: str = ""
    translator: Translator = field(default_factory=Translator)


def make(db: Database, asked: NewHandoff, place: SiteContext, *, now: datetime) -> Handoff:
    """Keep a hand-off and queue its delivery; a repeated request gives the same one.

    When this returns it is on the disk. Raises KeyReused, AlreadyMade, DatabaseUnavailable.
    """

    def work(connection: Connection) -> Row[Any]:
        known = _by_key(connection, asked)
        if not known:
            _refuse_repetition(connection, asked)
            tried = _tried(connection, asked, place.describe)
            row = _row(asked, tried, _searches(connection, asked, now), place, now)
            # A chat in the page may decline: what it got can still be handed off to us.
            if upsert.insert_new(connection, table, row) and asked.channel != CLIENT:
                _mark_suggestions(connection, asked)
                connection.execute(insert(deliveries_table).values(**_delivery(asked, now)))
            known = connection.execute(_of_key(asked)).one()
        if known.request_digest != asked.digest:
            raise KeyReused
        return known

    return _handoff(db.transact(work), place)


def find(db: Database, handoff_id: str, place: SiteContext) -> Handoff | None:
    """Raises DatabaseUnavailable."""
    statement = select(table).where(table.c.id == handoff_id)
    row = db.query(lambda connection: connection.execute(statement).one_or_none())
    return _handoff(row, place) if row else None


def failed_since(db: Database, since: datetime) -> int:
    """How many hand-offs nobody has received. Raises DatabaseUnavailable."""
    statement = select(func.count()).where(table.c.status == "failed", table.c.created_at > since)
    return db.query(lambda connection: connection.execute(statement).scalar_one())


def _by_key(connection: Connection, asked: NewHandoff) -> Row[Any] | None:
    return connection.execute(_of_key(asked)).one_or_none()


def _of_key(asked: NewHandoff) -> Select[Any]:
    return select(table).where(
        table.c.key_id == asked.key_id, table.c.idempotency_key == asked.idempotency_key
    )


def _refuse_repetition(connection: Connection, asked: NewHandoff) -> None:
    """Raise AlreadyMade when every suggestion was handed off before; one new one is reason enough.

    `FOR UPDATE` keeps two such requests apart on PostgreSQL; SQLite has one writer anyway.
    """
    ids = [one.suggestion_id for one in asked.shown]
    if not ids:
        return
    statement = select(suggestions_table.c.handoff_id).where(suggestions_table.c.id.in_(ids))
    before = connection.execute(statement.with_for_update()).scalars().all()
    if len(before) == len(set(ids)) and all(before):
        raise AlreadyMade(str(before[-1]))


def _tried(connection: Connection, asked: NewHandoff, describe: Describe) -> tuple[Tried, ...]:
    ids = [one.suggestion_id for one in asked.shown]
    rows = connection.execute(
        select(suggestions_table).where(suggestions_table.c.id.in_(ids))
    ).all()
    logged = {row.id: row for row in rows if row.key_id == asked.key_id}
    verdicts = {
        (row.suggestion_id, row.article_id): row
        for row in connection.execute(
            select(feedback_table).where(feedback_table.c.suggestion_id.in_(ids))
        )
    }
    opened = _opened(connection, ids)
    found = []
    for one in asked.shown:
        row = logged.get(one.suggestion_id)
        articles = row.shown if row else _claimed(one, describe)
        found.append(
            Tried(
                suggestion_id=one.suggestion_id,
                asked=row.asked if row else "",
                action=row.action if row else one.action,
                confidence=round(row.confidence if row else one.confidence, 3),
                shown=tuple(_shown(one.suggestion_id, item, opened, verdicts) for item in articles),
            )
        )
    return tuple(found)


def _claimed(one: SuggestionClaim, describe: Describe) -> list[dict[str, Any]]:
    """What a token says was shown, for a suggestion that was not kept."""
    found = []
    for rank, (article_id, confidence) in enumerate(one.articles, start=1):
        title, url = describe(article_id, one.lang) or (article_id, "")
        found.append(
            {
                "article_id": article_id,
                "title": title,
                "url": url,
                "rank": rank,
                "confidence": confidence,
            }
        )
    return found


def _shown(
    suggestion_id: str,
    item: Mapping[str, Any],
    opened: Mapping[tuple[str, str], int],
    verdicts: Mapping[tuple[str, str], Row[Any]],
) -> ShownArticle:
    place = suggestion_id, item["article_id"]
    verdict = verdicts.get(place) or verdicts.get((suggestion_id, ""))
    return ShownArticle(
        article_id=f"art_{item['article_id']}",
        title=item["title"],
        url=item["url"],
        rank=item["rank"],
        confidence=round(item["confidence"], 3),
        opened=place in opened,
        seconds=opened.get(place, 0),
        verdict=verdict.verdict if verdict else None,
        reason=verdict.reason if verdict else None,
    )


def _opened(connection: Connection, ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Suggestion and article that was opened → seconds for which it was on the screen."""
    found: dict[tuple[str, str], int] = {}
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


def _searches(connection: Connection, asked: NewHandoff, now: datetime) -> list[str]:
    """What this session searched for on the way, the latest last."""
    rows = connection.execute(
        select(events_table.c.query)
        .where(
            events_table.c.session_id == asked.session_id,
            events_table.c.type.in_(SEARCH_EVENTS),
            events_table.c.query.is_not(None),
            events_table.c.received_at > now - SEARCHES_SINCE,
        )
        .order_by(events_table.c.received_at)
    ).scalars()
    return list(dict.fromkeys(rows))[-MOST_SEARCHES:]


def _row(
    asked: NewHandoff,
    tried: Sequence[Tried],
    searches: Sequence[str],
    place: SiteContext,
    now: datetime,
) -> dict[str, Any]:
    consent = asked.consent
    kept = {
        name: value for name, value in asked.attributes.items() if name in place.stored_attributes
    }
    return {
        "id": asked.id,
        "key_id": asked.key_id,
        "idempotency_key": asked.idempotency_key,
        "request_digest": asked.digest,
        "session_id": asked.session_id,
        "lang": asked.lang,
        "reason": asked.reason,
        "message": redaction.mask(asked.message),
        "tried": [asdict(one) for one in tried],
        "searches": list(searches),
        "page": {
            "url": redaction.mask(asked.page_url),
            "title": redaction.mask(asked.page_title),
            "site": place.base_url,
        },
        "attributes": kept,
        "sealed": _sealed(asked, place.sealer) if consent else None,
        "consent_version": consent.text_version if consent else None,
        "consent_at": consent.accepted_at if consent else None,
        "channel": asked.channel,
        "status": "client" if asked.channel == CLIENT else "queued",
        "external": None,
        "created_at": now,
        "finished_at": None,
    }


def _sealed(asked: NewHandoff, sealer: Sealer) -> str:
    return sealer.seal(
        {
            "message": redaction.mask_cards(asked.message),
            "contact": asdict(asked.contact) if asked.contact else None,
            "attributes": dict(asked.attributes),
            "page": {"url": asked.page_url, "title": asked.page_title},
        }
    )


def _delivery(asked: NewHandoff, now: datetime) -> dict[str, Any]:
    return new_delivery(asked.id, asked.channel, now)


def new_delivery(handoff_id: str, channel: str, now: datetime) -> dict[str, Any]:
    """A row of the outbox, due now. Its id depends on nothing else, so that it is never two."""
    return {
        "id": f"msg_{handoff_id.removeprefix('ho_')}_{channel}",
        "handoff_id": handoff_id,
        "channel": channel,
        "state": "pending",
        "attempts": 0,
        "next_at": now,
        "leased_until": None,
        "leased_by": "",
        "progress": {},
        "error": "",
        "created_at": now,
        "finished_at": None,
    }


def _mark_suggestions(connection: Connection, asked: NewHandoff) -> None:
    ids = [one.suggestion_id for one in asked.shown]
    connection.execute(
        update(suggestions_table)
        .where(suggestions_table.c.id.in_(ids), suggestions_table.c.key_id == asked.key_id)
        .where(suggestions_table.c.handoff_id.is_(None))
        .values(handoff_id=asked.id)
    )


def _handoff(row: Row[Any], place: SiteContext) -> Handoff:
    return Handoff(
        id=row.id,
        status=row.status,
        channel=row.channel,
        external=row.external,
        created_at=row.created_at,
        packet=packet_of(row, place.sealer, place.translator),
    )


def packet_of(row: Row[Any], sealer: Sealer, translator: Translator) -> HandoffPacket:
    """What the receiver of a kept hand-off gets. Once what was sealed is gone, it is masked."""
    private: Mapping[str, Any] = {}
    if row.sealed:
        try:
            private = sealer.unseal(row.sealed)
        except CannotUnseal:
            private = {}
    page = private.get("page") or row.page
    contact = private.get("contact")
    tried = tuple(
        Tried(**{**one, "shown": tuple(ShownArticle(**shown) for shown in one["shown"])})
        for one in row.tried
    )
    return HandoffPacket(
        id=row.id,
        created_at=row.created_at,
        reason=row.reason,
        locale=row.lang,
        message=private.get("message") or row.message,
        contact=CustomerContact(**contact) if contact else None,
        tried=tried,
        searches=tuple(row.searches),
        page_url=page["url"],
        page_title=page["title"],
        attributes=private.get("attributes") or row.attributes,
        agent_note=agent_note(tried, translator.into(row.lang)),
        record_url=f"{row.page['site']}/agent?handoff={row.id}",
    )
