"""Routes of what follows a suggestion: feedback, events, hand-offs; and the widget's settings."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb import redaction
from kb.accounts.api_keys import ApiKey
from kb.config import Config
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import CustomerContact
from kb.handoffs.handoffs import AlreadyMade, Consent, Handoff, KeyReused
from kb.handoffs.tried import SuggestionClaim
from kb.ids import new_id
from kb.suggestions import log
from kb.suggestions.decision import MOST_REJECTED
from kb.suggestions.log import EVENT_TYPES, Event, Feedback
from kb.web.api import handoff_schemas as s
from kb.web.api.io import NO_CACHE, asked_for, body_of, closest_locale, json_reply
from kb.web.api.serialize import bare_article_id
from kb.web.api.suggest_schemas import ChannelName
from kb.web.auth import api_key, signed_tokens
from kb.web.auth.csrf import open_to_other_origins
from kb.web.conversation.handoff import (
    CONSENT_VERSION,
    NEED_EMAIL,
    consent_text,
    is_email,
    one_line_name,
    place,
)
from kb.web.http import rate_limits
from kb.web.http.problems import ApiProblem, FieldError
from kb.web.http.request_log import metrics
from kb.web.layout.addresses import absolute
from kb.web.layout.branding import widget_theme
from kb.web.layout.locale import gettext as _
from kb.web.services import services

WIDGET_CACHE = "private, max-age=300"
AGAIN_S = 2

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{8,128}")

handoff_api = Blueprint("handoff_api", __name__)


@handoff_api.post("/api/v1/feedback")
@open_to_other_origins
def feedback() -> Response:
    """Keep what a customer says; after the second suggestion that did not help, call a person."""
    key = _key("feedback")
    asked = body_of(s.FeedbackRequest)
    claims = _claims_of(asked.interaction_token, key)
    article = _shown_article(asked.article_id, claims)
    rejected = 0
    now = datetime.now(UTC)
    if claims.is_stored:  # else nothing may be kept of this suggestion
        given = Feedback(
            suggestion_id=claims.suggestion_id,
            article_id=article,
            verdict=asked.verdict,
            reason=asked.reason if asked.verdict == "not_solved" else None,
            comment=redaction.mask(asked.comment)[: s.MAX_COMMENT_CHARS],
            session_id=claims.session_id,
            given_at=now,
        )
        rejected = log.record_feedback(services().database, given, now=now)
    metrics().count_feedback(asked.verdict)
    is_enough = asked.verdict == "not_solved" and rejected >= MOST_REJECTED
    return json_reply(
        s.FeedbackResponse(
            suggestion_id=claims.suggestion_id,
            verdict=asked.verdict,
            next=s.NextOut(action="handoff", reason="repeat_failed") if is_enough else None,
        ),
        cache=NO_CACHE,
    )


@handoff_api.post("/api/v1/events")
@open_to_other_origins
def events() -> Response:
    """Keep what a customer did; a beacon cannot send headers, so its key is in the body."""
    asked = body_of(s.EventsRequest, mimetypes=("application/json", "text/plain"))
    if asked.key:
        key = api_key.require_publishable_key(asked.key)
        rate_limits.count("events")
    else:
        key = _key("events")
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
        s.RejectedEvent(id=event.id, code="unknown_type")
        for event in asked.events
        if event.type not in EVENT_TYPES
    ]
    body = s.EventsResponse(accepted=len(known), rejected=rejected)
    return json_reply(body, cache=NO_CACHE, status=202)


@handoff_api.post("/api/v1/handoffs")
@open_to_other_origins
def make_handoff() -> Response:
    """Keep a hand-off and queue its delivery; the same request again gives the same answer."""
    key = _key("handoff")
    idempotency_key = request.headers.get("Idempotency-Key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise ApiProblem("idempotency_key_missing")
    asked = body_of(s.HandoffRequest)
    wanted = _handoff_request(asked, key, idempotency_key)
    now = datetime.now(UTC)
    with _once_at_a_time(f"{key.id} {idempotency_key}"):
        try:
            made = handoffs.make(services().database, wanted, place(), now=now)
        except KeyReused as error:
            raise ApiProblem("idempotency_key_reused") from error
        except AlreadyMade as error:
            members = {"handoff_id": error.handoff_id}
            raise ApiProblem("handoff_already_made", members=members) from error
    metrics().count_handoff(made.channel, asked.reason)
    return json_reply(_made(made, asked), cache=NO_CACHE, status=201)


@handoff_api.post("/api/v1/handoffs/status")
@open_to_other_origins
def handoff_status() -> Response:
    """What became of a hand-off, for the page that made it."""
    _key("handoff-status")
    asked = body_of(s.StatusRequest)
    with _tokens_checked():
        if signed_tokens.read_status(asked.status_token) != asked.id:
            raise signed_tokens.BadToken
    found = handoffs.find(services().database, asked.id, place())
    if found is None:
        raise ApiProblem("not_found")
    body = s.StatusResponse(
        id=found.id,
        status=found.status,
        external=_external(found),
        contact_email=services().config.contact_email or None,
    )
    return json_reply(body, cache=NO_CACHE)


@handoff_api.get("/api/v1/widget/config")
def widget_config() -> Response:
    """What a widget shows before anything was asked. Works without an index."""
    asked = asked_for(s.WidgetQuery)
    api_key.require_publishable_key(asked.key)
    config = services().config
    lang, _is_supported = closest_locale(asked.locale)
    body = s.WidgetConfig(
        name=config.site_name,
        url=absolute(config, f"/{lang}/"),
        locales=list(config.languages),
        default_locale=config.default_language,
        theme=widget_theme(),
        features={"suggest": True, "handoff": bool(config.channel)},
        contact=s.WidgetContact(
            email=config.contact_email or None, url=absolute(config, f"/{lang}/contact")
        ),
        handoff=s.WidgetHandoff(
            available=bool(config.channel),
            channel=_channel(config),
            needs_email=config.channel in NEED_EMAIL,
            online=None,
            reply_estimate_s=None,
        ),
        consent=s.WidgetConsent(text=consent_text(config, lang), version=CONSENT_VERSION),
    )
    response = json_reply(body, cache=WIDGET_CACHE)
    response.vary.add("Origin")
    return response


def _key(group: str) -> ApiKey:
    """The key of a request, counted: those of a server as its own, of a page as its reader's."""
    key = api_key.require_key("suggest")
    if key.is_secret:
        rate_limits.count("suggest-key", key.id)
    else:
        rate_limits.count(group)
    return key


