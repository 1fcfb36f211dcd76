"""Hand-offs, field by field: as they are asked for, and as who takes over gets to see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from kb.handoffs.handoffs import (
    MAX_EMAIL_CHARS,
    MAX_MESSAGE_CHARS,
    MAX_NAME_CHARS,
    HandoffReason,
    HandoffStatus,
)
from kb.handoffs.identity import MAX_USER_ID_CHARS
from kb.suggestions.log import Verdict
from kb.web.api.schemas.base import BodyTime, Incoming, Outgoing, Token
from kb.web.api.schemas.suggest import ChannelName, Context, SessionId

MAX_TOKENS = 20


class ContactIn(Incoming):
    """The customer's name and address."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    email: str = Field(default="", max_length=MAX_EMAIL_CHARS)


class ConsentIn(Incoming):
    accepted: bool
    text_version: str = Field(min_length=1, max_length=32)
    accepted_at: BodyTime | None = None


class IdentityIn(Incoming):
    """A customer the shop knows. `token`: a JWT (HS256) of `sub`, `exp`, `email`, `name`.
    `hash`: HMAC-SHA256 of `user_id`, in hex, which vouches for that alone."""

    user_id: str = Field(default="", max_length=MAX_USER_ID_CHARS)
    hash: str = Field(default="", max_length=64)
    token: str = Field(default="", max_length=2000)


class HandoffRequest(Incoming):
    """A customer who needs a person."""

    interaction_tokens: list[Token] = Field(default_factory=list, max_length=MAX_TOKENS)
    session_id: SessionId | None = None
    locale: str | None = None
    message: str = Field(min_length=1, max_length=MAX_MESSAGE_CHARS)
    reason: HandoffReason = "other"
    contact: ContactIn | None = None
    consent: ConsentIn | None = None
    context: Context | None = None
    identity: IdentityIn | None = None
    channel: Literal["client"] | None = Field(
        default=None,
        description="`client`: a chat in the page takes over; no contact may be sent then.",
    )


class PacketArticle(Outgoing):
    """An article the customer was shown, and what became of it."""

    article_id: str
    title: str
    url: str
    rank: int
    confidence: float
    opened: bool
    seconds: int
    verdict: Verdict | None
    reason: str | None


class PacketTried(Outgoing):
    """One suggestion; `asked` is masked."""

    suggestion_id: str
    asked: str
    action: str
    confidence: float
    shown: list[PacketArticle]


class PacketContact(Outgoing):
    """`verified`: the shop has signed all that stands here."""

    name: str
    email: str
    verified: bool


class PacketIdentity(Outgoing):
    """The customer as the shop has signed them; "" for what it has not."""

    user_id: str
    email: str
    name: str


class PacketPage(Outgoing):
    url: str
    title: str


class Packet(Outgoing):
    """Everything that the person who takes over gets to see."""

    id: str
    reason: str
    locale: str
    message: str
    contact: PacketContact | None
    identity: PacketIdentity | None
    tried: list[PacketTried]
    searches: list[str]
    page: PacketPage
    attributes: dict[str, Any]
    agent_note: str
    record_url: str


class HandoffEvent(Outgoing):
    """The body of a webhook, sent with the headers of Standard Webhooks."""

    type: Literal["handoff.created"]
    timestamp: datetime
    data: Packet


class HandoffResponse(Outgoing):
    """`packet` only for the channel `client`: what the chat in the page should pass on."""

    id: str
    status: HandoffStatus
    channel: ChannelName | Literal["client"]
    external: dict[str, str | None] | None
    online: bool | None
    reply_estimate_s: int | None
    customer_message: str
    status_token: str
    packet: Packet | None


class StatusRequest(Incoming):
    id: str = Field(max_length=64)
    status_token: Token


class StatusResponse(Outgoing):
    id: str
    status: HandoffStatus
    delayed: bool = Field(
        description="It is `queued` and will not arrive soon: its channel, or our own delivery,"
        " does not work now."
    )
    external: dict[str, str | None] | None
    contact_email: str | None = Field(
        description="Where to write while `status` is `failed`, or it is `delayed`."
    )
