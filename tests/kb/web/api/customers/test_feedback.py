"""Tokens of suggestions, feedback and events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys
from kb.web.auth import signed_tokens
from tests.support.libraries.api_library import COURIER, services_of
from tests.support.web.customer_requests import CONTACT, V1, beacon, give, suggest


def test_a_token_that_was_changed_is_refused(client: FlaskClient) -> None:
    token = suggest(client)["interaction_token"]
    for wrong in (
        token[:-1],
        token + "x",
        "it_x",
        "x",
        token.replace("it_", "st_"),
        "it_" + "a" * 1900,
    ):
        assert give(client, wrong, 401)["code"] == "token_invalid"


def test_a_token_ends_after_a_day(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = suggest(client)["interaction_token"]
    monkeypatch.setattr(signed_tokens, "LIFETIME_S", -1)
    assert give(client, token, 401)["code"] == "token_expired"


def test_a_token_of_another_key_is_refused(app: Flask, client: FlaskClient) -> None:
    database, now = services_of(app).database, datetime.now(UTC)
    _, other = api_keys.create(
        database, kind="pk", site="y", origins=["https://y.example"], now=now
    )
    token = suggest(client)["interaction_token"]
    headers = {"Authorization": f"Bearer {other}", "Origin": "https://y.example"}
    body = {"interaction_token": token, "verdict": "solved"}
    response = client.post(f"{V1}/feedback", json=body, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (401, "token_invalid")
    body = {"message": "x", "interaction_tokens": [token], **CONTACT}
    response = client.post(
        f"{V1}/handoffs", json=body, headers=headers | {"Idempotency-Key": "k" * 20}
    )
    assert (response.status_code, response.get_json()["code"]) == (401, "token_invalid")


def test_only_what_was_shown_can_be_judged(client: FlaskClient) -> None:
    token = suggest(client, exclude_articles=[COURIER])["interaction_token"]
    problem = give(client, token, 422, article_id=f"art_{COURIER}")
    assert problem["errors"][0]["pointer"] == "/article_id"


EVENT = {"id": "evt_1234", "type": "widget.opened", "at": "2026-11-22T09:00:00Z"}


# --- events


def test_a_beacon_needs_no_header(app: Flask, client: FlaskClient) -> None:
    unknown = EVENT | {"id": "evt_5678", "type": "something.new"}
    response = beacon(client, app, [EVENT, unknown])
    assert response.status_code == 202
    rejected = [{"id": "evt_5678", "code": "unknown_type"}]
    assert response.get_json() == {"accepted": 1, "rejected": rejected}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"events": []}, 422, "validation_failed"),
        ({"events": [EVENT] * 51}, 422, "validation_failed"),
        ({"events": [EVENT | {"at": "yesterday"}]}, 422, "validation_failed"),
        ({"events": [EVENT | {"at": 5}]}, 422, "validation_failed"),
        ({"events": [EVENT | {"seconds": -1}]}, 422, "validation_failed"),
        ({"events": [EVENT | {"article_id": "../x"}]}, 422, "validation_failed"),
        ({"session_id": "x"}, 422, "validation_failed"),
        ({"key": "sk_x"}, 401, "key_invalid"),
        ({"key": None}, 401, "key_missing"),
    ],
)
def test_a_wrong_event_is_named(
    app: Flask, client: FlaskClient, changes: dict[str, Any], status: int, code: str
) -> None:
    response = beacon(client, app, [EVENT], **changes)
    assert (response.status_code, response.get_json()["code"]) == (status, code)


def test_a_secret_key_in_a_beacon_is_named(app: Flask, client: FlaskClient) -> None:
    database, now = services_of(app).database, datetime.now(UTC)
    _, text = api_keys.create(database, kind="sk", site="x", scopes=["suggest"], now=now)
    response = beacon(client, app, [EVENT], key=text)
    assert (response.status_code, response.get_json()["code"]) == (403, "secret_key_in_browser")
