"""Opening a hand-off as staff leaves a note of who did, or shows nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys, openings
from kb.errors import DatabaseUnavailable
from tests.support.libraries.agent_library import EMAIL, HANDOFF, NAME, services_of


def noted(app: Flask) -> list[tuple[str, str, str]]:
    found = openings.latest(services_of(app).database, most=100)
    return [(one.handoff_id, one.reader, one.way) for one in found]


def test_a_page_with_a_hand_off_is_noted(
    app: Flask,
    agent: FlaskClient,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = agent.get(f"/agent?handoff={HANDOFF}&lang=en").text
    assert (HANDOFF, EMAIL, "page") in noted(app)
    assert f"<li><bdi>{NAME}</bdi> <small><time" in text.partition("Opened by</h3>")[2]
    # Logs go to the one or the other, by the tests that ran before in this process.
    assert "handoff_opened" in capsys.readouterr().out + caplog.text


def test_pages_without_one_are_not(app: Flask, agent: FlaskClient, client: FlaskClient) -> None:
    before = noted(app)
    for address in ("/agent", "/agent?q=x", "/agent?handoff=ho_none", "/agent?handoff=x"):
        agent.get(address)
    client.application.test_client().get(f"/agent?handoff={HANDOFF}")  # not signed in
    assert noted(app) == before


def test_a_search_of_a_help_desk_is_noted_by_its_key(app: Flask) -> None:
    database = services_of(app).database
    now = datetime.now(UTC)
    key, text = api_keys.create(database, kind="sk", site="desk", scopes=["agent.search"], now=now)
    headers = {"Authorization": f"Bearer {text}"}
    client = app.test_client()
    address = f"/api/v1/agent/search?q=x&handoff_id={HANDOFF}"
    assert client.get(address, headers=headers).status_code == 200
    assert (HANDOFF, key.id, "api") in noted(app)


def test_what_cannot_be_noted_is_not_shown(
    app: Flask, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("the disk is full")

    monkeypatch.setattr(openings, "record", full)
    for address in (f"/agent?handoff={HANDOFF}", f"/api/v1/agent/search?q=x&handoff_id={HANDOFF}"):
        response = agent.get(address)
        assert response.status_code == 503
        assert "деньги" not in response.text
