"""Keys and origins: who may ask, from where."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys
from tests.support.libraries.api_library import SHOP, customer, services_of
from tests.support.web.customer_requests import QUESTION, SESSION, V1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "key_missing"),
        ({"Authorization": "Basic x"}, 401, "key_missing"),
        ({"Authorization": "Bearer "}, 401, "key_missing"),
        ({"Authorization": "Bearer pk_unknown"}, 401, "key_invalid"),
        ({"Authorization": f"Bearer {'k' * 5000}"}, 401, "key_invalid"),
        ({"Origin": "https://evil.example"}, 403, "origin_not_allowed"),
        ({"Origin": "null"}, 403, "origin_not_allowed"),
        ({"Origin": "http://localhost:8123.evil.example"}, 403, "origin_not_allowed"),
    ],
)
@pytest.mark.parametrize("path", ["/suggest", "/feedback", "/events", "/handoffs"])
def test_a_wrong_credential_is_refused_before_anything_is_read(
    client: FlaskClient, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    body = {
        "session_id": SESSION,
        "events": [{"id": "evt_1", "type": "x", "at": "2026-11-22T09:00:00Z"}],
    }
    response = client.post(V1 + path, json=body, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert response.headers["Cache-Control"] == "no-store"


def test_without_an_origin_a_publishable_key_is_refused(app: Flask) -> None:
    headers = {"Authorization": customer(app)["Authorization"]}
    plain = Flask.test_client_class or FlaskClient
    response = plain(app, app.response_class).post(f"{V1}/suggest", json=QUESTION, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (403, "origin_not_allowed")


def test_secret_keys_are_for_servers_with_their_scope(app: Flask) -> None:
    database, now = services_of(app).database, datetime.now(UTC)
    made = {
        scope: api_keys.create(database, kind="sk", site="x", scopes=[scope], now=now)[1]
        for scope in ("suggest", "reports")
    }
    client = FlaskClient(app, app.response_class)

    def ask(text: str, **headers: str) -> tuple[int, str]:
        headers["Authorization"] = f"Bearer {text}"
        response = client.post(f"{V1}/suggest", json=QUESTION, headers=headers)
        return response.status_code, response.get_json().get("code", "")

    assert ask(made["suggest"]) == (200, "")
    assert ask(made["suggest"], Origin=SHOP) == (403, "secret_key_in_browser")
    assert ask(made["reports"]) == (403, "scope_missing")


@pytest.mark.parametrize("path", ["/suggest", "/feedback", "/events", "/handoffs"])
def test_a_preflight_is_answered_for_known_origins_only(client: FlaskClient, path: str) -> None:
    good = client.options(V1 + path, headers={"Origin": SHOP})
    assert good.status_code == 204
    assert good.headers["Access-Control-Allow-Origin"] == SHOP
    assert good.headers["Access-Control-Max-Age"] == "7200"
    assert good.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "idempotency-key" in good.headers["Access-Control-Allow-Headers"]
    assert "Origin" in good.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in good.headers
    bad = client.options(V1 + path, headers={"Origin": "https://evil.example"})
    assert bad.status_code == 403
    assert "Access-Control-Allow-Origin" not in bad.headers


def test_answers_echo_the_origin_exactly_and_allow_no_credentials(client: FlaskClient) -> None:
    response = client.post(f"{V1}/suggest", json=QUESTION)
    assert response.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers
