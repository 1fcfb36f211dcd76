"""The operations of the API: each route with its models, limits and the codes it can end with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.web.api.schemas import (
    articles,
    base,
    feedback,
    handoffs,
    search,
    staff,
    suggest,
    widget,
)

KEYED = (
    "key_missing",
    "key_invalid",
    "origin_not_allowed",
    "scope_missing",
    "secret_key_in_browser",
)
POSTED = ("malformed_json", "unsupported_media_type", "validation_failed", "rate_limited")

Credential = Literal["any", "secret"]
"""A publishable key or a secret one; a secret one alone."""


@dataclass(frozen=True)
class Operation:
    """One route: the models it reads and answers with, and the codes of `KINDS` it can end with."""

    path: str
    name: str
    summary: str
    answer: type[base.Outgoing]
    asked: type[base.Query] | None = None
    body: type[base.Incoming] | None = None
    codes: Sequence[str] = ()
    policies: Sequence[str] = ()
    has_redirect: bool = False
    status: int = 200
    credential: Credential | None = None
    is_idempotent_by_key: bool = False
    is_cached: bool = True
    is_beacon: bool = False
    """Its body may also come as text/plain, which a schema cannot say."""

    @property
    def method(self) -> Literal["get", "post"]:
        return "post" if self.body else "get"


OPERATIONS = (
    Operation("/site", "getSite", "Name, languages, features, contact", articles.SiteOut),
    Operation(
        "/categories",
        "listCategories",
        "Sections with their categories",
        articles.CategoryTree,
        asked=articles.LocaleQuery,
        codes=("validation_failed",),
    ),
    Operation(
        "/articles",
        "listArticles",
        "Articles in one language, the latest changed first",
        articles.ArticleList,
        asked=articles.ArticlesQuery,
        codes=("validation_failed",),
    ),
    Operation(
        "/articles/{article}",
        "getArticle",
        "One article by id or slug",
        articles.ArticleFull,
        asked=articles.ArticleQuery,
        codes=("not_found", "article_removed", "validation_failed"),
        has_redirect=True,
    ),
    Operation(
        "/articles/{article}/related",
        "listRelatedArticles",
        "What the author named, then neighbours",
        articles.RelatedList,
        asked=articles.RelatedQuery,
        codes=("not_found", "article_removed", "validation_failed"),
    ),
    Operation(
        "/search",
        "search",
        "Articles with the passage that answers best",
        search.SearchResponse,
        asked=search.SearchQuery,
        codes=("validation_failed", "rate_limited"),
        policies=("search",),
    ),
    Operation(
        "/autocomplete",
        "complete",
        "Titles, headings and questions, while typing",
        search.AutocompleteResponse,
        asked=search.AutocompleteQuery,
        codes=("validation_failed", "rate_limited"),
        policies=("autocomplete",),
    ),
    Operation(
        "/suggest",
        "suggest",
        "What to do with a customer's message before a person is called",
        suggest.SuggestResponse,
        body=suggest.SuggestRequest,
        codes=(*KEYED, *POSTED),
        policies=("suggest", "suggest-key"),
        credential="any",
    ),
    Operation(
        "/feedback",
        "giveFeedback",
        "Whether an article of a suggestion helped",
        feedback.FeedbackResponse,
        body=feedback.FeedbackRequest,
        codes=(*KEYED, *POSTED, "token_invalid", "token_expired", "unavailable"),
        policies=("feedback",),
        credential="any",
    ),
    Operation(
        "/events",
        "recordEvents",
        "What the customer did; for navigator.sendBeacon",
        feedback.EventsResponse,
        body=feedback.EventsRequest,
        codes=(*KEYED, *POSTED, "unavailable"),
        policies=("events",),
        status=202,
        credential="any",
        is_beacon=True,
    ),
    Operation(
        "/handoffs",
        "makeHandoff",
        "Call a person, who then sees all that was tried",
        handoffs.HandoffResponse,
        body=handoffs.HandoffRequest,
        codes=(
            *KEYED,
            *POSTED,
            "token_invalid",
            "token_expired",
            "idempotency_key_missing",
            "idempotency_key_reused",
            "request_in_progress",
            "handoff_already_made",
            "consent_required",
            "handoff_unavailable",
            "unavailable",
        ),
        policies=("handoff",),
        status=201,
        credential="any",
        is_idempotent_by_key=True,
    ),
    Operation(
        "/handoffs/status",
        "getHandoffStatus",
        "What became of a hand-off",
        handoffs.StatusResponse,
        body=handoffs.StatusRequest,
        codes=(*KEYED, *POSTED, "token_invalid", "token_expired", "not_found", "unavailable"),
        policies=("handoff-status",),
        credential="any",
    ),
    Operation(
        "/widget/config",
        "getWidgetConfig",
        "What a widget shows before anything was asked",
        widget.WidgetConfig,
        asked=widget.WidgetQuery,
        codes=("key_missing", "key_invalid", "origin_not_allowed", "secret_key_in_browser"),
    ),
    Operation(
        "/agent/search",
        "searchForAgents",
        "Public and internal articles, for plug-ins of help desks",
        staff.AgentSearchResponse,
        asked=staff.AgentSearchQuery,
        codes=(
            *("key_missing", "key_invalid", "scope_missing", "secret_key_in_browser"),
            *("validation_failed", "rate_limited", "unavailable"),
        ),
        policies=("agent",),
        credential="secret",
        is_cached=False,
    ),
)


_TAGS = {
    "suggest": "Customers",
    "giveFeedback": "Customers",
    "recordEvents": "Customers",
    "makeHandoff": "Customers",
    "getHandoffStatus": "Customers",
    "getWidgetConfig": "Customers",
}


def tag(operation: Operation) -> str:
    return "Agents" if operation.credential == "secret" else _TAGS.get(operation.name, "Reading")
