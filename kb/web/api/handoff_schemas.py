"""Requests and responses of feedback, events, hand-offs and the widget, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from kb.handoffs.handoffs import (
    MAX_EMAIL_CHARS,
    MAX_MESSAGE_CHARS,
    MAX_NAME_CHARS,
    HandoffReason,
    HandoffStatus,
)
from kb.labels import VoteReason as Fault
from kb.suggestions.log import Verdict
from kb.web.api.schemas import BodyTime, Incoming, Outgoing, Query, whole
from kb.web.api.suggest_schemas import ChannelName, Context, SessionId

MAX_COMMENT_CHARS = 1000
MAX_EVENTS = 50
MAX_TOKENS = 20
MAX_QUERY_CHARS = 300
MAX_DWELL_S = 86_400

ArticleId = Annotated[str, StringConstraints(pattern=r"^(art_)?[0-9a-z]{5}$")]
Token = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{4,64}$")]
SuggestionId = Annotated[str, StringConstraints(pattern=r"^sug_[0-9a-f]{16}$")]


class FeedbackRequest(Incoming):
    """What a customer says of an article of a suggestion; `article_id` absent: of the list."""

    interaction_token: Token
    article_id: ArticleId | None = None
    verdict: Verdict
    reason: Fault | None = Field(default=None, description="Only with `not_solved`.")
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)


class NextOut(Outgoing):
    """What a chat should do now."""

    action: Literal["handoff"]
    reason: Literal["repeat_failed"]


class FeedbackResponse(Outgoing):
    """`next` is null while another question may help."""

    suggestion_id: str
    verdict: Verdict
    next: NextOut | None


class EventIn(Incoming):
    """Something the customer did. Unknown types are counted as rejected."""

    id: EventId
    type: str = Field(max_length=64)
    at: BodyTime
    suggestion_id: SuggestionId | None = None
    article_id: ArticleId | None = None
    seconds: Annotated[int, Field(ge=0, le=MAX_DWELL_S), BeforeValidator(whole)] | None = None
    query: str | None = Field(default=None, max_length=MAX_QUERY_CHARS)


class EventsRequest(Incoming):
    """A beacon: `key` stands in the body, as a beacon has no headers of its own."""

    key: str | None = Field(default=None, description="A publishable key.")
    session_id: SessionId
    events: list[EventIn] = Field(min_length=1, max_length=MAX_EVENTS)


class RejectedEvent(Outgoing):
    id: str
    code: Literal["unknown_type"]


class EventsResponse(Outgoing):
    accepted: int
    rejected: list[RejectedEvent]


class ContactIn(Incoming):
    """How to reach the customer."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    email: str = Field(default="", max_length=MAX_EMAIL_CHARS)


class ConsentIn(Incoming):
    accepted: bool
    text_version: str = Field(min_length=1, max_length=32)
    accepted_at: BodyTime | None = None


class IdentityIn(Incoming):
    """A customer the shop knows: `hash` is the HMAC-SHA256 of `user_id`, in hex."""

    user_id: str = Field(min_length=1, max_length=100)
    hash: str = Field(default="", max_length=64)


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
    """`verified`: the shop vouches for this customer by a signed identity."""

    name: str
    email: str
    verified: bool


class PacketPage(Outgoing):
    url: str
    title: str


class Packet(Outgoing):
    """What the person who takes over gets to see."""

    id: str
    reason: str
    locale: str
    message: str
    contact: PacketContact | None
    tried: list[PacketTried]
    searches: list[str]
    page: PacketPage
    attributes: dict[str, Any]
    agent_note: str
    record_url: str


class HandoffEvent(Outgoing):
    """What a webhook is sent, with the headers of Standard Webhooks."""

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
    external: dict[str, str | None] | None
    contact_email: str | None = Field(description="Where to write while `status` is `failed`.")


class WidgetQuery(Query):
    key: Annotated[str, Field(description="A publishable key.")] = ""
    locale: str | None = None


class WidgetContact(Outgoing):
    email: str | None
    url: str


class WidgetHandoff(Outgoing):
    available: bool
    channel: ChannelName | None
    needs_email: bool
    online: bool | None
    reply_estimate_s: int | None


class WidgetConsent(Outgoing):
    text: str
    version: str


class WidgetConfig(Outgoing):
    """What a widget shows before anything was asked."""

    name: str
    url: str
    locales: list[str]
    default_locale: str
    theme: dict[str, str]
    features: dict[str, bool]
    contact: WidgetContact
    handoff: WidgetHandoff
    consent: WidgetConsent
