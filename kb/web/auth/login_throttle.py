"""Slows down who guesses passwords, and nobody else. The limit of each client is in `rate_limits`.

Wrong passwords for one address are counted by client; beyond the first few, each makes the next
try wait longer, up to MAX_WAIT_S. Guesses from many clients are counted together, too, but a
browser that the account has signed in with before has a count of its own: who attacks an account
cannot lock its owner out. Unknown addresses are treated alike, so nothing is learnt from waiting.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from dataclasses import dataclass

from flask import Response, current_app, request
from itsdangerous import BadSignature, TimestampSigner

from kb.accounts import staff
from kb.web.http import rate_limits

POLICY = "sign-in-account"
FREE_TRIES = 5
"""Wrong passwords of one client, or of one known browser, that cost no waiting."""
FREE_TRIES_OF_ALL = 30
FIRST_WAIT_S = 15
MAX_WAIT_S = 900
COUNTED_S = 3600
DEVICE_COOKIE = "otvet_known"
DEVICE_DAYS = 90
_NONCE_BYTES = 12


@dataclass(frozen=True)
class Attempt:
    """A try that has been counted as wrong until `succeed` says otherwise."""

    own: str
    """Key of the count that the right password sets back."""


def begin(email: str) -> Attempt:
    """Count a try to sign in as `email`; raises LimitExceeded while it has to wait."""
    known = _known_browser(email)
    own = _key("browser", email, known) if known else _key("client", email, _client())
    everyone = "" if known else _key("account", email)
    counts = rate_limits.shared_counts()
    if counts is None:
        return Attempt(own)
    tries = [(own, FREE_TRIES)] + ([(everyone, FREE_TRIES_OF_ALL)] if everyone else [])
    for key, _ in tries:
        if counts.get(_waiting(key)):
            left = counts.get_expiry(_waiting(key)) - time.time()
            raise rate_limits.LimitExceeded(POLICY, max(1, math.ceil(left)))
    for key, free in tries:
        wait_s = wait_after(counts.incr(key, COUNTED_S), free=free)
        if wait_s:
            counts.clear(_waiting(key))
            counts.incr(_waiting(key), wait_s)
    return Attempt(own)


def succeed(attempt: Attempt) -> None:
    """The password was right: this client or browser begins anew."""
    counts = rate_limits.shared_counts()
    if counts is not None:
        counts.clear(attempt.own)
        counts.clear(_waiting(attempt.own))


def wait_after(tries: int, *, free: int) -> int:
    """Seconds until the next try after so many wrong ones."""
    if tries <= free:
        return 0
    doublings = min(tries - free - 1, 10)
    return min(MAX_WAIT_S, FIRST_WAIT_S << doublings)


def remember_browser(response: Response, email: str) -> None:
    """Let this browser be known as one that `email` signs in with."""
    value = f"{_key('known', email)}.{secrets.token_hex(_NONCE_BYTES)}"
    response.set_cookie(
        _cookie_name(),
        _signer().sign(value).decode(),
        max_age=DEVICE_DAYS * 24 * 3600,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def is_known_browser(email: str) -> bool:
    """Tell whether `email` has signed in with this browser before."""
    return bool(_known_browser(email))


def _known_browser(email: str) -> str:
    """The browser's own random text when `email` has signed in with it, else ""."""
    cookie = request.cookies.get(_cookie_name(), "")
    try:
        value = _signer().unsign(cookie.encode(), max_age=DEVICE_DAYS * 24 * 3600).decode()
    except (BadSignature, UnicodeError):
        return ""
    whose, _, nonce = value.partition(".")
    return nonce if hmac.compare_digest(whose, _key("known", email)) else ""


def _cookie_name() -> str:
    return f"__Host-{DEVICE_COOKIE}" if request.is_secure else DEVICE_COOKIE


def _client() -> str:
    return rate_limits.client_key(request.remote_addr, salt=b"otvet sign-in")


def _key(kind: str, email: str, *parts: str) -> str:
    """Names no address: a keyed hash."""
    try:
        address = staff.clean_email(email)
    except staff.InvalidAccount:
        address = email[: staff.MAX_EMAIL_CHARS]
    text = "\0".join((kind, address, *parts)).encode("utf-8", "surrogatepass")
    secret = hashlib.sha256(b"otvet sign-in guard\0" + _secret_key()).digest()
    return f"sign-in/{kind}/{hmac.new(secret, text, hashlib.sha256).hexdigest()}"


def _waiting(key: str) -> str:
    return f"{key}/waiting"


def _signer() -> TimestampSigner:
    return TimestampSigner(
        _secret_key(),
        salt="otvet known browser",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _secret_key() -> bytes:
    key = current_app.secret_key or ""
    return key if isinstance(key, bytes) else key.encode()
