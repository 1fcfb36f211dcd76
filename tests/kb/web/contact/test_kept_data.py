"""Data kept of a message: for how long, and who gets it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kb.database import retention
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import handoffs
from kb.handoffs.delivery.deliverer import Deliverer
from kb.handoffs.delivery.lane import Ways
from kb.web.conversation.handoff import CONSENT_VERSION
from tests.support.libraries.api_library import services_of
from tests.support.libraries.handoff_library import RecordingChannel
from tests.support.web.contact_form import (
    CANARY,
    FILLED,
    down,
    everything,
    form_of,
    opened,
    packet,
    post,
    sent,
    typing,
)


def test_what_identifies_the_customer_is_sealed_and_deleted(client: FlaskClient) -> None:
    app = client.application
    changes = {"message": f"My number is +7 916 123-45-67, {CANARY}sealed", "name": f"{CANARY}name"}
    handoff_id = sent(client, post(client, opened(client) | FILLED | changes, "send"))
    kept = everything(app)
    for text in ("anna@example.org", f"{CANARY}name", "123-45-67", "A-48213"):
        assert text not in kept
    assert CONSENT_VERSION in kept
    database = services_of(app).database
    found = packet(app, handoff_id)
    assert found.contact
    assert "+7 916 123-45-67" in found.message
    with database.write() as connection:
        connection.execute(handoffs_table.update().values(status="delivered"))
    later = datetime.now(UTC) + timedelta(days=31)
    retention.sweep(database, services_of(app).config, now=later)
    assert packet(app, handoff_id).contact is None


def test_the_worker_delivers_it_with_all_that_was_tried(client: FlaskClient) -> None:
    app = client.application
    form = form_of(post(client, opened(client) | FILLED).text)
    handoff_id = sent(client, post(client, form, "send"))
    channel = RecordingChannel("email")
    parts = services_of(app)
    ways = Ways(channel, None)
    deliverer = Deliverer(
        parts.database, ways, parts.sealer, parts.config, start=lambda work: work()
    )
    while deliverer.step():
        pass
    (got,) = [one for _, one in channel.got if one.id == handoff_id]
    assert "Shown: When the refund arrives" in got.agent_note
    assert "did not help" in got.agent_note


def test_no_log_line_holds_what_was_typed(
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    form = opened(client) | {name: f"{CANARY}{name}" for name in FILLED}
    form |= {"email": f"{CANARY}@example.org", "consent": "1", "message": f"refund {CANARY} card"}
    typing(client, form)
    form["shown"] = form_of(post(client, form).text)["shown"]
    post(client, form | {"email": CANARY})
    with monkeypatch.context() as away:
        away.setattr(handoffs, "make", down)
        post(client, form, "send")
    post(client, form, "send")
    written = capsys.readouterr()
    assert "route=/<language:lang>/contact " in written.out
    assert "message not sent" in caplog.text
    assert CANARY not in caplog.text + written.out + written.err


def test_pages_of_one_customer_are_kept_by_no_cache_between(client: FlaskClient) -> None:
    page = client.get("/en/contact")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert form_of(page.text)["form"] != opened(client)["form"]
    response = post(client, opened(client) | FILLED)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in response.headers
