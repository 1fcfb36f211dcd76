"""Packets for the person who takes a hand-off over: one shape for every channel. Pure.

`HandoffPacket.to_dict` is the `data` of the contract in docs/api.md, "The packet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

EVENT = "handoff.created"


@dataclass(frozen=True)
class CustomerContact:
    """A way to reach the customer. `is_verified`: the shop vouches for it by a signed identity."""

    name: str = ""
    email: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class ShownArticle:
    """An article the customer was shown, and what became of it."""

    article_id: str
    """With its prefix: `art_k2m7p`."""
    title: str
    url: str
    rank: int
    confidence: float
    opened: bool = False
    seconds: int = 0
    verdict: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Tried:
    """One suggestion: what was asked, decided and shown."""

    suggestion_id: str
    asked: str
    action: str
    confidence: float
    shown: tuple[ShownArticle, ...]


@dataclass(frozen=True)
class HandoffPacket:
    """A hand-off as its receiver sees it. Texts are the customer's own, as far as consented."""

    id: str
    created_at: datetime
    reason: str
    locale: str
    message: str
    contact: CustomerContact | None
    tried: tuple[Tried, ...]
    searches: tuple[str, ...]
    page_url: str
    page_title: str
    attributes: Mapping[str, str | int | float | bool]
    agent_note: str
    record_url: str

    def to_dict(self, *, has_contact: bool = True) -> dict[str, Any]:
        """As JSON; without contact for channels in the customer's browser."""
        data: dict[str, Any] = {
            "id": self.id,
            "reason": self.reason,
            "locale": self.locale,
            "message": self.message,
            "contact": None,
            "tried": [asdict(one) for one in self.tried],
            "searches": list(self.searches),
            "page": {"url": self.page_url, "title": self.page_title},
            "attributes": dict(self.attributes),
            "agent_note": self.agent_note,
            "record_url": self.record_url,
        }
        if self.contact and has_contact:
            data["contact"] = {
                "name": self.contact.name,
                "email": self.contact.email,
                "verified": self.contact.is_verified,
            }
        return data

    def to_event(self) -> dict[str, Any]:
        """As webhooks carry it."""
        timestamp = self.created_at.isoformat().replace("+00:00", "Z")
        return {"type": EVENT, "timestamp": timestamp, "data": self.to_dict()}
