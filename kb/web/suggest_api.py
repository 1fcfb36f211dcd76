"""POST /api/v1/suggest: in time whatever happens, and kept so that a hand-off can tell of it.

The time budget counts from when the request arrived: what it waited for a thread is spent. While
enough is left the search is hybrid, then lexical; past it, a person is called.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from kb import interactions, masking
from kb.bounded import Budget, OutOfTime
from kb.db import Database
from kb.deadlines import WAITED, time_limit
from kb.errors import DatabaseUnavailable
from kb.interactions import LoggedSuggestion
from kb.keys import ApiKey
from kb.live import Loaded
from kb.suggest import Asked, Suggestion, nothing, suggest
from kb.web import credentials, limits, suggest_shapes, tokens
from kb.web.csrf import open_to_other_origins
from kb.web.exchange import NO_CACHE, body_of, closest_locale, filters_of, json_reply, new_id
from kb.web.request_log import metrics, note_search
from kb.web.services import services
from kb.web.shapes import index_version
from kb.web.suggest_schemas import SuggestRequest

SEARCH_RESERVE_S = 0.05
"""With no more time left than this and the encoder's own deadline, the encoder is not asked."""
LOG_WAIT_S = 0.1
"""How long a reply waits for its row; the row is written all the same."""

suggest_api = Blueprint("suggest_api", __name__)


@dataclass(frozen=True)
class _Made:
    """A suggestion with what it is known by."""

    id: str
    asked: SuggestRequest
    lang: str
    session_id: str
    key: ApiKey
    suggestion: Suggestion
    loaded: Loaded
    now: datetime


@suggest_api.post("/api/v1/suggest")
@open_to_other_origins
def suggest_route() -> Response:
    started = time.perf_counter()
    waited_s = float(request.environ.get(WAITED, 0.0))
    budget = Budget(services().config.suggest_budget_ms / 1000, spent_s=waited_s)
    key = credentials.require_key("suggest")
    if not key.is_secret:
        limits.count("suggest")
    limits.count("suggest-key", key.id)
    made = _make(body_of(SuggestRequest), key, budget)
    _count(made.suggestion)
    pending = services().suggestion_log.put(_logged(made)) if made.asked.store else None
    body = suggest_shapes.suggest_response(
        services().config,
        made.suggestion,
        made.loaded.searcher.calibration,
        made.lang,
        has_passages="passage" in made.asked.include,
        took_ms=(time.perf_counter() - started) * 1000,
        generation=made.loaded.name,
        id_=made.id,
        token=tokens.interaction(_claims(made)),
        expires_at=tokens.expiry(made.now),
    )
    response = json_reply(body, cache=NO_CACHE)
    if pending:  # it was being written meanwhile
        pending.wait(min(LOG_WAIT_S, budget.left_s()))
    return response


def _make(asked: SuggestRequest, key: ApiKey, budget: Budget) -> _Made:
    parts = services()  # the work below runs in another thread, which has no request
    loaded = parts.loaded()
    lang, is_supported = closest_locale(asked.locale)
    session_id = asked.session_id or new_id("ses")
    is_drawn = is_held_out(session_id, parts.config.holdout, tokens.secret_key())
    filters = filters_of(
        loaded.catalog,
        asked.filters.categories,
        tags=asked.filters.tags,
        excluded=asked.exclude_articles,
    )

    reserve_s = parts.config.encoder_timeout_ms / 1000 + SEARCH_RESERVE_S

    def work() -> Suggestion:
        rejected = _rejected(parts.database, session_id, budget) if asked.session_id else 0
        question = Asked(
            message=asked.message,
            lang=lang,
            history=tuple(one.text for one in asked.history if one.author == "user"),
            filters=filters,
            audience=asked.audience,
            limit=asked.limit,
            is_supported_locale=is_supported,
            rejected=rejected,
            is_held_out=is_drawn,
        )
        return suggest(loaded, question, is_hurried=budget.left_s() < reserve_s)

    try:
        suggestion = parts.bounded.run(work, timeout_s=budget.left_s())
    except OutOfTime:
        suggestion = nothing("unavailable")
    return _Made(new_id("sug"), asked, lang, session_id, key, suggestion, loaded, datetime.now(UTC))


def is_held_out(session_id: str, share: float, secret_key: str) -> bool:
    """Whether this visit is one of the `share` that a person answers; the same all along it."""
    if not share:
        return False
    drawn = hmac.new(secret_key.encode(), b"holdout " + session_id.encode(), hashlib.sha256)
    return int.from_bytes(drawn.digest()[:8], "big") < share * 2**64


def _rejected(database: Database, session_id: str, budget: Budget) -> int:
    """Suggestions that did not help in this visit; none while the database is away."""
    try:
        with time_limit(budget.left_s()):
            return interactions.rejected_lately(database, session_id, now=datetime.now(UTC))
    except DatabaseUnavailable:
        return 0


def _count(suggestion: Suggestion) -> None:
    if suggestion.findings:
        note_search(suggestion.findings, kind="suggest")
    metrics().count_suggestion(suggestion.decision.action, suggestion.decision.reason)


def _logged(made: _Made) -> LoggedSuggestion:
    decision = made.suggestion.decision
    return LoggedSuggestion(
        id=made.id,
        session_id=made.session_id,
        key_id=made.key.id,
        asked=masking.mask(made.asked.message),
        lang=made.lang,
        action=decision.action,
        reason=decision.reason,
        confidence=decision.confidence,
        list_confidence=decision.list_confidence,
        is_degraded=made.suggestion.is_degraded,
        policy=made.loaded.searcher.calibration.policy,
        index_version=index_version(made.loaded.name),
        shown=suggest_shapes.shown(services().config, made.suggestion),
        created_at=made.now,
    )


def _claims(made: _Made) -> tokens.Claims:
    decision = made.suggestion.decision
    return tokens.Claims(
        suggestion_id=made.id,
        key_id=made.key.id,
        session_id=made.session_id,
        lang=made.lang,
        action=decision.action,
        confidence=decision.confidence,
        shown=tuple((one.found.page.id, one.confidence) for one in made.suggestion.results),
        is_stored=made.asked.store,
    )
