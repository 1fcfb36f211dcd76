"""Signed customers over HTTP: the hand-off says of each fact whether the shop vouches for it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright._impl._driver import compute_driver_executable

from kb.handoffs.channels.packet import HandoffPacket, SignedIdentity
from tests.support.web.customer_requests import IDENTITY_SECRET, hand_off, rows, stored

WIDGET_DOC = Path(__file__).parents[5] / "docs" / "widget.md"
ANNA = SignedIdentity("u_991", "anna@example.org", "Anna")


def token(**changes: Any) -> str:
    who = {"sub": "u_991", "email": "anna@example.org", "name": "Anna"}
    claims = {**who, "exp": int(time.time()) + 600, **changes}
    return jwt.encode(claims, IDENTITY_SECRET, "HS256")


def by_hash(user_id: str = "u_991") -> str:
    return hmac.new(IDENTITY_SECRET.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def packet_with(app: Flask, client: FlaskClient, **changes: Any) -> HandoffPacket:
    return stored(app, hand_off(client, **changes)["id"]).packet


def contact_of(packet: HandoffPacket) -> Any:
    return packet.to_dict()["contact"]


def test_a_token_vouches_for_the_contact_it_names(app: Flask, client: FlaskClient) -> None:
    packet = packet_with(app, client, identity={"token": token()})
    assert packet.identity == ANNA
    assert contact_of(packet) == {"name": "Anna", "email": "anna@example.org", "verified": True}
    assert packet.to_dict()["identity"] == {
        "user_id": "u_991",
        "email": "anna@example.org",
        "name": "Anna",
    }


@pytest.mark.parametrize(
    "contact",
    [
        {"name": "Anna", "email": "mallory@example.net"},
        {"name": "The Boss", "email": "anna@example.org"},
        {"name": "The Boss"},
    ],
)
def test_what_a_customer_types_instead_is_not_vouched_for(
    app: Flask, client: FlaskClient, contact: dict[str, str]
) -> None:
    packet = packet_with(app, client, identity={"token": token()}, contact=contact)
    assert contact_of(packet)["verified"] is False
    assert packet.identity == ANNA


def test_a_hash_vouches_for_the_id_alone(app: Flask, client: FlaskClient) -> None:
    identity = {"user_id": "u_991", "hash": by_hash().upper()}
    packet = packet_with(app, client, identity=identity)
    assert packet.identity == SignedIdentity("u_991")
    assert contact_of(packet)["verified"] is False


@pytest.mark.parametrize(
    "identity",
    [
        {"user_id": "u_991"},
        {"user_id": "u_991", "hash": ""},
        {"user_id": "u_991", "hash": "0" * 64},
        {"user_id": "u_991", "hash": "ж" * 64},
        {"user_id": "u_992", "hash": by_hash()},
        {"token": "x"},
        {"token": "e30.e30.e30"},
        {},
    ],
)
def test_an_identity_that_is_not_signed_keeps_nobody_from_a_person(
    app: Flask, client: FlaskClient, identity: dict[str, str]
) -> None:
    packet = packet_with(app, client, identity=identity)
    assert packet.identity is None
    assert packet.to_dict()["identity"] is None
    assert contact_of(packet)["verified"] is False


def test_a_token_that_has_ended_leaves_the_hash(app: Flask, client: FlaskClient) -> None:
    ended = token(exp=int(time.time()) - 600)
    identity = {"token": ended, "user_id": "u_991", "hash": by_hash()}
    assert packet_with(app, client, identity=identity).identity == SignedIdentity("u_991")


def test_a_secret_key_vouches_for_nobody_either(app: Flask, client: FlaskClient) -> None:
    """The shop signs with its secret: a key of the API does not stand for that."""
    packet = packet_with(app, client, identity={"user_id": "u_991", "hash": by_hash()[:-1] + "g"})
    assert packet.identity is None


def test_who_a_customer_is_lies_sealed_and_only_with_consent(
    app: Flask, client: FlaskClient
) -> None:
    identity = {"token": token(sub="u_canary")}
    with_consent = hand_off(client, identity=identity)
    without = hand_off(client, identity=identity, contact=None, consent=None)
    in_a_chat = hand_off(client, identity=identity, contact=None, consent=None, channel="client")
    assert "u_canary" not in rows(app)
    assert "anna@example.org" not in rows(app)
    assert stored(app, with_consent["id"]).packet.identity == SignedIdentity(
        "u_canary", "anna@example.org", "Anna"
    )
    assert stored(app, without["id"]).packet.identity is None
    assert in_a_chat["packet"]["identity"] is None


def test_why_an_identity_was_refused_is_logged_without_it(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_off(client, identity={"token": token(exp=int(time.time()) - 600, sub="u_canary")})
    logged = capsys.readouterr().out
    assert "identity_refused" in logged
    assert "ExpiredSignatureError" in logged
    assert "u_canary" not in logged


# What docs/widget.md tells shops to write


def examples(language: str) -> list[str]:
    text = WIDGET_DOC.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def _printed(command: list[str], program: str) -> str:
    environment = {"IDENTITY_SECRET": IDENTITY_SECRET, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*command, program], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


CUSTOMER = {"id": "u_991", "email": "anna@example.org", "name": "Anna"}


def test_the_documented_python_signs(app: Flask, client: FlaskClient) -> None:
    (program,) = (one for one in examples("python") if "identity_token" in one)
    call = f"\nprint(identity_token({CUSTOMER!r}))"
    made = _printed([sys.executable, "-c"], program + call)
    assert packet_with(app, client, identity={"token": made}).identity == ANNA


def test_the_documented_javascript_signs(app: Flask, client: FlaskClient) -> None:
    (program,) = (one for one in examples("js") if "identityToken" in one)
    call = f"\nconsole.log(identityToken({json.dumps(CUSTOMER)}));"
    node, _ = compute_driver_executable()  # the Node.js that drives the browser
    made = _printed([node, "--input-type=module", "-e"], program + call)
    assert packet_with(app, client, identity={"token": made}).identity == ANNA
