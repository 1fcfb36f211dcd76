"""Voters: a random id in a signed cookie, which only voting sets. No address, no account.

The database sees `voter`, a keyed hash of the id, so that neither a copy of it nor a log of
cookies alone tells which visitor voted what.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import Request, Response
from itsdangerous import BadSignature, Signer

COOKIE = "visitor"
MAX_AGE_S = 365 * 24 * 3600

_ID_BYTES = 16
_MAX_COOKIE_CHARS = 200


@dataclass(frozen=True)
class Visitor:
    """`cookie` is the signed value the browser keeps, `voter` (64 hex digits) what votes carry."""

    cookie: str
    voter: str


def recognise(request: Request, *, secret_key: str) -> Visitor | None:
    """The visitor whose cookie came with the request; None without one that we signed."""
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or len(cookie) > _MAX_COOKIE_CHARS:
        return None
    try:
        visitor_id = _signer(secret_key).unsign(cookie.encode())
    except (BadSignature, UnicodeEncodeError):
        return None
    return Visitor(cookie, _voter(visitor_id, secret_key))


def new_visitor(*, secret_key: str) -> Visitor:
    """Somebody who came without our cookie: for voting only."""
    visitor_id = secrets.token_urlsafe(_ID_BYTES).encode()
    return Visitor(_signer(secret_key).sign(visitor_id).decode(), _voter(visitor_id, secret_key))


def remember(response: Response, visitor: Visitor, *, is_https: bool) -> None:
    """Set the visitor's cookie for a year from now: for responses to a vote only."""
    response.set_cookie(
        COOKIE,
        visitor.cookie,
        max_age=MAX_AGE_S,
        path="/",
        secure=is_https,
        httponly=True,
        samesite="Lax",
    )


def _voter(visitor_id: bytes, secret_key: str) -> str:
    key = hashlib.sha256(b"otvet voter key\0" + secret_key.encode()).digest()
    return hmac.new(key, visitor_id, hashlib.sha256).hexdigest()


def _signer(secret_key: str) -> Signer:
    return Signer(
        secret_key,
        salt="otvet visitor cookie",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
