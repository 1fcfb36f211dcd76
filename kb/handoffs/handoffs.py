"""Hand-offs: from a customer who needs a person to a packet for that person.

A hand-off and its place in the outbox are written in one transaction. What was tried is rebuilt
from our own log, so that no browser can make it up. What may identify the customer is sealed and
kept only with consent; without it there is the masked message and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func, select

from kb import redaction
from kb.branding.translator import Translator
from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import handoffs as table
from kb.handoffs import canary, history, outbox, tried
from kb.handoffs.agent_note import agent_note
from kb.handoffs.channels.packet import (
    CustomerContact,
    HandoffPacket,
    SignedIdentity,
    Tried,
)
from kb.handoffs.encryption import Sealer
from kb.handoffs.history import HandoffRecord
from kb.handoffs.tried import Describe, SuggestionClaim

MAX_MESSAGE_CHARS = 10_000
MAX_EMAIL_CHARS = 254
MAX_NAME_CHARS = 100
MAX_VERSION_CHARS = 32

HandoffStatus = Literal["queued", "delivered", "fallback_email", "failed", "client"]
HandoffReason = Literal[
    "not_solved",
    "user_requested",
    "safety",
    "sensitive_topic",
    "repeat_failed",
    "low_confidence",
    "no_results",
    "unsupported_locale",
    "holdout",
    "unavailable",
    "other",
]
"""Reasons for which a customer is handed off."""
CLIENT = "client"
"""The channel of hand-offs that a chat in the customer's page takes over."""


class KeyReused(Exception):
    """The idempotency key came before with another request."""


class AlreadyMade(Exception):
    """Everything these tokens stand for has been handed off before."""

    def __init__(self, handoff_id: str) -> None:
        super().__init__(handoff_id)
        self.handoff_id = handoff_id


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
    """Keyed, of the whole request: another one under the same idempotency key is refused."""
    session_id: str
    lang: str
    reason: str
    message: str
    shown: tuple[SuggestionClaim, ...]
    channel: str
    contact: CustomerContact | None = None
    identity: SignedIdentity | None = None
    consent: Consent | None = None
    page_url: str = ""
    page_title: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Handoff:
    """A hand-off as it is kept, on the site that may open it."""

    record: HandoffRecord
    place: SiteContext = field(repr=False)

    @property
    def packet(self) -> HandoffPacket:
        """The packet for whoever takes over. Raises CannotUnseal."""
        return packet_of(self.record, self.place.sealer, self.place.translator)

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def status(self) -> HandoffStatus:
        return cast(HandoffStatus, self.record.status)  # the table allows no other

    @property
    def channel(self) -> str:
        return self.record.channel

    @property
    def external(self) -> Mapping[str, Any] | None:
        return self.record.external

    @property
    def created_at(self) -> datetime:
        return self.record.created_at


@dataclass(frozen=True)
class SiteContext:
    """The site that hand-offs are made on, as they need to know it."""

    describe: Describe
    sealer: Sealer
    stored_attributes: tuple[str, ...] = ()
    base_url: str = ""
    translator: Translator = field(default_factory=Translator)


def make(db: Database, asked: NewHandoff, place: SiteContext, *, now: datetime) -> Handoff:
    """Keep a hand-off and queue its delivery; a repeated request gives the same one.

    When this returns it is on the disk. Raises KeyReused, AlreadyMade, DatabaseUnavailable, of
    which CannotUnseal when it would be sealed with a key that the database is not sealed with.
    """

    def work(connection: Connection) -> HandoffRecord:
        known = history.by_key(connection, asked.key_id, asked.idempotency_key)
        if known is None:
            known = _keep(connection, asked, place, now)
        if known.request_digest != asked.digest:
            raise KeyReused
        return known

    return Handoff(db.transact(work), place)


def find(db: Database, handoff_id: str, place: SiteContext) -> Handoff | None:
    """Raises DatabaseUnavailable."""
    record = db.query(lambda connection: history.by_id(connection, handoff_id))
    return Handoff(record, place) if record else None


def failed_since(db: Database, since: datetime) -> int:
    """Count the hand-offs nobody has received. Raises DatabaseUnavailable."""
    statement = select(func.count()).where(table.c.status == "failed", table.c.created_at > since)
    return db.query(lambda connection: connection.execute(statement).scalar_one())


