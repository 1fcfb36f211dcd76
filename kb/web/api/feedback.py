"""Routes of what a customer says and does after a suggestion: feedback and events."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from kb import redaction
from kb.accounts.api_keys import ApiKey
from kb.feedback.votes import MAX_COMMENT_CHARS
from kb.suggestions import log
from kb.suggestions.log import EVENT_TYPES, Event, Feedback
from kb.suggestions.precedence import MOST_REJECTED
from kb.web.api.credentials import claims_of, counted_key
from kb.web.api.io import NO_CACHE, body_of, json_reply
from kb.web.api.schemas.feedback import (
    EventIn,
    EventsRequest,
    EventsResponse,
    FeedbackRequest,
    FeedbackResponse,
    NextOut,
    RejectedEvent,
)
from kb.web.api.serialize import bare_article_id
from kb.web.auth import api_key, signed_tokens
from kb.web.auth.csrf import open_to_other_origins
from kb.web.http import rate_limits
from kb.web.http.problems import ApiProblem, FieldError
from kb.web.http.request_log import metrics
from kb.web.services import services

feedback_api = Blueprint("feedback_api", __name__)


@feedback_api.post("/api/v1/feedback")
@open_to_other_origins
def feedback() -> Response:
    """Keep what a customer says; after the second suggestion that did not help, call a person."""
    key = counted_key("feedback")
    asked = body_of(FeedbackRequest)
    claims = claims_of(asked.interaction_token, key)
    article = _shown_article(asked.article_id, claims)
    rejected = 0
    now = datetime.now(UTC)
    if claims.is_stored:  # else nothing may be kept of this suggestion
        given = Feedback(
            suggestion_id=claims.suggestion_id,
            article_id=article,
            verdict=asked.verdict,
            reason=asked.reason if asked.verdict == "not_solved" else None,
            comment=redaction.mask(asked.comment)[:MAX_COMMENT_CHARS],
            session_id=claims.session_id,
            given_at=now,
        )
        rejected = log.record_feedback(services().database, given, now=now)
    metrics().count_feedback(asked.verdict)
    is_enough = asked.verdict == "not_solved" and rejected >= MOST_REJECTED
    return json_reply(
        FeedbackResponse(
            suggestion_id=claims.suggestion_id,
            verdict=asked.verdict,
            next=NextOut(action="handoff", reason="repeat_failed") if is_enough else None,
        ),
        cache=NO_CACHE,
    )


@feedback_api.post("/api/v1/events")
@open_to_other_origins
def events() -> Response:
    """Keep what a customer did; a beacon cannot send headers, so its key is in the body."""
    key, asked = _events_of_key() if request.headers.get("Authorization") else _beacon()
    known = [event for event in asked.events if event.type in EVENT_TYPES]
    now = datetime.now(UTC)
    log.record_events(
        services().database,
        session_id=asked.session_id,
        key_id=key.id,
        found=[_event(event) for event in known],
        now=now,
    )
    rejected = [
        RejectedEvent(id=event.id, code="unknown_type")
        for event in asked.events
        if event.type not in EVENT_TYPES
    ]
    body = EventsResponse(accepted=len(known), rejected=rejected)
    return json_reply(body, cache=NO_CACHE, status=202)


def _beacon() -> tuple[ApiKey, EventsRequest]:
    """Key and events of a page; nothing is parsed before its origin is known and it is counted."""
    api_key.require_known_origin()
    rate_limits.count("events")
    asked = _events()
    return api_key.require_publishable_key(asked.key), asked


def _events_of_key() -> tuple[ApiKey, EventsRequest]:
    """The same with the key in a header, which then counts alone."""
    key = counted_key("events")
    return key, _events()


def _events() -> EventsRequest:
    return body_of(EventsRequest, mimetypes=("application/json", "text/plain"))


def _shown_article(asked: str | None, claims: signed_tokens.Claims) -> str:
    """The bare id of an article that the suggestion showed, "" for the list. Raises ApiProblem."""
    if asked is None:
        return ""
    bare = bare_article_id(asked)
    if bare not in {article for article, _ in claims.shown}:
        error = FieldError("/article_id", "unknown_value", "the suggestion did not show it")
        raise ApiProblem("validation_failed", error.detail, errors=[error])
    return bare


def _event(event: EventIn) -> Event:
    return Event(
        id=event.id,
        type=event.type,  # type: ignore[arg-type]  # the caller looked it up in EVENT_TYPES
        at=event.at,
        suggestion_id=event.suggestion_id,
        article_id=bare_article_id(event.article_id) if event.article_id else None,
        seconds=event.seconds,
        query=redaction.mask(event.query) if event.query else None,
    )
