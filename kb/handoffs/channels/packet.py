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
    """A way to reach the customer, as somebody typed it."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class SignedIdentity:
    """A customer as the shop vouches for them; "" is what it has not signed."""

    user_id: str
    email: str = ""
    name: str = ""


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
    identity: SignedIdentity | None = None

    @property
    def is_email_signed(self) -> bool:
        """True when the shop vouches for the very address that the contact has."""
        if not (self.identity and self.identity.email and self.contact):
            return False
        return _comparable(self.contact.email) == _comparable(self.identity.email)

    @property
    def is_name_signed(self) -> bool:
        if not (self.identity and self.identity.name and self.contact):
            return False
        return self.contact.name.split() == self.identity.name.split()

    @property
    def is_contact_signed(self) -> bool:
        """True when nothing stands in the contact for which the shop does not vouch."""
        if not (self.contact and (self.contact.email or self.contact.name)):
            return False
        is_email_fine = self.is_email_signed or not self.contact.email
        return is_email_fine and (self.is_name_signed or not self.contact.name)

    def to_dict(self, *, has_contact: bool = True) -> dict[str, Any]:
        """As JSON; without contact and identity for channels in the customer's browser."""
        data: dict[str, Any] = {
            "id": self.id,
            "reason": self.reason,
            "locale": self.locale,
            "message": self.message,
            "contact": None,
            "identity": asdict(self.identity) if self.identity and has_contact else None,
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
                "verified": self.is_contact_signed,
            }
        return data

    def to_event(self) -> dict[str, Any]:
        """As webhooks carry it."""
        timestamp = self.created_at.isoformat().replace("+00:00", "Z")
        return {"type": EVENT, "timestamp": timestamp, "data": self.to_dict()}


def _comparable(email: str) -> tuple[str, str]:
    """Only the part after the @ is the same in small and capital letters."""
    local, _, domain = email.strip().rpartition("@")
    return local, domain.lower()
