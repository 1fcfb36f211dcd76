"""Customers as their shop vouches for them: reads what it has signed, and believes nothing else.

A hash signs an id alone. A token, a JWT signed with HS256, signs an id and, where it holds them,
an address and a name. The only module that imports PyJWT.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import jwt

from kb.handoffs.channels.packet import SignedIdentity

MAX_USER_ID_CHARS = 100
MAX_LIFETIME_S = 24 * 3600
"""A token that is good for longer is not taken: it would be a password that nobody changes."""
LEEWAY_S = 30
"""Clocks of two servers seldom differ by more."""
_ALGORITHM = "HS256"
_MAX_CHARS = {"email": 254, "name": 100}


class NotSigned(Exception):
    """The shop did not sign this; the message is for the log and repeats nothing of it."""


def of_hash(user_id: str, digest: str, secret: str) -> SignedIdentity:
    """The customer whose id has this HMAC-SHA256, in hex. Raises NotSigned."""
    expected = hmac.new(_key(secret), user_id.encode("utf-8", "surrogatepass"), hashlib.sha256)
    given = digest.lower().encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(expected.hexdigest().encode(), given):
        raise NotSigned("the hash is not that of the user_id")
    return SignedIdentity(_user_id(user_id))


def of_token(token: str, secret: str) -> SignedIdentity:
    """The customer whom a token names, as long as it lasts. Raises NotSigned."""
    try:
        claims = jwt.decode(
            token,
            _key(secret),
            algorithms=[_ALGORITHM],
            options={"require": ["exp", "sub"]},
            leeway=LEEWAY_S,
        )
    except jwt.PyJWTError as error:
        raise NotSigned(f"the token: {type(error).__name__}") from error
    except (ValueError, OverflowError, RecursionError) as error:  # odd JSON within it
        raise NotSigned(f"the token cannot be read: {type(error).__name__}") from error
    _refuse_long_lived(claims["exp"])
    return SignedIdentity(
        user_id=_user_id(claims["sub"]),
        email=_claim(claims, "email"),
        name=_claim(claims, "name"),
    )


def _key(secret: str) -> bytes:
    """Raises NotSigned where the site has no secret: an empty one would sign for everybody."""
    if not secret:
        raise NotSigned("KB_IDENTITY_SECRET is not set")
    return secret.encode()


def _refuse_long_lived(expires_at: object) -> None:
    if not isinstance(expires_at, int) or isinstance(expires_at, bool):
        raise NotSigned("the token: exp is no whole number of seconds")
    if expires_at - time.time() > MAX_LIFETIME_S + LEEWAY_S:
        raise NotSigned(f"the token lasts longer than {MAX_LIFETIME_S // 3600} hours")


def _user_id(text: str) -> str:
    if not 1 <= len(text) <= MAX_USER_ID_CHARS or not text.isprintable():
        raise NotSigned(f"an id has 1 to {MAX_USER_ID_CHARS} characters that can be printed")
    return text


def _claim(claims: Mapping[str, Any], name: str) -> str:
    """A text of the token that can be shown on one line; "" for anything else."""
    value = claims.get(name)
    if not isinstance(value, str) or not value.isprintable() or len(value) > _MAX_CHARS[name]:
        return ""
    return value.strip()
