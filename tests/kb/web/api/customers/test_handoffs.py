"""Hand-offs over HTTP: once and only once, to whom, with what was tried."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys
from kb.handoffs import budget, handoffs, outbox, outcomes, signs_of_life
from kb.handoffs.channels.model import Delivered
from kb.handoffs.handoffs import Handoff
from kb.web.auth import signed_tokens
from kb.web.conversation import handoff
from kb.web.http import rate_limits
from kb.web.http.limits.store import SharedStorage
from tests.support.libraries import api_library, handoff_library
from tests.support.libraries.api_library import SHOP, services_of
from tests.support.libraries.handoff_library import NOW
from tests.support.patience import PATIENCE_S
from tests.support.web.customer_requests import (
    CONTACT,
    QUESTION,
    SECRET,
    V1,
    beacon,
    give,
    hand_off,
    key_of,
    rows,
    stored,
    suggest,
)


def test_a_person_learns_all_that_was_tried(app: Flask, client: FlaskClient, session: str) -> None:
    found = suggest(client, session_id=session)
    token, article = found["interaction_token"], found["results"][0]["article"]["id"]
    dwell = {
        "id": "evt_dwell",
        "type": "article.dwell",
        "at": "2026-11-22T09:00:00Z",
        "suggestion_id": found["suggestion_id"],
        "article_id": article,
        "seconds": 34,
    }
    beacon(client, app, [dwell], session_id=session)
    give(client, token, article_id=article, reason="related_not_answered")
    made = hand_off(client, interaction_tokens=[token], session_id=session, locale="en")
    assert made["status"] == "queued"
    assert made["channel"] == "webhook"
    assert made["customer_message"] == "Thank you, Anna. A colleague will answer by e-mail."
    packet = stored(app, made["id"]).packet
    shown = packet.tried[0].shown[0]
    assert (shown.article_id, shown.opened, shown.seconds) == (article, True, 34)
    assert shown.verdict == "not_solved"
    assert packet.tried[0].asked == QUESTION["message"]
    assert packet.contact
    assert (packet.contact.email, packet.is_email_signed) == ("anna@example.org", False)


def test_the_same_request_again_is_the_same_hand_off(client: FlaskClient) -> None:
    key = uuid.uuid4().hex
    first, again = hand_off(client, key=key), hand_off(client, key=key)
    assert first["id"] == again["id"]
    assert hand_off(client, 422, key=key, message="other")["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("key", ["", "short", "with space and more", "ж" * 20, "x" * 129])
def test_a_key_for_repetitions_is_needed(client: FlaskClient, key: str) -> None:
    body = {"message": "x", **CONTACT}
    headers = {"Idempotency-Key": key.encode("utf-8").decode("latin-1")}
    response = client.post(f"{V1}/handoffs", json=body, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (400, "idempotency_key_missing")


def test_a_crowd_with_one_key_makes_one(app: Flask) -> None:
    key, results = uuid.uuid4().hex, []

    def ask() -> None:
        body = {"message": "where is my money", **CONTACT}
        headers = {"Idempotency-Key": key}
        response = app.test_client().post(f"{V1}/handoffs", json=body, headers=headers)
        results.append((response.status_code, (response.get_json() or {}).get("id")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in results} <= {201, 409}
    assert len({made for status, made in results if status == 201}) == 1


def test_a_request_under_way_is_not_begun_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, leave = threading.Event(), threading.Event()
    real = handoffs.make

    def slow(*args: Any, **kwargs: Any) -> Handoff:
        entered.set()
        leave.wait(PATIENCE_S)
        return real(*args, **kwargs)

    monkeypatch.setattr(handoffs, "make", slow)
    key = uuid.uuid4().hex
    thread = threading.Thread(
        target=hand_off, args=(client.application.test_client(),), kwargs={"key": key}
    )
    thread.start()
    try:
        assert entered.wait(PATIENCE_S)
        assert hand_off(client, 409, key=key)["code"] == "request_in_progress"
    finally:
        leave.set()
        thread.join()
    assert hand_off(client, key=key)["status"] == "queued"


def test_what_was_handed_off_is_told_with_its_id(client: FlaskClient, session: str) -> None:
    token = suggest(client, session_id=session)["interaction_token"]
    first = hand_off(client, interaction_tokens=[token])
    problem = hand_off(client, 409, interaction_tokens=[token])
    assert problem["code"] == "handoff_already_made"
    assert problem["handoff_id"] == first["id"]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"consent": None}, "consent_required", ""),
        ({"consent": {"accepted": False, "text_version": "1"}}, "consent_required", ""),
        ({"contact": {"email": "nobody"}}, "validation_failed", "/contact/email"),
        ({"contact": {"email": "a@b\r\nBcc: x@y"}}, "validation_failed", "/contact/email"),
        ({"message": ""}, "validation_failed", "/message"),
        ({"message": "x" * 10_001}, "validation_failed", "/message"),
        ({"reason": "because"}, "validation_failed", "/reason"),
        ({"channel": "pigeon"}, "validation_failed", "/channel"),
        ({"channel": "client"}, "validation_failed", "/contact"),
        ({"interaction_tokens": ["x"] * 21}, "validation_failed", "/interaction_tokens"),
    ],
)
def test_a_wrong_hand_off_is_named(
    client: FlaskClient, changes: dict[str, Any], code: str, pointer: str
) -> None:
    problem = hand_off(client, 422, **changes)
    assert problem["code"] == code
    if pointer:
        assert problem["errors"][0]["pointer"] == pointer


def test_channels_that_answer_by_mail_need_an_address(built: Path) -> None:
    app = api_library.application(
        built, contact_email="help@example.com", smtp_url="smtp://localhost:2525"
    )
    try:
        problem = hand_off(app.test_client(), 422, contact=None, consent=None)
        assert problem["errors"][0]["pointer"] == "/contact/email"
        assert hand_off(app.test_client())["channel"] == "email"
    finally:
        api_library.close(app)


def test_without_a_channel_the_contact_is_all_there_is(built: Path) -> None:
    app = api_library.application(built, contact_email="help@example.com")
    try:
        problem = hand_off(app.test_client(), 503)
        assert problem["code"] == "handoff_unavailable"
        config = app.test_client().get(f"{V1}/widget/config", query_string={"key": key_of(app)})
        assert config.get_json()["handoff"]["available"] is False
        assert config.get_json()["contact"]["email"] == "help@example.com"
    finally:
        api_library.close(app)


def test_a_chat_in_the_page_gets_the_packet_and_we_keep_nothing_of_it(
    app: Flask, client: FlaskClient
) -> None:
    token = suggest(client, session_id=f"ses_{uuid.uuid4().hex}")["interaction_token"]
    made = hand_off(
        client,
        interaction_tokens=[token],
        channel="client",
        contact=None,
        consent=None,
        message="order 48217 from Anna, anna@canary.example",
        context={"attributes": {"order": "48217"}},
    )
    assert (made["status"], made["channel"]) == ("client", "client")
    assert made["packet"]["message"] == "order 48217 from Anna, anna@canary.example"
    assert made["packet"]["attributes"] == {"order": "48217"}
    assert made["packet"]["tried"][0]["shown"]
    assert made["packet"]["contact"] is None
    assert "48217" not in rows(app)
    assert "canary.example" not in rows(app)


def test_what_became_of_it_is_told_to_the_page_that_made_it(
    app: Flask, client: FlaskClient
) -> None:
    signs_of_life.show(services_of(app).database, "w:1:1", (), now=datetime.now(UTC))
    made, other = hand_off(client), hand_off(client)

    def status(**changes: Any) -> Any:
        body = {"id": made["id"], "status_token": made["status_token"]} | changes
        return client.post(f"{V1}/handoffs/status", json=body)

    assert status().get_json() == {
        "id": made["id"],
        "status": "queued",
        "delayed": False,
        "external": None,
        "contact_email": "help@example.com",
    }
    assert status(status_token=other["status_token"]).get_json()["code"] == "token_invalid"
    assert status(status_token="st_x").get_json()["code"] == "token_invalid"


def test_a_status_token_is_good_for_the_key_it_was_given_to(
    app: Flask, client: FlaskClient
) -> None:
    made = hand_off(client)
    database, now = services_of(app).database, datetime.now(UTC)
    body = {"id": made["id"], "status_token": made["status_token"]}
    for kind in ("pk", "sk"):
        access: Any = {"origins": [SHOP]} if kind == "pk" else {"scopes": ["suggest"]}
        _, text = api_keys.create(database, kind=kind, site="other", now=now, **access)
        headers = {"Authorization": f"Bearer {text}"} | ({"Origin": SHOP} if kind == "pk" else {})
        other = FlaskClient(app, app.response_class)
        problem = other.post(f"{V1}/handoffs/status", json=body, headers=headers)
        assert (problem.status_code, problem.get_json()["code"]) == (401, "token_invalid")
    assert client.post(f"{V1}/handoffs/status", json=body).status_code == 200


def test_a_status_token_of_before_it_named_its_key_is_refused(
    app: Flask, client: FlaskClient
) -> None:
    made = hand_off(client)
    with app.test_request_context():
        former = "st_" + signed_tokens._text("st_", made["id"])
    body = {"id": made["id"], "status_token": former}
    assert client.post(f"{V1}/handoffs/status", json=body).get_json()["code"] == "token_invalid"


def test_a_hand_off_that_will_not_arrive_soon_is_called_delayed(
    app: Flask, client: FlaskClient
) -> None:
    database = services_of(app).database
    made = hand_off(client)

    def is_delayed() -> bool:
        body = {"id": made["id"], "status_token": made["status_token"]}
        found = client.post(f"{V1}/handoffs/status", json=body).get_json()
        return bool(found["delayed"])

    now = datetime.now(UTC)
    signs_of_life.show(database, "w:1:1", (), now=now)
    assert not is_delayed()
    signs_of_life.show(database, "w:1:1", ("email",), now=now)
    assert not is_delayed()
    signs_of_life.show(database, "w:1:1", ("webhook",), now=now)
    assert is_delayed()
    signs_of_life.forget(database, "w:1:1")
    assert is_delayed()
    (due,) = [
        one
        for one in outbox.take(database, "webhook", owner="w:1:1", now=now, limit=1000)
        if one.handoff.id == made["id"]
    ]
    outcomes.delivered(database, due, Delivered(), is_fallback=False, now=now)
    assert not is_delayed()


def test_limits_of_hand_offs_show_the_address(built: Path) -> None:
    app = api_library.application(
        built,
        rate_limits=True,
        contact_email="help@example.com",
        webhook_url="https://desk.example.com/hook",
        webhook_secret=SECRET,
    )
    client = app.test_client()
    try:
        for _ in range(5):
            hand_off(client)
        problem = hand_off(client, 429)
    finally:
        app.extensions["otvet_limits"].storage.reset()
        api_library.close(app)
    assert problem["code"] == "rate_limited"
    assert problem["contact_email"] == "help@example.com"


def test_a_server_has_the_limit_of_its_key_only(built: Path) -> None:
    app = api_library.application(
        built, rate_limits=True, webhook_url="https://d.example", webhook_secret=SECRET
    )
    client = FlaskClient(app, app.response_class)
    try:
        database, now = services_of(app).database, datetime.now(UTC)
        _, text = api_keys.create(database, kind="sk", site="x", scopes=["suggest"], now=now)
        for _ in range(8):
            headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": uuid.uuid4().hex}
            body = {"message": "where is my money", **CONTACT}
            response = client.post(f"{V1}/handoffs", json=body, headers=headers)
            assert response.status_code == 201
        assert response.headers["RateLimit-Policy"] == '"suggest-key";q=600;w=60'
    finally:
        app.extensions["otvet_limits"].storage.reset()
        api_library.close(app)


def test_no_message_is_in_an_address_or_a_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    found = suggest(client, message="zanzibar refund")
    give(client, found["interaction_token"], comment="zanzibar")
    hand_off(client, message="zanzibar", context={"page_title": "zanzibar"})
    captured = capsys.readouterr()
    assert "zanzibar" not in caplog.text + captured.out + captured.err


def test_many_handoffs_with_one_key_are_an_alarm_and_no_wall(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    most = services_of(app).config.handoff_budget
    made = budget.use_of(services_of(app).database, "key_demo", now=datetime.now(UTC)).made
    with caplog.at_level(logging.WARNING, logger="kb.web.conversation.handoff"):
        for _ in range(most - made):
            hand_off(client)
        assert "KB_HANDOFF_BUDGET" not in caplog.text + client.get("/readyz").text
        hand_off(client)
    assert f"{most + 1} hand-offs in an hour with key" in caplog.text
    ready = client.get("/readyz").get_json()
    assert ready["status"] == "degraded"
    assert any("KB_HANDOFF_BUDGET (60)" in reason for reason in ready["reasons"])
    assert "otvet_handoff_budget_used 1.01" in client.get("/metrics").text


def test_the_alarm_is_a_line_an_hour(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    counts = SharedStorage(run_dir=str(tmp_path / "run"))
    monkeypatch.setattr(rate_limits, "shared_counts", lambda: counts)
    with app.test_request_context(), caplog.at_level(logging.WARNING):
        monkeypatch.setattr(budget, "use_of", lambda *_, **__: budget.KeyUse("key_1", 99))
        made = handoffs.make(
            services_of(app).database, handoff_library.wanted(), handoff.place(), now=NOW
        )
        for _ in range(5):
            handoff.note_made(made, "other", "key_1")
    counts.close()
    assert caplog.text.count("99 hand-offs in an hour with key key_1") == 1
