"""Suggestions over HTTP: repeated failures, what is kept, time."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.time_budget import Budget
from kb.web.conversation import suggest as suggesting
from tests.support.likelihood import make_likely
from tests.support.patience import PATIENCE_S
from tests.support.web.customer_requests import (
    QUESTION,
    V1,
    beacon,
    give,
    hand_off,
    rows,
    stored,
    suggest,
)


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
    make_likely(monkeypatch, 0.9, 0.95)
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