def _claims_of(token: str, key: ApiKey) -> signed_tokens.Claims:
    """The claims of an interaction token given to a page with `key`. Raises ApiProblem."""
    with _tokens_checked():
        return signed_tokens.read_interaction(token, key_id=key.id)


@contextmanager
def _tokens_checked() -> Iterator[None]:
    """Answer a token that is not ours, or has ended, with its problem."""
    try:
        yield
    except signed_tokens.BadToken as error:
        code = "token_expired" if error.is_expired else "token_invalid"
        raise ApiProblem(code, error.detail) from error


def _shown_article(asked: str | None, claims: signed_tokens.Claims) -> str:
    """The bare id of an article that the suggestion showed, "" for the list. Raises ApiProblem."""
    if asked is None:
        return ""
    bare = bare_article_id(asked)
    if bare not in {article for article, _ in claims.shown}:
        error = FieldError("/article_id", "unknown_value", "the suggestion did not show it")
        raise ApiProblem("validation_failed", error.detail, errors=[error])
    return bare


def _event(event: s.EventIn) -> Event:
    return Event(
        id=event.id,
        type=event.type,  # type: ignore[arg-type]  # the caller looked it up in EVENT_TYPES
        at=event.at,
        suggestion_id=event.suggestion_id,
        article_id=bare_article_id(event.article_id) if event.article_id else None,
        seconds=event.seconds,
        query=redaction.mask(event.query) if event.query else None,
    )


def _handoff_request(
    asked: s.HandoffRequest, key: ApiKey, idempotency_key: str
) -> handoffs.NewHandoff:
    config = services().config
    channel = asked.channel or config.channel
    if not channel:
        raise ApiProblem("handoff_unavailable", headers={"Retry-After": str(AGAIN_S)})
    contact, consent = _contact(asked, channel)
    claims = [_claims_of(one, key) for one in asked.interaction_tokens]
    unique = {one.suggestion_id: one for one in claims}
    context = asked.context
    session_id = asked.session_id or (claims[-1].session_id if claims else new_id("ses"))
    return handoffs.NewHandoff(
        id=new_id("ho"),
        key_id=key.id,
        idempotency_key=idempotency_key,
        digest=hashlib.sha256(request.get_data()).hexdigest(),
        session_id=session_id,
        lang=_lang(asked, claims),
        reason=asked.reason,
        message=asked.message,
        shown=tuple(
            SuggestionClaim(
                suggestion_id=one.suggestion_id,
                lang=one.lang,
                action=one.action,
                confidence=one.confidence,
                articles=one.shown,
            )
            for one in unique.values()
        ),
        channel=channel,
        contact=contact,
        consent=consent,
        page_url=(context.page_url or "") if context else "",
        page_title=(context.page_title or "") if context else "",
        attributes=context.attributes if context else {},
    )


