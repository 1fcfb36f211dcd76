"""Requests and responses of suggest, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, StringConstraints, field_validator

from kb.handoffs.channels import registry
from kb.suggestions.decision import MAX_MESSAGE_CHARS, Audience
from kb.suggestions.reasons import DecisionReason
from kb.web.api.schemas.base import Incoming, Outgoing, PassageOut, SegmentOut, whole
from kb.web.api.schemas.blocks import BlockOut
from search.model import QuotationKind
from search.ranking.confidence import Action

MAX_HISTORY = 10
MAX_ATTRIBUTES = 20
MAX_ATTRIBUTES_BYTES = 4096
MAX_SUGGESTIONS = 5
MAX_URL_CHARS = 2000
MAX_TITLE_CHARS = 300
FLAT_TYPES: list[JsonValue] = ["string", "number", "boolean", "null"]

ChannelName = Annotated[
    str, Field(json_schema_extra={"enum": [kind.name for kind in registry.kinds()]})
]
SessionId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$"),
    Field(description="Made by the client, for one visit; letters, digits, _ and -."),
]


class Message(Incoming):
    """An earlier message; those of `user` are the customer's."""

    author: str
    text: str


class Context(Incoming):
    """The customer's page. Of a suggestion it is checked and not kept."""

    page_url: str | None = Field(default=None, max_length=MAX_URL_CHARS)
    page_title: str | None = Field(default=None, max_length=MAX_TITLE_CHARS)
    attributes: dict[str, Any] = Field(
        default_factory=dict,
        max_length=MAX_ATTRIBUTES,
        description=f"Flat; at most {MAX_ATTRIBUTES_BYTES} bytes altogether.",
        json_schema_extra={"additionalProperties": {"type": FLAT_TYPES}},
    )

    @field_validator("page_url")
    @classmethod
    def _without_query(cls, value: str | None) -> str | None:
        """The query of an address can hold secrets."""
        return value.partition("#")[0].partition("?")[0] if value else value

    @field_validator("attributes")
    @classmethod
    def _bounded(cls, value: dict[str, Any]) -> dict[str, Any]:
        if any(isinstance(item, dict | list) for item in value.values()):
            raise ValueError("values must be text, numbers or booleans")
        size = sum(len(f"{name}{item}".encode()) for name, item in value.items())
        if size > MAX_ATTRIBUTES_BYTES:
            raise ValueError(f"{size} bytes; at most {MAX_ATTRIBUTES_BYTES}")
        return value


class SuggestFilters(Incoming):
    categories: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)


class SuggestRequest(Incoming):
    """The question of a chat before it calls a person."""

    message: str = Field(
        min_length=1,
        max_length=MAX_MESSAGE_CHARS,
        description="The customer's words.",
        examples=["I returned the shoes two weeks ago, where is my money?"],
    )
    locale: str | None = Field(
        default=None,
        description="Another language than the site's is served from the site's first one.",
    )
    session_id: SessionId | None = None
    audience: Audience | None = Field(
        default=None,
        description="`visitor` sees answers before a purchase first, `customer` guides first.",
    )
    history: list[Message] = Field(
        default_factory=list, max_length=MAX_HISTORY, description="Newest last."
    )
    context: Context | None = None
    filters: SuggestFilters = SuggestFilters()
    exclude_articles: list[str] = Field(default_factory=list, description="Ids.")
    limit: Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS), BeforeValidator(whole)] = 3
    include: list[str] = Field(
        default_factory=lambda: ["passage"],
        description="What results hold besides; `passage` is the default.",
    )
    store: bool = Field(default=True, description="False: no row of this is kept.")


class Thresholds(Outgoing):
    answer: float
    offer: float


class PolicyOut(Outgoing):
    version: str
    calibration: Literal["default", "local"]
    labels: int
    degraded: bool
    stage: Literal["reader", "hybrid", "lexical", "none"]


class DecisionOut(Outgoing):
    action: Action
    reason: DecisionReason
    confidence: float
    list_confidence: float
    thresholds: Thresholds
    policy: PolicyOut


class AnswerOut(Outgoing):
    """A quotation of the first result's article: at most three spans of it, in its order.

    `text` joins them, a line for each, word for word; `blocks` lay them out as what they are.
    """

    type: Literal["extractive"]
    kind: QuotationKind = Field(description="`steps` when there are any among the blocks.")
    text: str
    blocks: list[BlockOut] = Field(min_length=1)
    article_id: str
    anchor: str = Field(description="Of the first block, as the address has it.")
    url: str


class SuggestedArticle(Outgoing):
    id: str
    title: str
    url: str
    locale: str
    updated_at: datetime | None
    path: list[str]


class SuggestResult(Outgoing):
    """`passage` is null when the request's `include` leaves it out."""

    rank: int
    article: SuggestedArticle
    confidence: float
    passage: PassageOut | None
    highlights: list[SegmentOut]


class HandoffOut(Outgoing):
    available: bool
    channel: ChannelName | None
    email: str | None
    online: bool | None
    reply_estimate_s: int | None
    next_online_at: datetime | None


class SuggestResponse(Outgoing):
    """`locale` is what was searched in; `locale_detected`: the message's own, not the asked one."""

    suggestion_id: str
    locale: str
    locale_detected: bool
    decision: DecisionOut
    notice: str | None = Field(description="Shown before all else: a line on safety.")
    answer: AnswerOut | None
    results: list[SuggestResult]
    handoff: HandoffOut
    interaction_token: str
    expires_at: datetime
    took_ms: int
    index_version: str
