"""A customer's request for a person, read: what is to be handed over, or the problem with it."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import request

from kb.accounts.api_keys import ApiKey
from kb.handoffs import handoffs, identity
from kb.handoffs.channels.packet import CustomerContact, SignedIdentity
from kb.handoffs.handoffs import Consent, NewHandoff
from kb.handoffs.tried import SuggestionClaim
from kb.ids import new_id
from kb.web.api.credentials import claims_of
from kb.web.api.io import closest_locale
from kb.web.api.schemas.handoffs import HandoffRequest, IdentityIn
from kb.web.auth import signed_tokens
from kb.web.conversation.handoff import is_email, one_line_name
from kb.web.http.problems import ApiProblem, FieldError
from kb.web.services import services

AGAIN_S = 2

log = structlog.get_logger(__name__)


def new_handoff(asked: HandoffRequest, key: ApiKey, idempotency_key: str) -> NewHandoff:
    """The hand-off that `asked` describes. Raises ApiProblem."""
    channel = asked.channel or services().channel_name
    if not channel:
        raise ApiProblem("handoff_unavailable", headers={"Retry-After": str(AGAIN_S)})
    contact, consent = _contact(asked, channel)
    claims = [claims_of(one, key) for one in asked.interaction_tokens]
    context = asked.context
    return NewHandoff(
        id=new_id("ho"),
        key_id=key.id,
        idempotency_key=idempotency_key,
        digest=services().sealer.digest(request.get_data()),
        session_id=asked.session_id or (claims[-1].session_id if claims else new_id("ses")),
        lang=_lang(asked, claims),
        reason=asked.reason,
        message=asked.message,
        shown=_shown(claims),
        channel=channel,
        contact=contact,
        identity=_signed(asked.identity) if consent else None,
        consent=consent,
        page_url=(context.page_url or "") if context else "",
        page_title=(context.page_title or "") if context else "",
        attributes=context.attributes if context else {},
    )


def _shown(claims: list[signed_tokens.Claims]) -> tuple[SuggestionClaim, ...]:
    """Each suggestion once, by its last token."""
    unique = {one.suggestion_id: one for one in claims}
    return tuple(
        SuggestionClaim(
            suggestion_id=one.suggestion_id,
            lang=one.lang,
            action=one.action,
            confidence=one.confidence,
            articles=one.shown,
        )
        for one in unique.values()
    )


def _lang(asked: HandoffRequest, claims: list[signed_tokens.Claims]) -> str:
    if asked.locale is None and claims:
        return claims[-1].lang
    return closest_locale(asked.locale)[0]


def _contact(asked: HandoffRequest, channel: str) -> tuple[CustomerContact | None, Consent | None]:
    """The contact with the consent to keep it; raises ApiProblem for one without the other."""
    has_contact = bool(asked.contact and (asked.contact.email or asked.contact.name))
    if channel == handoffs.CLIENT:
        if has_contact:
            _refuse("/contact", "invalid_value", "the chat in the page knows the customer itself")
        return None, None
    accepted = asked.consent if asked.consent and asked.consent.accepted else None
    if has_contact and accepted is None:
        raise ApiProblem("consent_required")
    email = _email(asked)
    if accepted is None:
        return None, None
    now = datetime.now(UTC)
    consent = Consent(accepted.text_version, min(accepted.accepted_at or now, now))
    if not asked.contact:
        return None, consent
    return CustomerContact(one_line_name(asked.contact.name), email), consent


def _email(asked: HandoffRequest) -> str:
    email = asked.contact.email.strip() if asked.contact else ""
    if email and not is_email(email):
        _refuse("/contact/email", "invalid_value", "is not an e-mail address")
    if services().needs_email and not email:
        _refuse("/contact/email", "required", "is required: the answer goes there")
    return email


def _refuse(pointer: str, code: str, detail: str) -> None:
    error = FieldError(pointer, code, detail)
    message = f"{pointer.lstrip('/')}: {detail}"
    raise ApiProblem("validation_failed", message, errors=[error])


def _signed(asked: IdentityIn | None) -> SignedIdentity | None:
    """The customer as the shop has signed them. What it has not is left out: nobody is kept from
    a person because a token has ended; the log says why."""
    secret = services().config.identity_secret
    if asked and asked.token:
        try:
            return identity.of_token(asked.token, secret)
        except identity.NotSigned as error:
            log.warning("identity_refused", reason=str(error))
    if asked and asked.hash:
        try:
            return identity.of_hash(asked.user_id, asked.hash, secret)
        except identity.NotSigned as error:
            log.warning("identity_refused", reason=str(error))
    return None
