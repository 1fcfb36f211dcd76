"""Nothing that a stranger sends is read before the checks that cost less: size, limit, key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.web.http.rate_limits import POLICIES
from kb.web.staff.articles.access import MAX_TEXT_BYTES
from tests.support.libraries import api_library
from tests.support.libraries.api_library import SHOP, customer
from tests.support.web.contact_form import MAIL

FORM = "application/x-www-form-urlencoded"
BODIES: dict[str, tuple[str, bytes]] = {
    "/api/v1/suggest": ("application/json", b'{"message": "refund"}'),
    "/api/v1/feedback": ("application/json", b"{}"),
    "/api/v1/events": ("text/plain", b"{}"),
    "/api/v1/handoffs": ("application/json", b"{}"),
    "/api/v1/handoffs/status": ("application/json", b"{}"),
    "/en/contact": (FORM, b"message=refund"),
    "/en/contact/suggestions": (FORM, b"message=refund"),
    "/en/vote/k2m7p": (FORM, b"value=yes"),
    "/agent/sign-in": (FORM, b"email=a&password=b"),
    "/staff/invitation/x": (FORM, b"name=a&password=b"),
    "/staff/articles/edit/en/a/b/c": (FORM, b"body=a"),
}
FOR_STAFF = {
    "/agent/handoffs",
    *(f"/staff/articles/{way}/en/a/b/c" for way in ("try", "step", "restore", "place")),
    *("/staff/articles/new", "/staff/articles/push", "/staff/articles/pull"),
    *("/staff/articles/pictures/en/a/b/c", "/staff/people"),
}
UNREAD = {"/en/viewed/k2m7p", "/agent/sign-out", *FOR_STAFF}
"""Nothing of their bodies is looked at; of those for staff nothing while nobody is signed in."""


class WatchedBody(BytesIO):
    """A request's body that remembers whether the client had been counted when it was read."""

    counted: list[bool]

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.counted = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.counted.append(bool(g.get("limit_usages")))
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        self.counted.append(bool(g.get("limit_usages")))
        return super().readinto(buffer)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    api_library.build(tmp_path, with_encoder=False)
    app = api_library.application(tmp_path, rate_limits=True, **MAIL)
    yield app
    api_library.close(app)


def send(app: Flask, path: str, body: WatchedBody, **headers: str) -> TestResponse:
    """A POST with the headers of the browser and, where one is needed, of a key."""
    content_type, _ = BODIES.get(path, (FORM, b""))
    given = {"Sec-Fetch-Site": "same-origin"}
    if path.startswith("/api/"):
        given = customer(app) | {"Idempotency-Key": "12345678"}
    overrides = {"wsgi.input": body, "CONTENT_LENGTH": str(len(body.getbuffer()))}
    return FlaskClient(app, app.response_class).post(
        path, content_type=content_type, headers=given | headers, environ_overrides=overrides
    )


def test_every_route_that_is_sent_a_body_is_tried(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    adapter = app.url_map.bind("localhost")
    tried = {
        adapter.match(path, method="POST", return_rule=True)[0].rule for path in {*BODIES, *UNREAD}
    }
    assert tried == rules


@pytest.mark.parametrize("path", BODIES)
def test_a_client_is_counted_before_its_body_is_read(app: Flask, path: str) -> None:
    body = WatchedBody(BODIES[path][1])
    send(app, path, body)
    assert body.counted
    assert all(body.counted)


@pytest.mark.parametrize("path", sorted(UNREAD))
def test_a_body_that_is_not_needed_is_not_read(app: Flask, path: str) -> None:
    body = WatchedBody(b"a=b")
    send(app, path, body)
    assert not body.counted


@pytest.mark.parametrize("path", BODIES)
def test_who_has_used_up_the_limit_is_refused_unread(app: Flask, path: str) -> None:
    """By a limit of its own, or by that of the work."""
    most = max(policy.quota for policies in POLICIES.values() for policy in policies)
    for _ in range(most):
        body = WatchedBody(BODIES[path][1])
        response = send(app, path, body)
        if response.status_code == 429 and not body.counted:
            return
    pytest.fail("every body was read")


@pytest.mark.parametrize("path", [path for path in BODIES if path.startswith("/api/")])
def test_a_body_with_a_wrong_key_is_not_read(app: Flask, path: str) -> None:
    body = WatchedBody(b'"' + b'\\"' * 16_000)
    response = send(app, path, body, Authorization="Bearer pk_unknown")
    assert (response.status_code, body.counted) == (401, [])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_beacon_from_an_origin_that_no_key_names_is_not_read(app: Flask, origin: str) -> None:
    body = WatchedBody(b'"' + b'\\"' * 16_000)
    response = send(app, "/api/v1/events", body, Authorization="", Origin=origin)
    assert (response.status_code, body.counted) == (403, [])


def test_a_beacon_is_counted_before_it_is_parsed(app: Flask) -> None:
    quota = POLICIES["events"][0].quota
    for _ in range(quota):
        body = WatchedBody(b'"' + b'\\"' * 16_000)
        assert send(app, "/api/v1/events", body, Authorization="").status_code == 400
        assert all(body.counted)
    body = WatchedBody(b"{}")
    assert send(app, "/api/v1/events", body, Authorization="").status_code == 429
    assert not body.counted


def test_a_beacon_of_a_known_origin_still_needs_its_key(app: Flask) -> None:
    event = {"id": "evt_1", "type": "widget.opened", "at": "2026-11-22T09:00:00Z"}
    key = customer(app)["Authorization"].removeprefix("Bearer ")
    for sent, status in (({"key": key}, 202), ({"key": "pk_x"}, 401), ({}, 401)):
        content = json.dumps({"session_id": "ses_12345678", "events": [event]} | sent).encode()
        response = send(app, "/api/v1/events", WatchedBody(content), Authorization="", Origin=SHOP)
        assert response.status_code == status


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_too_large_is_not_read(app: Flask, path: str) -> None:
    size = MAX_TEXT_BYTES + 1 if "/edit/" in path else 200_000
    body = WatchedBody(b"a" * size)
    assert send(app, path, body).status_code == 413
    assert not body.counted
