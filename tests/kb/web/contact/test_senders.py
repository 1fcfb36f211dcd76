"""Senders of the contact form: from where, how often, through which channel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.web.http import rate_limits
from kb.web.http.limits.policies import Policy
from tests.support.libraries import api_library
from tests.support.libraries.api_library import services_of
from tests.support.web.contact_form import (
    FILLED,
    MAIL,
    QUESTION,
    form_of,
    opened,
    packet,
    post,
    sent,
    typing,
)

WEBHOOK = {
    "webhook_url": "https://desk.example.com/hook",
    "webhook_secret": "whsec_" + "A" * 40,
}


@pytest.mark.parametrize("address", ["/en/contact", "/en/contact/suggestions"])
def test_other_sites_cannot_send(client: FlaskClient, address: str) -> None:
    form = opened(client) | FILLED | {"step": "send"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert client.post(address, data=form, headers=headers).status_code == 403


@pytest.fixture
def limited(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    small = {"suggest": (Policy("suggest", 2, 60),), "handoff": (Policy("handoff", 2, 3600),)}
    monkeypatch.setattr(rate_limits, "POLICIES", rate_limits.POLICIES | small)
    app = api_library.application(built, rate_limits=True, **MAIL)
    rate_limits.reset(services_of(app).config)
    yield app.test_client()
    api_library.close(app)


def test_who_has_written_too_often_keeps_the_text_and_gets_the_address(
    limited: FlaskClient,
) -> None:
    for number in range(2):
        form = opened(limited) | FILLED | {"message": f"Message {number}"}
        assert post(limited, form, "send").status_code == 303
    response = post(limited, opened(limited) | FILLED, "send")
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert "mailto:help@example.com" in response.text
    assert form_of(response.text)["message"] == QUESTION


def test_who_has_used_up_suggestions_can_still_send(limited: FlaskClient) -> None:
    form = opened(limited) | FILLED
    assert [typing(limited, form).status_code for _ in range(3)] == [200, 200, 429]
    assert post(limited, form).status_code == 303


def test_without_a_channel_the_address_is_all_there_is(built: Path) -> None:
    for email in ("help@example.com", ""):
        app = api_library.application(built, contact_email=email)
        try:
            client = app.test_client()
            page = client.get("/en/contact")
            assert "<textarea" not in page.text
            assert ("mailto:help@example.com" in page.text) is bool(email)
            assert page.headers["Cache-Control"] == "public, max-age=60"
            assert post(client, FILLED).headers["Location"] == "/en/contact"
            assert typing(client, FILLED).status_code == 404
        finally:
            api_library.close(app)


def test_a_channel_that_needs_no_address_asks_for_none(built: Path) -> None:
    app = api_library.application(built, **WEBHOOK)
    try:
        client = app.test_client()
        page = client.get("/en/contact")
        assert "E-mail (optional)" in page.text
        form = form_of(page.text) | {"message": "Hello you", "consent": "1"}
        response = post(client, form)
        assert "A colleague has been told." in client.get(response.headers["Location"]).text
        assert packet(app, sent(client, response)).contact is None
    finally:
        api_library.close(app)
