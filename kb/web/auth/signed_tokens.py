"""Signed tokens that let a page act on one suggestion or ask after one hand-off, and those of the
contact page: of a form that was given out, and of the receipt for what was sent.

They carry article ids and the decision, never a text: what a suggestion that was not stored has
shown can be rebuilt from its token alone, and no browser can forge it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

LIFETIME_S = 24 * 3600
MAX_CHARS = 2000
_INTERACTION, _STATUS, _FORM, _RECEIPT = "it_", "st_", "cf_", "rc_"


class BadToken(Exception):
    """The text is no token of ours for this purpose; `is_expired`: it was one, and has ended."""

    def __init__(self, detail: str = "", *, is_expired: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.is_expired = is_expired


@dataclass(frozen=True)
class Claims:
    """Claims an interaction token vouches for. `shown` pairs article ids with confidences."""

    suggestion_id: str
    key_id: str
    session_id: str
    lang: str
    action: str
    confidence: float
    shown: tuple[tuple[str, float], ...]
    is_stored: bool


def expiry(now: datetime) -> datetime:
    """The moment when a token made now ends."""
    return (now + timedelta(seconds=LIFETIME_S)).astimezone(UTC).replace(microsecond=0)


def interaction(claims: Claims) -> str:
    """The token of a suggestion."""
    value = [
        claims.suggestion_id,
        claims.key_id,
        claims.session_id,
        claims.lang,
        claims.action,
        round(claims.confidence, 3),
        [[article, round(confidence, 3)] for article, confidence in claims.shown],
        int(claims.is_stored),
    ]
    return _INTERACTION + _text(_INTERACTION, value)


def read_interaction(text: str, *, key_id: str) -> Claims:
    """The claims of a token that was given to a page with key `key_id`. Raises BadToken."""
    suggestion, key, session, lang, action, confidence, shown, is_stored = _value(
        _INTERACTION, text, max_age_s=LIFETIME_S
    )
    _refuse_other_key(key, key_id)
    pairs = tuple((str(article), float(score)) for article, score in shown)
    return Claims(suggestion, key, session, lang, action, confidence, pairs, bool(is_stored))


def status(handoff_id: str, *, key_id: str) -> str:
    """The token with which the page that made a hand-off may ask what became of it."""
    return _STATUS + _text(_STATUS, [handoff_id, key_id])


def check_status(text: str, *, handoff_id: str, key_id: str) -> None:
    """Raise BadToken for a token of another hand-off, or given to a page with another key."""
    value = _value(_STATUS, text, max_age_s=LIFETIME_S)
    if not isinstance(value, list):  # signed before tokens named their key
        raise BadToken
    of_handoff, key = value
    if not _is_same(of_handoff, handoff_id):
        raise BadToken
    _refuse_other_key(key, key_id)


def form(session_id: str) -> str:
    """The token of one contact form, which is a session of its own."""
    return _FORM + _text(_FORM, session_id)


def read_form(text: str) -> str | None:
    """The form's session id; None for a token that is not ours or older than a day."""
    try:
        return str(_value(_FORM, text, max_age_s=LIFETIME_S))
    except BadToken:
        return None


def receipt(handoff_id: str, *, is_mailed: bool) -> str:
    """Token in the address of a thank-you page: the hand-off, and how its answer comes."""
    return _RECEIPT + _text(_RECEIPT, [handoff_id, int(is_mailed)])


def read_receipt(text: str) -> tuple[str, bool] | None:
    """Hand-off's id and whether the answer comes by e-mail, at any age; None for no token."""
    try:
        handoff_id, is_mailed = _value(_RECEIPT, text, max_age_s=None)
    except BadToken:
        return None
    return str(handoff_id), bool(is_mailed)


def _refuse_other_key(key: str, key_id: str) -> None:
    if not _is_same(key, key_id):
        raise BadToken("the token was given to a page with another key")


def _is_same(signed: str, given: str) -> bool:
    """In a time that does not tell how much of it is."""
    return hmac.compare_digest(signed.encode(), given.encode("utf-8", "surrogatepass"))


def _text(kind: str, value: object) -> str:
    made = _serializer(kind).dumps(value)
    return made if isinstance(made, str) else made.decode("ascii")


def _value(kind: str, text: str, *, max_age_s: int | None) -> Any:
    if not text.startswith(kind) or len(text) > MAX_CHARS:
        raise BadToken
    try:
        return _serializer(kind).loads(text.removeprefix(kind), max_age=max_age_s)
    except SignatureExpired as error:
        raise BadToken(is_expired=True) from error
    except BadData as error:
        raise BadToken from error


def _serializer(kind: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        [*(current_app.config["SECRET_KEY_FALLBACKS"] or ()), secret_key()],  # the last signs
        salt=f"otvet token {kind}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def secret_key() -> str:
    """Key of the current application."""
    key = current_app.secret_key
    return key.decode() if isinstance(key, bytes) else key or ""
