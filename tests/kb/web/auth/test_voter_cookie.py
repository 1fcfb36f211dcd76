"""The visitor's cookie: set by voting only, signed, tied to no address."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from kb.web.auth import voter_cookie

KEY = "k" * 40
OTHER_KEY = "o" * 40


def small_app(secret_key: str = KEY) -> Flask:
    """A page that shows who reads it, and a vote."""
    app = Flask(__name__)

    @app.get("/")
    def show() -> str:
        visitor = voter_cookie.recognise(request, secret_key=secret_key)
        return visitor.voter if visitor else "nobody"

    @app.post("/vote")
    def vote() -> Response:
        known = voter_cookie.recognise(request, secret_key=secret_key)
        visitor = known or voter_cookie.new_visitor(secret_key=secret_key)
        response = Response(visitor.voter)
        voter_cookie.remember(response, visitor, is_https=request.is_secure)
        return response

    return app


@pytest.fixture
def client() -> FlaskClient:
    return small_app().test_client()


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(voter_cookie.COOKIE)
    assert cookie
    return cookie.value


def test_reading_sets_no_cookie(client: FlaskClient) -> None:
    response = client.get("/")
    assert "Set-Cookie" not in response.headers
    assert response.text == "nobody"


def test_a_voter_is_recognised_again(client: FlaskClient) -> None:
    voter = client.post("/vote").text
    assert client.get("/").text == voter
    assert client.post("/vote").text == voter


def test_two_visitors_are_two_voters() -> None:
    app = small_app()
    voters = {app.test_client().post("/vote").text for _ in range(5)}
    assert len(voters) == 5
    assert all(re.fullmatch(r"[0-9a-f]{64}", voter) for voter in voters)


@pytest.mark.parametrize(("scheme", "is_secure"), [("https", True), ("http", False)])
def test_the_cookie_is_for_us_alone_and_a_year(
    client: FlaskClient, scheme: str, is_secure: bool
) -> None:
    header = client.post("/vote", base_url=f"{scheme}://localhost").headers["Set-Cookie"]
    morsel = SimpleCookie(header)["visitor"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/"
    assert morsel["max-age"] == str(365 * 24 * 3600)
    assert bool(morsel["secure"]) is is_secure
    assert not morsel["domain"]


def test_the_cookie_does_not_tell_the_voter(client: FlaskClient) -> None:
    voter = client.post("/vote").text
    assert voter not in cookie_of(client)


def test_a_cookie_we_did_not_sign_is_nobody(client: FlaskClient) -> None:
    client.post("/vote")
    signed = cookie_of(client)
    visitor_id, _, signature = signed.rpartition(".")
    forged = [
        f"{visitor_id[:-1]}{'A' if visitor_id[-1] != 'A' else 'B'}.{signature}",
        visitor_id,
        f"{visitor_id}.",
        f"{visitor_id}.{signature[:-2]}",
        "",
        ".",
        "x" * 3000,
        "é.é",
    ]
    for cookie in forged:
        client.set_cookie(voter_cookie.COOKIE, cookie)
        assert client.get("/").text == "nobody", cookie
    client.set_cookie(voter_cookie.COOKIE, signed)
    assert client.get("/").text != "nobody"


def test_another_key_makes_another_voter_of_the_same_browser(client: FlaskClient) -> None:
    voter = client.post("/vote").text
    stranger = small_app(OTHER_KEY).test_client()
    stranger.set_cookie(voter_cookie.COOKIE, cookie_of(client))
    assert stranger.get("/").text == "nobody"
    assert stranger.post("/vote").text != voter


def test_the_address_plays_no_part(client: FlaskClient) -> None:
    voter = client.post("/vote", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).text
    again = client.post("/vote", environ_overrides={"REMOTE_ADDR": "198.51.100.9"}).text
    assert again == voter
