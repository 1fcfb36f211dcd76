"""Arguments and replies of the tools for AI agents, field by field. No behaviour.

The descriptions are read by the agents: they are the tools' manual.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb.content.model import SectionName
from kb.suggestions.decision import Audience
from kb.suggestions.reasons import DecisionReason
from search.model import QuotationKind
from search.ranking.confidence import Action
from search.text import analysis

MAX_QUERY_CHARS = analysis.MAX_NORMALISED_CHARS
"""As much as is read of a query: more would be ignored without a word."""
MAX_MESSAGE_CHARS = analysis.MAX_QUERY_CHARS
MAX_NAME_CHARS = 500
MAX_LANGUAGE_CHARS = 35
"""Longer than any locale in use (RFC 5646, 4.4.1)."""
MAX_RESULTS = 10


class Asking(BaseModel):
    """Arguments of a tool: null means absent, names nobody knows are a fault worth telling."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: item for name, item in value.items() if item is not None}


class SearchAsked(Asking):
    query: str = Field(
        min_length=1,
        max_length=MAX_QUERY_CHARS,
        description="What the reader wants to know, in the reader's own words. "
        "A whole question works as well as keywords; typing errors are repaired.",
    )
    language: str = Field(
        default="",
        max_length=MAX_LANGUAGE_CHARS,
        description="The reader's language, e.g. `en`. Articles in it come first, unless the "
        "query is plainly in another language of the site. Empty: the site's first language.",
    )
    section: SectionName | None = Field(
        default=None,
        description="Only this section: `faq` (questions before and around a purchase) or "
        "`guides` (how to use what was bought).",
    )
    limit: int = Field(default=5, ge=1, le=MAX_RESULTS, description="Most results to return.")


class ArticleAsked(Asking):
    id_or_address: str = Field(
        min_length=1,
        max_length=MAX_NAME_CHARS,
        description="An article's `id` from a search, or its address on the site, "
        "as a link or as a path.",
    )
    language: str = Field(
        default="",
        max_length=MAX_LANGUAGE_CHARS,
        description="The language to read it in. Empty: that of the address, else the site's "
        "first. Where there is no such version, another one is given.",
    )


class SuggestAsked(Asking):
    message: str = Field(
        min_length=1,
        max_length=MAX_MESSAGE_CHARS,
        description="The customer's message, as it was written. Leave out names, order numbers "
        "and other personal data: they do not help.",
    )
    language: str = Field(
        default="",
        max_length=MAX_LANGUAGE_CHARS,
        description="The customer's language, e.g. `en`. Empty: the site's first.",
    )
    audience: Audience | None = Field(
        default=None,
        description="`visitor` before a purchase (sees `faq` first), `customer` after it (sees "
        "`guides` first).",
    )


class Replying(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(Replying):
    """Fields that the replies of all tools have."""

    addresses_are_relative: bool = Field(
        description="True when the site's public address is not configured: addresses are then "
        "paths on the site."
    )


class FoundArticle(Replying):
    id: str = Field(description="Give it to `read_article`.")
    title: str
    heading: str = Field(description="Section of the article that matches; empty for its start.")
    excerpt: str = Field(description="From that section; may begin or end inside a sentence.")
    address: str = Field(description="Link to exactly that section.")
    language: str
    section: str
    category: str


class SearchReply(Reply):
    query: str = Field(description="The query as it was read.")
    language: str = Field(
        description="The language that was searched in: the query's own where it could be told, "
        "else the reader's."
    )
    language_detected: bool = Field(description="True when it is not the one asked for.")
    searched_instead: str | None = Field(
        description="What was searched for in its place, when it held typing errors."
    )
    results: list[FoundArticle] = Field(description="Best first.")
    total: int = Field(description="Number of articles found.")
    is_degraded: bool = Field(
        description="True when only words were compared, not meaning; a later try may find more."
    )


class ArticleReply(Reply):
    id: str
    title: str
    summary: str
    address: str
    language: str
    languages: list[str] = Field(description="All languages this article exists in.")
    section: str
    category: str
    updated_at: datetime | None
    markdown: str = Field(description="The whole text, without title and summary.")


class QuotedAnswer(Replying):
    text: str = Field(
        description="Exact parts of the article in its order: quote them, do not rewrite them."
    )
    markdown: str = Field(
        description="The same laid out as in the article: headings, numbered steps, tables with "
        "their heads, callouts with their titles."
    )
    kind: QuotationKind = Field(description="`steps` when there are numbered steps in it.")
    id: str
    title: str
    heading: str
    address: str = Field(description="Link to the section that was quoted.")
    language: str


class ArticleSuggestion(Replying):
    id: str
    title: str
    heading: str
    quotation: str = Field(description="The passage that fits the message best, word for word.")
    address: str = Field(description="Link to exactly that section.")
    language: str
    confidence: float = Field(description="Probability that this article answers.")


class Contact(Replying):
    """Ways to reach a person."""

    page: str = Field(description="Address of the site's contact page.")
    email: str | None


class SuggestReply(Reply):
    decision: Action = Field(
        description="`answer`: give the quoted answer. `offer`: show the articles, none is sure "
        "to answer. `handoff`: a person must answer; give the contact."
    )
    reason: DecisionReason
    notice: str | None = Field(
        description="Tell the customer this before all else: a line on safety."
    )
    language: str = Field(description="The message's, as far as it could be told.")
    confidence: float = Field(description="Calibrated probability that the first article answers.")
    list_confidence: float = Field(description="The same for at least one of the articles.")
    answer: QuotedAnswer | None
    articles: list[ArticleSuggestion] = Field(description="Best first; none for some hand-offs.")
    contact: Contact
    is_degraded: bool = Field(
        description="True when more time or a working encoder might have led to another decision."
    )
