"""Every field a person types in, and every text that is stored: masked, sealed or never kept."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, String

from kb.database.tables import metadata
from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND
from tests.support.web import contact_form
from tests.support.web.customer_requests import (
    SECRET,
    V1,
    beacon,
    give,
    hand_off,
    rows,
    suggest,
)

PRIVATE = (
    "card 4111_1111_1111_1111 12/27 cvc 321, call +7·916·123·45·67, anna＠example.org,"
    " password: Zima2024!, passport 4510 123456, DE89 3704 0044 0532 0130 00"
)
SHORT = "anna＠example.org"
PIECES = ("4111_", "cvc 321", "123·45", "example.org", "anna＠", "Zima2024", "4510 ", "3704 ")
FORM = {"Sec-Fetch-Site": "same-origin"}

MASKED = {
    *("votes.comment", "suggestions.asked", "feedback.comment", "events.query"),
    *("handoffs.message", "handoffs.searches", "handoffs.tried", "handoffs.page"),
    *("handoffs.attributes", "handoffs.consent_version", "deliveries.error"),
}
"""What a person typed, or what others answered to it."""
SEALED = {"handoffs.sealed", "sealed_canary.sealed"}
KEYED = {
    *("votes.voter", "view_marks.mark", "vote_marks.mark", "handoffs.request_digest"),
    "staff.password_hash",
}
"""Made of what is private with a key, or slowly, so that guesses cannot be tried."""
OWN = {
    *("staff.email", "staff.name", "staff_invitations.email", "staff_events.email"),
    *("api_keys.site", "api_keys.origins"),
}
"""Accounts of the operator's people and settings of keys, which are what they are kept for."""
OF_PROGRAMS = {
    *("votes.article_id", "votes.reason", "votes.lang", "article_views.article_id"),
    *("view_marks.article_id", "api_keys.id", "api_keys.kind", "api_keys.digest", "api_keys.hint"),
    *("api_keys.scopes", "suggestions.id", "suggestions.session_id", "suggestions.key_id"),
    *("suggestions.lang", "suggestions.action", "suggestions.reason", "suggestions.policy"),
    *("suggestions.index_version", "suggestions.shown", "suggestions.handoff_id"),
    *("feedback.suggestion_id", "feedback.article_id", "feedback.verdict", "feedback.reason"),
    *("feedback.session_id", "events.session_id", "events.id", "events.key_id", "events.type"),
    *("events.suggestion_id", "events.article_id", "handoffs.id", "handoffs.key_id"),
    *("handoffs.idempotency_key", "handoffs.session_id", "handoffs.lang", "handoffs.reason"),
    *("handoffs.channel", "handoffs.status", "handoffs.external", "deliveries.id"),
    *("deliveries.handoff_id", "deliveries.channel", "deliveries.state", "deliveries.leased_by"),
    *("deliveries.progress", "staff.id", "staff.session_key", "vote_marks.article_id"),
    *("delivery_counts.channel", "delivery_counts.measure", "delivery_workers.open_channels"),
    *("delivery_workers.unswept", "delivery_workers.owner", "handoff_openings.handoff_id"),
    *("handoff_openings.id", "handoff_openings.reader_id", "handoff_openings.way", "staff.role"),
    *("staff_invitations.id", "staff_invitations.role", "staff_invitations.digest"),
    *("staff_invitations.invited_by", "staff_events.id", "staff_events.actor"),
    *("staff_events.action", "staff_events.detail"),
}
"""Ids, codes and names of articles, made by programs; those of clients are bound to a pattern."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("kept")
    api_library.build(root, with_encoder=False)
    app = api_library.application(
        root,
        contact_email="help@example.com",
        webhook_url="https://desk.example.com/hook",
        webhook_secret=SECRET,
        stored_attributes=("plan", "phone"),
    )
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def suggestion(client: FlaskClient) -> None:
    history = [{"author": "user", "text": PRIVATE}]
    context = {"page_title": PRIVATE, "attributes": {"plan": PRIVATE}}
    found = suggest(client, message=f"refund {PRIVATE}", history=history, context=context)
    give(client, found["interaction_token"], comment=PRIVATE)
    hand_off(client, interaction_tokens=[found["interaction_token"]], message=PRIVATE)


def searched(client: FlaskClient) -> None:
    for type_ in ("search.performed", "search.no_results", PRIVATE[:64]):
        event = {"id": f"evt_{uuid.uuid4().hex}", "type": type_, "at": "2026-11-22T09:00:00Z"}
        beacon(client, client.application, [event | {"query": PRIVATE}])
    for address in ("/en/search", "/en/instant", f"{V1}/search", f"{V1}/autocomplete", "/no-page"):
        client.get(address, query_string={"q": PRIVATE}, headers={"Referer": f"/?q={PRIVATE[:20]}"})


def handed_off(client: FlaskClient, **changes: Any) -> None:
    context = {
        "page_url": f"https://shop.example/{SHORT}?q={SHORT}",
        "page_title": PRIVATE,
        "attributes": {"plan": PRIVATE, "phone": 79161234567, "order": PRIVATE},
    }
    identity = {"user_id": SHORT, "hash": SHORT}
    hand_off(client, message=PRIVATE, context=context, identity=identity, **changes)


def with_consent(client: FlaskClient) -> None:
    consent = {"accepted": True, "text_version": SHORT}
    handed_off(client, contact={"name": SHORT, "email": "anna@example.org"}, consent=consent)


def without_consent(client: FlaskClient) -> None:
    handed_off(client, contact=None, consent=None)


def to_a_chat(client: FlaskClient) -> None:
    handed_off(client, contact=None, channel="client")


def voted(client: FlaskClient) -> None:
    form = {"value": "no", "reason": "unclear", "comment": PRIVATE}
    response = client.post(f"/en/vote/{REFUND}", data=form, headers=FORM)
    assert response.status_code == 303
    page = client.get(response.headers["Location"]).text
    assert "[card]" in page


def wrote(client: FlaskClient) -> None:
    form = contact_form.opened(client) | contact_form.FILLED
    form |= {"message": f"refund {PRIVATE}", "name": PRIVATE[:90], "order": PRIVATE[:40]}
    contact_form.typing(client, form)
    contact_form.post(client, form)
    contact_form.post(client, form, "send")


def refused(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
    for body in (f'{{"message": "{PRIVATE}', json.dumps({"message": 1, PRIVATE: PRIVATE})):
        for route in ("suggest", "feedback", "handoffs", "events"):
            client.post(f"{V1}/{route}", data=body.encode(), headers=headers)
    form = {"email": SHORT, "password": "Zima2024!", "next": PRIVATE}
    client.post("/agent/sign-in", data=form, headers=FORM)
    client.get("/agent", query_string={"q": PRIVATE})
    client.post("/en/vote/zzzzz", data={"value": PRIVATE, "comment": PRIVATE}, headers=FORM)


@pytest.mark.parametrize(
    "way",
    [
        suggestion,
        searched,
        with_consent,
        without_consent,
        to_a_chat,
        voted,
        wrote,
        refused,
    ],
)
def test_what_is_typed_is_neither_stored_nor_logged_as_it_was(
    way: Callable[[FlaskClient], None],
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    way(client)
    written = capsys.readouterr()
    for text in (rows(client.application), caplog.text, written.out, written.err):
        assert [piece for piece in PIECES if piece in text] == []


def test_every_text_that_is_stored_is_of_some_kind() -> None:
    stored = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON)
    ]
    kinds = (MASKED, SEALED, KEYED, OWN, OF_PROGRAMS)
    assert sorted(stored) == sorted(name for kind in kinds for name in kind)
