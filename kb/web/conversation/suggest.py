"""A suggestion made for whoever asks, in time whatever happens: for the API and the contact page.

The time budget counts from when the request arrived: what it waited for a thread is spent. While
enough is left the search is hybrid, then lexical; past it, a person is called.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import request

from kb import redaction
from kb.catalog.generation import Loaded, index_version
from kb.config import Config
from kb.database.engine import Database
from kb.deadlines import WAITED, time_limit
from kb.errors import DatabaseUnavailable
from kb.suggestions import log
from kb.suggestions.decision import SEARCH_RESERVE_S, Question, Suggestion, out_of_time, suggest
from kb.suggestions.log import LoggedArticle, LoggedSuggestion
from kb.suggestions.log_writer import Pending
from kb.time_budget import Budget, OutOfTime
from kb.web.auth import signed_tokens
from kb.web.http.request_log import metrics, note_search
from kb.web.layout.addresses import absolute
from kb.web.services import services

LOG_WAIT_S = 0.1
"""How long a reply waits for its row; the row is written all the same."""


@dataclass(frozen=True)
class SuggestionRecord:
    """A suggestion with what it is known by. `key_id` names who asked, `lang` what for."""

    id: str
    lang: str
    session_id: str
    key_id: str
    suggestion: Suggestion
    loaded: Loaded
    now: datetime


def time_budget() -> Budget:
    """Time left to the current request."""
    waited_s = float(request.environ.get(WAITED, 0.0))
    return Budget(services().config.suggest_budget_ms / 1000, spent_s=waited_s)


def in_time(loaded: Loaded, asked: Question, budget: Budget, *, session_id: str = "") -> Suggestion:
    """Decide within `budget`, and count the decision.

    With a `session_id` it matters what this conversation has rejected before.
    """
    parts = services()  # the work below runs in another thread, which has no request
    reserve_s = parts.config.encoder_timeout_ms / 1000 + SEARCH_RESERVE_S

    def work() -> Suggestion:
        rejected = _rejected(parts.database, session_id, budget) if session_id else 0
        question = replace(asked, rejected=rejected)
        return suggest(loaded, question, is_hurried=budget.left_s() < reserve_s)

    try:
        suggestion = parts.bounded.run(work, timeout_s=budget.left_s())
    except OutOfTime:
        suggestion = out_of_time(loaded, asked)
    if suggestion.findings:
        note_search(suggestion.findings, kind="suggest")
    metrics().count_suggestion(suggestion.decision.action, suggestion.decision.reason)
    return suggestion


def log_suggestion(made: SuggestionRecord, message: str) -> Pending:
    """Have the log keep a suggestion, the message masked; it is written meanwhile."""
    logged = LoggedSuggestion(
        id=made.id,
        session_id=made.session_id,
        key_id=made.key_id,
        asked=redaction.mask(message),
        lang=made.lang,
        decision=made.suggestion.decision,
        is_degraded=made.suggestion.is_degraded,
        policy=made.loaded.searcher.calibration.policy,
        index_version=index_version(made.loaded.name),
        shown=_shown(services().config, made.suggestion),
        created_at=made.now,
    )
    return services().suggestion_log.put(logged)


def token(made: SuggestionRecord, *, is_stored: bool = True) -> str:
    """Token by which a page proves that it was given a suggestion."""
    decision = made.suggestion.decision
    return signed_tokens.interaction(
        signed_tokens.Claims(
            suggestion_id=made.id,
            key_id=made.key_id,
            session_id=made.session_id,
            lang=made.lang,
            action=decision.action,
            confidence=decision.confidence,
            shown=tuple((one.found.page.id, one.confidence) for one in made.suggestion.results),
            is_stored=is_stored,
        )
    )


def is_held_out(session_id: str, share: float, secret_key: str) -> bool:
    """Tell whether this visit is of the `share` that a person answers; the same all along it."""
    if not share:
        return False
    drawn = hmac.new(secret_key.encode(), b"holdout " + session_id.encode(), hashlib.sha256)
    return int.from_bytes(drawn.digest()[:8], "big") < share * 2**64


def _rejected(database: Database, session_id: str, budget: Budget) -> int:
    """Suggestions that did not help in this visit; none while the database is away."""
    try:
        with time_limit(budget.left_s()):
            return log.rejected_lately(database, session_id, now=datetime.now(UTC))
    except DatabaseUnavailable:
        return 0


def _shown(config: Config, suggestion: Suggestion) -> tuple[LoggedArticle, ...]:
    """The articles of a suggestion as the log keeps them."""
    return tuple(
        LoggedArticle(
            article_id=one.found.page.id,
            lang=one.found.page.lang,
            title=one.found.page.title,
            url=absolute(config, one.found.url),
            rank=rank,
            confidence=round(one.confidence, 3),
        )
        for rank, one in enumerate(suggestion.results, start=1)
    )
