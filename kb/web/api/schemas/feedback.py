"""Feedback on suggestions and events, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from kb.feedback.votes import MAX_COMMENT_CHARS
from kb.labels import VoteReason
from kb.suggestions.log import Verdict
from kb.web.api.schemas.base import BodyTime, Incoming, Outgoing, Token, whole
from kb.web.api.schemas.suggest import SessionId

MAX_EVENTS = 50
MAX_QUERY_CHARS = 300
MAX_DWELL_S = 86_400

ArticleId = Annotated[str, StringConstraints(pattern=r"^(art_)?[0-9a-z]{5}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{4,64}$")]
SuggestionId = Annotated[str, StringConstraints(pattern=r"^sug_[0-9a-f]{16}$")]


class FeedbackRequest(Incoming):
    """A customer's verdict on an article of a suggestion; `article_id` absent: on the list."""

    interaction_token: Token
    article_id: ArticleId | None = None
    verdict: Verdict
    reason: VoteReason | None = Field(default=None, description="Only with `not_solved`.")
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)


class NextOut(Outgoing):
    """The next step of a chat."""

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