def _keep(
    connection: Connection, asked: NewHandoff, place: SiteContext, now: datetime
) -> HandoffRecord:
    """Write the hand-off, unless another process has just done so, and return what is kept."""
    ids = [claim.suggestion_id for claim in asked.shown]
    _refuse_repetition(connection, ids)
    if asked.consent:
        canary.require(connection, place.sealer)
    earlier = tried.rebuild(connection, asked.shown, key_id=asked.key_id, describe=place.describe)
    searches = tried.searches(connection, asked.session_id, now)
    is_new = upsert.insert_new(connection, table, _row(asked, earlier, searches, place, now))
    # A chat in the page may decline: what it got can still be handed off to us.
    if is_new and asked.channel != CLIENT:
        tried.mark_handed_off(connection, ids, key_id=asked.key_id, handoff_id=asked.id)
        outbox.enqueue(connection, asked.id, asked.channel, now)
    kept = history.by_key(connection, asked.key_id, asked.idempotency_key)
    if kept is None:
        raise LookupError(f"the hand-off {asked.id} is kept under another key")
    return kept


def _refuse_repetition(connection: Connection, ids: Sequence[str]) -> None:
    """Raise AlreadyMade when every suggestion was handed off before; one new one is enough."""
    if not ids:
        return
    before = tried.handed_off(connection, ids)
    if len(before) == len(set(ids)) and all(before):
        raise AlreadyMade(str(before[-1]))


def _row(
    asked: NewHandoff,
    earlier: Sequence[Tried],
    searches: Sequence[str],
    place: SiteContext,
    now: datetime,
) -> dict[str, Any]:
    consent = asked.consent
    kept = {
        name: _masked(value)
        for name, value in asked.attributes.items()
        if name in place.stored_attributes
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
        "tried": [asdict(one) for one in earlier],
        "searches": list(searches),
        "page": {
            "url": redaction.mask(asked.page_url),
            "title": redaction.mask(asked.page_title),
            "site": place.base_url,
        },
        "attributes": kept,
        "sealed": _sealed(asked, place.sealer) if consent else None,
        "consent_version": redaction.mask(consent.text_version)[:MAX_VERSION_CHARS]
        if consent
        else None,
        "consent_at": consent.accepted_at if consent else None,
        "channel": asked.channel,
        "status": "client" if asked.channel == CLIENT else "queued",
        "external": None,
        "created_at": now,
        "finished_at": None,
    }


def _masked(attribute: Any) -> Any:
    """The attribute of a page; a number stays one, unless it may be somebody's."""
    text = str(attribute)
    masked = redaction.mask(text)
    return attribute if masked == text else masked


def _sealed(asked: NewHandoff, sealer: Sealer) -> str:
    return sealer.seal(
        {
            "message": redaction.mask_cards(asked.message),
            "contact": asdict(asked.contact) if asked.contact else None,
            "identity": asdict(asked.identity) if asked.identity else None,
            "attributes": dict(asked.attributes),
            "page": {"url": asked.page_url, "title": asked.page_title},
        }
    )


def packet_of(record: HandoffRecord, sealer: Sealer, translator: Translator) -> HandoffPacket:
    """The packet for the receiver of a kept hand-off; masked once what was sealed is forgotten.

    Never because it cannot be read: raises CannotUnseal.
    """
    private: Mapping[str, Any] = sealer.unseal(record.sealed) if record.sealed else {}
    page = private.get("page") or {"url": record.page_url, "title": record.page_title}
    return HandoffPacket(
        id=record.id,
        created_at=record.created_at,
        reason=record.reason,
        locale=record.lang,
        message=private.get("message") or record.message,
        contact=_contact(private.get("contact")),
        tried=record.tried,
        searches=record.searches,
        page_url=page["url"],
        page_title=page["title"],
        attributes=private.get("attributes") or record.attributes,
        agent_note=agent_note(record.tried, translator.into(record.lang)),
        record_url=f"{record.site}/agent?handoff={record.id}",
        identity=_identity(private),
    )


def identity_of(record: HandoffRecord, sealer: Sealer) -> SignedIdentity | None:
    """The customer as the shop had signed them when it was made. Raises CannotUnseal."""
    return _identity(sealer.unseal(record.sealed)) if record.sealed else None


def _identity(private: Mapping[str, Any]) -> SignedIdentity | None:
    identity = private.get("identity")
    return SignedIdentity(**identity) if identity else None


def _contact(kept: Mapping[str, Any] | None) -> CustomerContact | None:
    """Rows of before say that a contact is verified where an id was: that counts for nothing."""
    return CustomerContact(kept["name"], kept["email"]) if kept else None
