"""Customers as their shop has signed them: by a hash, by a token; and everything else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from kb.handoffs.channels.packet import SignedIdentity
from kb.handoffs.identity import NotSigned, of_hash, of_token

SECRET = "a secret of the shop, longer than 32 bytes"
ANNA = {"sub": "u_991", "email": "anna@example.org", "name": "Anna"}


def token(secret: str = SECRET, *, lasts_s: float = 600, **claims: Any) -> str:
    return jwt.encode({**ANNA, "exp": int(time.time() + lasts_s), **claims}, secret, "HS256")


def by_hand(header: object, claims: object, secret: str = SECRET, name: str = "sha256") -> str:
    """A token of any shape, signed with HMAC."""
    parts = [_part(json.dumps(header).encode()), _part(json.dumps(claims).encode())]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), name).digest()
    return ".".join([*parts, _part(signature)])


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def soon() -> int:
    return int(time.time()) + 600


def test_a_token_vouches_for_what_it_holds() -> None:
    assert of_token(token(), SECRET) == SignedIdentity("u_991", "anna@example.org", "Anna")
    bare = jwt.encode({"sub": "u_991", "exp": soon()}, SECRET, "HS256")
    assert of_token(bare, SECRET) == SignedIdentity("u_991")


def test_a_hash_vouches_for_the_id_alone() -> None:
    digest = hmac.new(SECRET.encode(), b"u_991", hashlib.sha256).hexdigest()
    for given in (digest, digest.upper()):
        assert of_hash("u_991", given, SECRET) == SignedIdentity("u_991")


@pytest.mark.parametrize("digest", ["", "0" * 64, "ж" * 64, "\ud800", "a" * 63])
def test_another_hash_vouches_for_nothing(digest: str) -> None:
    with pytest.raises(NotSigned):
        of_hash("u_991", digest, SECRET)


def test_a_hash_of_another_id_vouches_for_nothing() -> None:
    digest = hmac.new(SECRET.encode(), b"u_991", hashlib.sha256).hexdigest()
    for user_id in ("u_992", "u_991 ", "", "\ud800"):
        with pytest.raises(NotSigned):
            of_hash(user_id, digest, SECRET)
    empty = hmac.new(SECRET.encode(), b"", hashlib.sha256).hexdigest()
    with pytest.raises(NotSigned):
        of_hash("", empty, SECRET)


HS256 = {"alg": "HS256", "typ": "JWT"}
FORGED: dict[str, Callable[[], str]] = {
    "another secret": lambda: token(SECRET + "x"),
    "no signature": lambda: jwt.encode({**ANNA, "exp": soon()}, "", "none"),
    "none in other letters": lambda: by_hand({"alg": "nOnE"}, {**ANNA, "exp": soon()}),
    "HS512": lambda: by_hand({"alg": "HS512"}, {**ANNA, "exp": soon()}, name="sha512"),
    "HS256 said to be RS256": lambda: by_hand({"alg": "RS256"}, {**ANNA, "exp": soon()}),
    "a header without alg": lambda: by_hand({}, {**ANNA, "exp": soon()}),
    "a header that is a list": lambda: by_hand([HS256], {**ANNA, "exp": soon()}),
    "an extension that must be known": lambda: by_hand(
        {**HS256, "crit": ["b64"], "b64": False}, {**ANNA, "exp": soon()}
    ),
    "its signature cut": lambda: token()[:-4],
    "another's claims": lambda: ".".join(
        [token().split(".")[0], token(sub="u_1").split(".")[1], token().split(".")[2]]
    ),
    "ended": lambda: token(lasts_s=-60),
    "no end": lambda: jwt.encode(ANNA, SECRET, "HS256"),
    "an end too far away": lambda: token(lasts_s=25 * 3600),
    "an end that is a text": lambda: token(exp=str(soon())),
    "an end that is true": lambda: token(exp=True),
    "an endless end": lambda: by_hand(HS256, {**ANNA, "exp": float("inf")}),
    "not yet": lambda: token(nbf=soon()),
    "made in the future": lambda: token(iat=soon()),
    "for somebody else": lambda: token(aud="another service"),
    "no id": lambda: jwt.encode({"exp": soon()}, SECRET, "HS256"),
    "an empty id": lambda: token(sub=""),
    "an id that is a number": lambda: by_hand(HS256, {**ANNA, "sub": 991, "exp": soon()}),
    "an id of two lines": lambda: token(sub="u_991\nu_1"),
    "an id with half a letter": lambda: token(sub="\ud800"),
    "a long id": lambda: token(sub="u" * 101),
    "claims that are a list": lambda: by_hand(HS256, [ANNA]),
    "nothing": lambda: "",
    "dots": lambda: "..",
    "no base64": lambda: "ж.ж.ж",
    "half a letter": lambda: "\ud800.\ud800.\ud800",
    "a deep header": lambda: f"{_part(b'[' * 1400)}.e30.x",
    "deep claims": lambda: ".".join([_part(json.dumps(HS256).encode()), _part(b"[" * 900), "x"]),
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_is_no_token_of_the_shop_now_vouches_for_nothing(forged: str) -> None:
    text = FORGED[forged]()
    with pytest.raises(NotSigned) as caught:
        of_token(text, SECRET)
    assert not any(word in str(caught.value) for word in ("u_991", "anna", SECRET))


def test_clocks_may_differ_a_little() -> None:
    assert of_token(token(lasts_s=-10), SECRET)
    assert of_token(token(lasts_s=24 * 3600), SECRET)
    assert of_token(token(iat=int(time.time()) + 10), SECRET)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": 5, "name": ["Anna"]},
        {"email": "a\nb@example.org", "name": "Anna\x00"},
        {"email": "x" * 255, "name": "x" * 101},
        {"email": None, "name": {}},
        {"email": "\ud800", "name": "\u202eannA"},
    ],
)
def test_claims_that_cannot_be_shown_are_left_out(claims: dict[str, Any]) -> None:
    assert of_token(token(**claims), SECRET) == SignedIdentity("u_991")


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(NotSigned):
        of_token(by_hand(HS256, {**ANNA, "exp": soon()}, secret=""), "")
    with pytest.raises(NotSigned):
        of_hash("u_991", hmac.new(b"", b"u_991", hashlib.sha256).hexdigest(), "")
