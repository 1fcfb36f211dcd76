"""Hand-offs made without a web: for tests of what keeps and delivers them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kb.database.engine import Database
from kb.handoffs import handoffs
from kb.handoffs.channels.model import Delivered, DeliveryFailed, Progress, SaveProgress
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket
from kb.handoffs.encryption import Sealer
from kb.handoffs.handoffs import Consent, Handoff, NewHandoff, SiteContext
from kb.handoffs.tried import SuggestionClaim
from kb.secret_key import SecretKeys
from kb.suggestions import log
from kb.suggestions.decision import Decision
from kb.suggestions.log import LoggedSuggestion

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SUGGESTION = "sug_0123456789abcdef"
SESSION = "ses_0123456789"
KEY = "key_1"
REFUND = "k2m7p"
SEALER = Sealer(SecretKeys("k" * 40))
ANNA = CustomerContact("Anna", "anna@example.org")
CONSENT = Consent("2026-11", NOW)


def describe(article: str, lang: str) -> tuple[str, str] | None:
    known = {REFUND: "When the refund arrives"}
    return (known[article], f"https://help.example/{lang}/{article}") if article in known else None


PLACE = SiteContext(describe, SEALER, stored_attributes=("plan",), base_url="https://help.example")


def logged(**changes: Any) -> LoggedSuggestion:
    fields: dict[str, Any] = {
        "id": SUGGESTION,
        "session_id": SESSION,
        "key_id": KEY,
        "asked": "where is my money",
        "lang": "en",
        "decision": Decision("answer", "confident", 0.83, 0.94),
        "is_degraded": False,
        "policy": "p3",
        "index_version": "idx_1",
        "shown": (
            log.LoggedArticle(REFUND, "en", "When the refund arrives", "https://h/r", 1, 0.83),
        ),
        "created_at": NOW,
    }
    return LoggedSuggestion(**(fields | changes))


def wanted(number: int = 0, **changes: Any) -> NewHandoff:
    fields: dict[str, Any] = {
        "id": f"ho_{number:016x}",
        "key_id": KEY,
        "idempotency_key": f"key-{number:08}",
        "digest": f"{number:064x}",
        "session_id": SESSION,
        "lang": "en",
        "reason": "not_solved",
        "message": "My card 4111 1111 1111 1111 and order 48213",
        "shown": (),
        "channel": "webhook",
        "contact": ANNA,
        "consent": CONSENT,
        "page_url": "https://shop.example/orders/48213",
        "page_title": "Order 48213",
        "attributes": {"plan": "pro", "order": "48213"},
    }
    return NewHandoff(**(fields | changes))


SHOWN = SuggestionClaim(SUGGESTION, "en", "answer", 0.83, ((REFUND, 0.83),))


def make(db: Database, number: int = 0, *, made_at: datetime = NOW, **changes: Any) -> Handoff:
    return handoffs.make(db, wanted(number, **changes), PLACE, now=made_at)


class RecordingChannel:
    """A real channel's contract: keeps what it got, fails when told to."""

    def __init__(self, name: str = "webhook", fail: Callable[[int], str] = lambda _: "") -> None:
        self.name = name
        self.got: list[tuple[str, HandoffPacket]] = []
        self.calls = 0
        self._fail = fail

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> Delivered:
        self.calls += 1
        fault = self._fail(self.calls)
        if fault:
            raise DeliveryFailed(fault, is_final=fault == "gone")
        self.got.append((delivery_id, packet))
        return Delivered(external_id="42", url="https://desk.example/42")
