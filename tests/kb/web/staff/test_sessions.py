"""Sessions of staff: their cookies, and what ends them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from kb.accounts import staff
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import EMAIL, FORM, NAME, close, services_of, sign_in
from tests.support.web.staff_pages import cookies

HTTPS = {"base_url": "https://localhost"}


def test_the_session_cookie_is_for_this_host_over_tls_alone(app: Flask) -> None:
    response = sign_in(app.test_client(), **HTTPS)
    for name in ("__Host-otvet_staff", "__Host-otvet_known"):
        text = cookies(response)[name]
        parts = {part.strip() for part in text.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert "Domain" not in text
    assert "Expires" not in cookies(response)["__Host-otvet_staff"]


def test_cookies_of_plain_http_do_not_count_over_tls(app: Flask) -> None:
    client = app.test_client()
    plain = cookies(sign_in(client))["otvet_staff"].split(";")[0]
    other = app.test_client(use_cookies=False)
    for cookie in (plain, f"__Host-{plain}"):
        headers = {"Cookie": cookie}
        expected = 200 if cookie.startswith("__Host-") else 303
        assert other.get("/agent", headers=headers, **HTTPS).status_code == expected


def test_signing_in_makes_a_session_of_its_own(client: FlaskClient) -> None:
    first = cookies(sign_in(client))["otvet_staff"]
    second = cookies(sign_in(client))["otvet_staff"]
    assert first
    assert second
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session


def replay(app: Flask, cookie: str) -> int:
    headers = {"Cookie": cookie.split(";")[0]}
    return app.test_client(use_cookies=False).get("/agent", headers=headers).status_code


def test_a_copied_cookie_dies_with_the_session(app: Flask, client: FlaskClient) -> None:
    cookie = cookies(sign_in(client))["otvet_staff"]
    assert replay(app, cookie) == 200
    response = client.post("/agent/sign-out", headers=FORM)
    assert (response.status_code, response.headers["Location"]) == (303, "/agent/sign-in")
    assert replay(app, cookie) == 303
    assert client.get("/agent").status_code == 303


def test_a_new_password_and_a_removal_end_sessions_everywhere(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    database = services_of(app).database
    client, other = app.test_client(), app.test_client()
    try:
        changes: list[Callable[[], None]] = [
            lambda: staff.set_password(database, email=EMAIL, password="another long password"),
            lambda: staff.deactivate(database, email=EMAIL),
        ]
        for change in changes:
            password = "another long password" if client.get("/agent").status_code == 303 else ""
            for one in (client, other):
                if sign_in(one).status_code != 303:
                    assert sign_in(one, password=password).status_code == 303
            change()
            assert [one.get("/agent").status_code for one in (client, other)] == [303, 303]
    finally:
        close(app)


def test_a_session_lasts_twelve_hours_however_much_it_is_used(
    app: Flask, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    for hours, status in ((1, 200), (8, 200), (11.9, 200), (12.1, 303)):
        monkeypatch.setattr(time, "time", lambda hours=hours: start + hours * 3600)
        assert agent.get("/agent").status_code == status


@pytest.mark.parametrize("address", ["/agent", "/api/v1/agent/search?q=x"])
def test_a_session_that_is_not_used_ends(
    app: Flask, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    start = time.time()
    ended = 303 if address == "/agent" else 401
    for minutes, status in ((479, 200), (479 + 481, ended)):
        monkeypatch.setattr(time, "time", lambda at=minutes: start + at * 60)
        assert agent.get(address).status_code == status


def test_an_old_copy_of_a_cookie_does_not_live_on_by_the_use_of_another(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    copy = cookies(sign_in(client))["otvet_staff"]
    for hours in (5, 9):
        monkeypatch.setattr(time, "time", lambda hours=hours: start + hours * 3600)
        assert client.get("/agent").status_code == 200
    assert replay(app, copy) == 303


def test_the_cookie_is_renewed_once_a_minute_at_most(
    agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    renewed = []
    for second in (10, 50, 70, 80, 140):
        monkeypatch.setattr(time, "time", lambda at=second: start + at)
        renewed.append("otvet_staff" in cookies(agent.get("/agent")))
    assert renewed == [False, False, True, False, True]


def test_how_long_a_session_may_rest_is_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = agent_library.built(tmp_path, staff_idle_minutes=15)
    client = app.test_client()
    start = time.time()
    try:
        sign_in(client)
        for minutes, status in ((14, 200), (28, 200), (44, 303)):
            monkeypatch.setattr(time, "time", lambda at=minutes: start + at * 60)
            assert client.get("/agent").status_code == status
    finally:
        close(app)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"_user_id": "st_1.x"},
        {"_user_id": "x", "since": 1},
        {"_user_id": "st_1.x", "since": "now"},
        {"_user_id": "", "since": 9e9},
        {"_user_id": "st_1.x", "since": int(time.time()), "seen": "now"},
        {"_user_id": "st_1.x", "since": int(time.time()), "seen": None},
    ],
)
def test_cookies_that_say_too_little_open_nothing(app: Flask, content: dict[str, Any]) -> None:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    assert replay(app, f"otvet_staff={serializer.dumps(content)}") == 303


def test_a_forged_cookie_opens_nothing(app: Flask) -> None:
    for value in ("x", "e30.x.y", "a" * 5000, "remember_token=1|x"):
        assert replay(app, f"otvet_staff={value}") == 303
        assert replay(app, f"remember_token={value}") == 303


@pytest.mark.parametrize("address", ["/ru/", "/ru/faq/returns/courier", "/ru/search?q=x", "/"])
def test_public_pages_neither_set_nor_read_the_session(app: Flask, address: str) -> None:
    client = app.test_client()
    plain = client.get(address)
    assert cookies(plain) == {}
    sign_in(client)
    seen = client.get(address)
    assert cookies(seen) == {}
    assert seen.headers.get("Vary") == plain.headers.get("Vary")
    assert NAME not in seen.text
