"""Steps that follow a suggestion over HTTP: keys, origins, tokens, feedback, events, hand-offs."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.accounts import api_keys
from kb.database.tables import metadata
from kb.handoffs import handoffs
from kb.handoffs.handoffs import Handoff
from kb.time_budget import Budget
from kb.web.auth import signed_tokens
from kb.web.conversation import handoff
from kb.web.conversation import suggest as suggesting
from search.ranking import calibration as calibration_module
from search.ranking.confidence import Confidence
from tests.support import api_library
from tests.support.api_library import COURIER, REFUND, SHOP, customer, services_of
from tests.support.patience import PATIENCE_S

V1 = "/api/v1"
SESSION = "ses_0123456789"
SECRET = "whsec_" + "A" * 40
QUESTION = {"message": "when does the refund reach my card", "session_id": SESSION}
CONTACT = {
    "contact": {"name": "Anna", "email": "anna@example.org"},
    "consent": {"accepted": True, "text_version": "2026-11"},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("customers")
    api_library.build(root)
    return root


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[Flask]:
    app = api_library.application(
        built,
        contact_email="help@example.com",
        webhook_url="https://desk.example.com/hook",
        webhook_secret=SECRET,
        identity_secret="shop secret",
    )
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def new_keys_are_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "AGAIN_S", 0.0)


@pytest.fixture
def session() -> str:
    """A visit of its own for each test."""
    return f"ses_{uuid.uuid4().hex}"


def suggest(client: FlaskClient, **changes: Any) -> Any:
    response = client.post(f"{V1}/suggest", json=QUESTION | changes)
    assert response.status_code == 200, response.text
    return response.get_json()


def give(client: FlaskClient, token: str, status: int = 200, **changes: Any) -> Any:
    body = {"interaction_token": token, "article_id": f"art_{REFUND}", "verdict": "not_solved"}
    response = client.post(f"{V1}/feedback", json=body | changes)
    assert response.status_code == status, response.text
    return response.get_json()


def hand_off(client: FlaskClient, status: int = 201, key: str = "", **changes: Any) -> Any:
    body = {"message": "where is my money", **CONTACT} | changes
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    response = client.post(f"{V1}/handoffs", json=body, headers=headers)
    assert response.status_code == status, response.text
    return response.get_json()


def stored(app: Flask, handoff_id: str) -> Handoff:
    with app.test_request_context():
        found = handoffs.find(services_of(app).database, handoff_id, handoff.place())
    assert found
    return found


def rows(app: Flask) -> str:
    """Every row of every table as text."""
    with services_of(app).database.read() as connection:
        return "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )


# --- keys and origins


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


# --- suggest


def test_the_second_failure_calls_a_person(client: FlaskClient, session: str) -> None:
    first = suggest(client, session_id=session)
    assert give(client, first["interaction_token"])["next"] is None
    assert suggest(client, session_id=session)["decision"]["reason"] != "repeat_failed"
    second = suggest(client, session_id=session)
    expected = {"action": "handoff", "reason": "repeat_failed"}
    assert give(client, second["interaction_token"])["next"] == expected
    third = suggest(client, session_id=session)
    assert third["decision"]["reason"] == "repeat_failed"
    assert third["results"] == []


def test_an_answer_says_where_it_was_taken_from(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_module, "confidence", lambda *_: Confidence(0.9, 0.95))
    found = suggest(client, message="refunds reach the card in how many days")
    answer = found["answer"]
    assert answer["url"] == found["results"][0]["article"]["url"]
    assert answer["url"].endswith(f"#{answer['anchor']}" if answer["anchor"] else "timing")
    assert answer["kind"] == "text"


def test_without_store_nothing_is_kept(app: Flask, client: FlaskClient, session: str) -> None:
    found = suggest(client, session_id=session, store=False, message="a canary refund 4817")
    give(client, found["interaction_token"], comment="canary again")
    assert session not in rows(app)
    assert "canary" not in rows(app)
    made = hand_off(client, interaction_tokens=[found["interaction_token"]])
    (tried,) = stored(app, made["id"]).packet.tried
    assert tried.asked == ""
    assert {one.article_id for one in tried.shown} == {r["article"]["id"] for r in found["results"]}


def test_a_message_is_masked_before_it_is_kept(
    app: Flask, client: FlaskClient, session: str
) -> None:
    private = ("anna@example.org", "+7 916 123-45-67", "4111 1111 1111 1111", "48213")
    message = f"refund for order 48213, {', '.join(private)}"
    found = suggest(client, session_id=session, message=message)
    give(client, found["interaction_token"], comment=f"call {private[1]}")
    event = {"id": "evt_canary", "type": "search.performed", "at": "2026-11-22T09:00:00Z"}
    beacon(client, app, [event | {"query": f"order 48213 {private[0]}"}], session_id=session)
    kept = rows(app)
    assert session in kept
    assert "refund for order" in kept
    for text in private:
        assert text not in kept


def test_time_that_is_over_calls_a_person(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = threading.Event()
    monkeypatch.setattr(suggesting, "suggest", lambda *_, **__: blocked.wait(PATIENCE_S))
    app = client.application
    monkeypatch.setattr(suggesting, "Budget", lambda total_s, spent_s: Budget(0.2, spent_s=spent_s))
    try:
        found = suggest(client)
    finally:
        blocked.set()
    assert found["decision"]["action"] == "handoff"
    assert found["decision"]["reason"] == "unavailable"
    assert found["decision"]["policy"]["degraded"] is True
    assert found["decision"]["policy"]["stage"] == "none"
    assert found["handoff"]["available"] is True
    assert app is client.application


def test_little_time_left_spares_the_encoder(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "SEARCH_RESERVE_S", 1000.0)
    found = suggest(client)
    policy = found["decision"]["policy"]
    assert (policy["stage"], policy["degraded"]) == ("lexical", True)
    assert found["results"]


def test_waiting_counts(client: FlaskClient) -> None:
    late = {"otvet.waited_s": 1e6}
    response = client.post(f"{V1}/suggest", json=QUESTION, environ_overrides=late)
    assert response.get_json()["decision"]["reason"] == "unavailable"


def test_a_share_of_visits_is_held_out_and_always_the_same() -> None:
    drawn = [
        session
        for session in (f"ses_{number:08}" for number in range(2000))
        if suggesting.is_held_out(session, 0.05, "k" * 40)
    ]
    assert 60 <= len(drawn) <= 140
    assert all(suggesting.is_held_out(session, 0.05, "k" * 40) for session in drawn)
    assert not any(suggesting.is_held_out(session, 0.0, "k" * 40) for session in drawn)


# --- tokens


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


# --- events


def beacon(client: FlaskClient, app: Flask, found: list[Any], **changes: Any) -> Any:
    """As `navigator.sendBeacon` sends it: no header of its own, the key in the body."""
    key = customer(app)["Authorization"].removeprefix("Bearer ")
    body = {"key": key, "session_id": SESSION, "events": found} | changes
    headers = {"Authorization": "", "Content-Type": "text/plain;charset=UTF-8"}
    return client.post(f"{V1}/events", data=json.dumps(body), headers=headers)


EVENT = {"id": "evt_1234", "type": "widget.opened", "at": "2026-11-22T09:00:00Z"}


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


# --- hand-offs


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
    assert (packet.contact.email, packet.contact.is_verified) == ("anna@example.org", False)


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


def test_a_signed_identity_is_verified(app: Flask, client: FlaskClient) -> None:
    import hashlib
    import hmac

    good = hmac.new(b"shop secret", b"u_991", hashlib.sha256).hexdigest()
    for digest, is_verified in ((good, True), (good.upper(), True), ("0" * 64, False), ("", False)):
        made = hand_off(client, identity={"user_id": "u_991", "hash": digest})
        contact = stored(app, made["id"]).packet.contact
        assert contact
        assert contact.is_verified is is_verified


def test_what_became_of_it_is_told_to_the_page_that_made_it(client: FlaskClient) -> None:
    made, other = hand_off(client), hand_off(client)

    def status(**changes: Any) -> Any:
        body = {"id": made["id"], "status_token": made["status_token"]} | changes
        return client.post(f"{V1}/handoffs/status", json=body)

    assert status().get_json() == {
        "id": made["id"],
        "status": "queued",
        "external": None,
        "contact_email": "help@example.com",
    }
    assert status(status_token=other["status_token"]).get_json()["code"] == "token_invalid"
    assert status(status_token="st_x").get_json()["code"] == "token_invalid"


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


# --- the widget's settings


def key_of(app: Flask) -> str:
    return customer(app)["Authorization"].removeprefix("Bearer ")


def test_a_widget_learns_what_it_needs(app: Flask, client: FlaskClient) -> None:
    query = {"key": key_of(app), "locale": "ru-RU"}
    response = client.get(f"{V1}/widget/config", query_string=query)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SHOP
    found = response.get_json()
    assert found["url"] == "http://localhost/ru/"
    assert found["contact"] == {
        "email": "help@example.com",
        "url": "http://localhost/ru/contact",
    }
    assert "согласен" in found["consent"]["text"].lower() or "согласна" in found["consent"]["text"]
    etag = {"If-None-Match": response.headers["ETag"]}
    assert client.get(f"{V1}/widget/config", query_string=query, headers=etag).status_code == 304


@pytest.mark.parametrize(("key", "code"), [("", "key_missing"), ("pk_x", "key_invalid")])
def test_a_widget_without_its_key_learns_nothing(client: FlaskClient, key: str, code: str) -> None:
    response = client.get(f"{V1}/widget/config", query_string={"key": key})
    assert (response.status_code, response.get_json()["code"]) == (401, code)


# --- the page of the contract


def test_the_contract_can_be_browsed(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    for text in ("/api/v1/suggest", "interaction_token", "handoff_already_made", "at most 2000"):
        assert text in page.text


def test_expiry_is_a_day_from_now() -> None:
    now = datetime(2026, 11, 22, 9, 0, 0, 5, tzinfo=UTC)
    assert signed_tokens.expiry(now) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert signed_tokens.expiry(now) - now < timedelta(days=1)
