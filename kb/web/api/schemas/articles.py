"""The site, its categories and its articles, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kb.content.model import SectionName
from kb.web.api.schemas.base import (
    CategoryName,
    CategoryRef,
    Limit10,
    Limit100,
    Locale,
    Outgoing,
    Query,
    Time,
)


class LocaleQuery(Query):
    locale: Locale = None


class ArticlesQuery(Query):
    locale: Locale = None
    category: CategoryName = None
    section: SectionName | None = None
    updated_since: Time | None = None
    limit: Limit100 = 20
    cursor: Annotated[
        str | None, Field(description="`page.next_cursor` of the window before; opaque.")
    ] = None


class ArticleQuery(Query):
    locale: Locale = None
    format: Literal["html", "markdown", "text"] = "html"


class RelatedQuery(Query):
    locale: Locale = None
    limit: Limit10 = 5


class Votes(Outgoing):
    up: int
    down: int


class ArticleSummary(Outgoing):
    """The fields that lists, search and single articles share."""

    id: str
    slug: str
    locale: str
    title: str
    url: str
    excerpt: str
    category: CategoryRef
    section: str
    tags: list[str]
    updated_at: datetime | None


class ArticleOut(ArticleSummary):
    """An article without its text. `votes` is null while the database is away."""

    votes: Votes | None


class ArticleFull(ArticleOut):
    format: Literal["html", "markdown", "text"]
    content: str
    translations: list[str]


class CursorPage(Outgoing):
    limit: int
    next_cursor: str | None
    total: int


class ArticleList(Outgoing):
    data: list[ArticleOut]
    page: CursorPage


class RelatedList(Outgoing):
    data: list[ArticleOut]


class CategoryOut(Outgoing):
    id: str
    slug: str
    title: str
    description: str
    url: str
    articles: int


class SectionOut(Outgoing):
    id: str
    title: str
    url: str
    categories: list[CategoryOut]


class CategoryTree(Outgoing):
    data: list[SectionOut]


class SiteOut(Outgoing):
    name: str
    url: str
    locales: list[str]
    default_locale: str
    theme: dict[str, str]
    features: dict[str, bool]
    contact: dict[str, str]
    index_version: str