def _lang(asked: s.HandoffRequest, claims: list[signed_tokens.Claims]) -> str:
    if asked.locale is None and claims:
        return claims[-1].lang
    return closest_locale(asked.locale)[0]


def _contact(
    asked: s.HandoffRequest, channel: str
) -> tuple[CustomerContact | None, Consent | None]:
    """The contact with the consent to keep it; raises ApiProblem for one without the other."""
    has_contact = bool(asked.contact and (asked.contact.email or asked.contact.name))
    is_accepted = bool(asked.consent and asked.consent.accepted)
    if channel == handoffs.CLIENT:
        if has_contact:
            _refuse("/contact", "invalid_value", "the chat in the page knows the customer itself")
        return None, None
    if has_contact and not is_accepted:
        raise ApiProblem("consent_required")
    email = asked.contact.email.strip() if asked.contact else ""
    if email and not is_email(email):
        _refuse("/contact/email", "invalid_value", "is not an e-mail address")
    if channel in NEED_EMAIL and not email:
        _refuse("/contact/email", "required", "is required: the answer goes there")
    if not (asked.consent and is_accepted):
        return None, None
    accepted_at = asked.consent.accepted_at or datetime.now(UTC)
    consent = Consent(asked.consent.text_version, min(accepted_at, datetime.now(UTC)))
    if not asked.contact:
        return None, consent
    name = one_line_name(asked.contact.name)
    return CustomerContact(name, email, _is_verified(asked.identity)), consent


def _refuse(pointer: str, code: str, detail: str) -> None:
    error = FieldError(pointer, code, detail)
    message = f"{pointer.lstrip('/')}: {detail}"
    raise ApiProblem("validation_failed", message, errors=[error])


def _is_verified(identity: s.IdentityIn | None) -> bool:
    """Whether the shop has signed the customer's id."""
    secret = services().config.identity_secret
    if identity is None or not secret:
        return False
    expected = hmac.new(secret.encode(), identity.user_id.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, identity.hash.lower())


def _made(made: Handoff, asked: s.HandoffRequest) -> s.HandoffResponse:
    is_client = made.channel == handoffs.CLIENT
    return s.HandoffResponse(
        id=made.id,
        status=made.status,
        channel=made.channel,  # type: ignore[arg-type]  # one of ours
        external=_external(made),
        online=None,
        reply_estimate_s=None,
        customer_message=_customer_message(made, asked),
        status_token=signed_tokens.status(made.id),
        packet=_client_packet(made, asked) if is_client else None,
    )


def _client_packet(made: Handoff, asked: s.HandoffRequest) -> s.Packet:
    """What the chat in the page passes on: the message as written, which we have not kept."""
    context = asked.context
    kept = made.packet.to_dict(has_contact=False)
    told = {
        "message": redaction.mask_cards(asked.message),
        "attributes": dict(context.attributes) if context else {},
    }
    return s.Packet.model_validate(kept | told)


def _customer_message(made: Handoff, asked: s.HandoffRequest) -> str:
    name = asked.contact.name.strip() if asked.contact else ""
    with force_locale(made.packet.locale):
        thanks = _("Thank you, %(name)s.", name=name) if name else _("Thank you.")
        if made.channel == handoffs.CLIENT:
            promise = _("A colleague will answer here.")
        elif asked.contact and asked.contact.email:
            promise = _("A colleague will answer by e-mail.")
        else:
            promise = _("A colleague has been told.")
    return f"{thanks} {promise}"


def _external(found: Handoff) -> dict[str, str | None] | None:
    return dict(found.external) if found.external else None


def _channel(config: Config) -> ChannelName | None:
    return config.channel or None  # type: ignore[return-value]  # checked by Config


_running: set[str] = set()
_running_lock = threading.Lock()


@contextmanager
def _once_at_a_time(name: str) -> Iterator[None]:
    """Raises ApiProblem while another thread carries out the same request."""
    with _running_lock:
        if name in _running:
            raise ApiProblem("request_in_progress", headers={"Retry-After": str(AGAIN_S)})
        _running.add(name)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(name)
