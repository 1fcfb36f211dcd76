"""Search and completion, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kb.content.model import SectionName
from kb.web.api.schemas.articles import ArticleSummary
from kb.web.api.schemas.base import (
    CategoryName,
    Limit10,
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
from search.model import Mode, RepairKind


class SearchQuery(Query):
    q: Text = ""
    locale: Locale = None
    category: CategoryName = None
    section: SectionName | None = None
    language: Annotated[
        str | None,
        Field(
            description="Only articles in this language; nothing is in an unknown one. With it "
            "the language of the words does not count."
        ),
    ] = None
    limit: Limit20 = 10
    offset: Offset = 0
    mode: Mode = "hybrid"
    verbatim: Annotated[
        bool, Field(description="Search for `q` as it is, without repairing typing errors.")
    ] = False


class SearchHit(ArticleSummary):
    """As ArticleOut, without votes: search does not ask the database."""

    score: float
    passage: PassageOut
    highlights: list[SegmentOut]


class RepairOut(Outgoing):
    """The query that was searched for instead of `query`, and the faults of that."""

    query: str
    kinds: list[RepairKind]


class SearchResponse(Outgoing):
    """`locale` is what was searched in; `locale_detected`: the words' own, not the asked one."""

    data: list[SearchHit]
    page: OffsetPage
    query: str
    locale: str
    locale_detected: bool
    repair: RepairOut | None
    mode: Mode
    degraded: bool
    took_ms: int
    search_id: str
    index_version: str


class AutocompleteQuery(Query):
    q: Text = ""
    locale: Locale = None
    limit: Limit10 = 8


class CompletionOut(Outgoing):
    text: list[SegmentOut]
    url: str
    kind: Literal["title", "heading", "question"]
    title: str
    locale: str


class AutocompleteResponse(Outgoing):
    data: list[CompletionOut]
