"""POST /api/v1/suggest: in time whatever happens, and kept so that a hand-off can tell of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import Blueprint, Response

from kb.accounts.api_keys import ApiKey
from kb.ids import new_id
from kb.suggestions.decision import Question
from kb.time_budget import Budget
from kb.web.api import suggest_shapes
from kb.web.api.io import (
    NO_CACHE,
    body_of,
    closest_locale,
    filters_of,
    json_reply,
    locale_of_words,
)
from kb.web.api.schemas.suggest import SuggestRequest
from kb.web.auth import api_key, signed_tokens
from kb.web.auth.csrf import open_to_other_origins
from kb.web.conversation import suggest
from kb.web.conversation.suggest import SuggestionRecord
from kb.web.http import rate_limits
from kb.web.services import services

suggest_api = Blueprint("suggest_api", __name__)


@suggest_api.post("/api/v1/suggest")
@open_to_other_origins
def suggest_route() -> Response:
    started = time.perf_counter()
    budget = suggest.time_budget()
    key = api_key.require_key("suggest")
    if key.is_secret:
        rate_limits.count("suggest-key", key.id)
    else:
        rate_limits.count("suggest")
        rate_limits.count_shared("suggest-key", key.id)
    asked = body_of(SuggestRequest)
    made = _make(asked, key, budget)
    pending = suggest.log_suggestion(made, asked.message) if asked.store else None
    body = suggest_shapes.suggest_response(
        services().config,
        made.suggestion,
        made.loaded.searcher.calibration,
        made.lang,
        is_detected=made.lang != closest_locale(asked.locale)[0],
        has_passages="passage" in asked.include,
        took_ms=(time.perf_counter() - started) * 1000,
        generation=made.loaded.name,
        id_=made.id,
        token=suggest.token(made, is_stored=asked.store),
        expires_at=signed_tokens.expiry(made.now),
    )
    response = json_reply(body, cache=NO_CACHE)
    if pending:  # it was being written meanwhile
        pending.wait(min(suggest.LOG_WAIT_S, budget.left_s()))
    return response


def _make(asked: SuggestRequest, key: ApiKey, budget: Budget) -> SuggestionRecord:
    loaded = services().loaded()
    page_lang, is_supported = closest_locale(asked.locale)
    lang = locale_of_words(asked.message, page_lang)
    session_id = asked.session_id or new_id("ses")
    holdout = services().config.holdout
    question = Question(
        message=asked.message,
        lang=lang,
        history=tuple(one.text for one in asked.history if one.author == "user"),
        filters=filters_of(
            loaded.catalog,
            asked.filters.categories,
            tags=asked.filters.tags,
            excluded=asked.exclude_articles,
        ),
        audience=asked.audience,
        limit=asked.limit,
        is_supported_locale=is_supported or lang != page_lang,
        is_held_out=suggest.is_held_out(session_id, holdout, signed_tokens.secret_key()),
    )
    suggestion = suggest.in_time(loaded, question, budget, session_id=asked.session_id or "")
    now = datetime.now(UTC)
    return SuggestionRecord(new_id("sug"), lang, session_id, key.id, suggestion, loaded, now)
