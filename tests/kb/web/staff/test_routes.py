"""The pages for staff: who sees them, and that nobody else learns of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries.agent_library import EMAIL, FORM, PASSWORD, SECRET, sign_in
from tests.support.web.staff_pages import PAGES, cookies


@pytest.mark.parametrize("address", PAGES)
def test_without_a_session_every_page_asks_to_sign_in(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/agent/sign-in")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "zyx" not in response.text


def test_every_route_for_staff_is_guarded(app: Flask, client: FlaskClient) -> None:
    """Also those that come later."""
    open_to_all = {"/agent/sign-in", "/agent/sign-out"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/agent")]
    assert len(rules) == 7
    for rule in rules:
        path = rule.rule.replace("<article_id>", SECRET)
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        if path not in open_to_all:
            response = client.open(path, method=method, headers=FORM)
            assert response.headers["Location"].startswith("/agent/sign-in")
        assert client.get(f"{path}/").status_code == 404


def test_signing_in_leads_to_what_was_asked_for(client: FlaskClient) -> None:
    asked = client.get(f"/agent/a/{SECRET}?reader=ru")
    form = client.get(asked.headers["Location"])
    wanted = re.search(r'name="next" value="([^"]*)"', form.text)
    assert wanted is not None
    data = {"email": EMAIL, "password": PASSWORD, "next": wanted[1]}
    response = client.post("/agent/sign-in", data=data, headers=FORM)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/agent/a/{SECRET}?reader=ru",
    )
    assert "zyxsecret" in client.get(response.headers["Location"]).text


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "https://evil.example/",
            "//evil.example/agent",
            "/\\evil.example",
            "javascript:alert(1)",
        ),
        *("/agent\\..\\x", "/agentevil", "/agent/../en/", "/en/", "", "/agent/sign-in?next=/agent"),
        *("/agent?\r\nX: y", "/agent@evil.example", "/agent/" + "a" * 3000, "/agent/\u0430"),
    ],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, wanted: str) -> None:
    data = {"email": EMAIL, "password": PASSWORD, "next": wanted}
    response = client.post("/agent/sign-in", data=data, headers=FORM)
    assert response.headers["Location"] == "/agent"


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "a wrong password"), ("nobody@shop.example", PASSWORD), ("", ""), ("\0", "\ud800")],
)
def test_a_refusal_is_the_same_for_all(client: FlaskClient, email: str, password: str) -> None:
    data = {"email": email, "password": password.encode("utf-8", "replace").decode()}
    response = client.post("/agent/sign-in", data=data, headers=FORM | {"Accept-Language": "en"})
    assert response.status_code == 403
    assert "do not belong together" in response.text
    assert cookies(response) == {}
    assert password not in response.text or not password


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_forms_of_other_sites_change_nothing(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    data = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/agent/sign-in", data=data, headers=headers).status_code == 403
    sign_in(client)
    assert client.post("/agent/sign-out", headers=headers).status_code == 403
    assert client.get("/agent").status_code == 200
    assert client.get("/agent/sign-out").status_code == 405
