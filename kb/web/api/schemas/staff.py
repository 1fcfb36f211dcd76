"""Requests and responses of the API for help-desk plug-ins, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kb.catalog.staff_search import Visibility, Wanted
from kb.web.api.schemas.base import (
    Limit20,
    Locale,
    Offset,
    OffsetPage,
    Outgoing,
    PassageOut,
    Query,
    SegmentOut,
    Text,
)


class AgentSearchQuery(Query):
    q: Text = ""
    locale: Locale = None
    visibility: Wanted = "all"
    limit: Limit20 = 10
    offset: Offset = 0
    handoff_id: Annotated[
        str | None,
        Field(description="Hand-off whose customer must not be sent the same again."),
    ] = None


class AgentArticle(Outgoing):
    """`url` of an internal article is a page for staff."""

    id: str
    title: str
    locale: str
    visibility: Visibility
    status: Literal["published"]
    url: str
    updated_at: datetime | None


class InsertOut(Outgoing):
    """Texts to put into a message: the passage with its permanent link, the title as a link."""

    text: str
    markdown: str


class AgentHitOut(Outgoing):
    """`insert` is null for internal articles: customers cannot open them."""

    article: AgentArticle
    score: float
    passage: PassageOut
    highlights: list[SegmentOut]
    insert: InsertOut | None
    already_shown: bool


class AgentSearchResponse(Outgoing):
    """`locale` is what was searched in; `locale_detected`: the words' own, not the asked one."""

    query: str
    locale: str
    locale_detected: bool
    data: list[AgentHitOut]
    page: OffsetPage
    degraded: bool
    took_ms: int
