"""Faults of the contact form: named, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kb.database.tables import deliveries
from kb.handoffs import handoffs
from tests.support.libraries.api_library import services_of
from tests.support.web.contact_form import (
    FILLED,
    OURS,
    QUESTION,
    down,
    form_of,
    opened,
    packet,
    post,
    rows,
    sent,
)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"message": " \n\u200b "}, "message", "Write what happened and what you need"),
        ({"message": "a" * 10_001}, "message", "Shorten this by 1 character"),
        ({"email": ""}, "email", "Enter your e-mail address: the answer goes there"),
        ({"email": "nobody"}, "email", "Enter an e-mail address like name@example.com"),
        ({"email": "a@b\r\nBcc: x@y"}, "email", "Enter an e-mail address like name@example.com"),
        ({"email": "a" * 250 + "@b.org"}, "email", "Enter an e-mail address like name@example.com"),
        ({"name": "n" * 103}, "name", "Shorten this by 3 characters"),
        ({"order": "n" * 65}, "order", "Shorten this by 1 character"),
        ({"consent": ""}, "consent", "Agree to this, or nobody can be given your words"),
        ({"website": "https://x.example"}, "website", "Leave this field empty"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_a_fault_is_named_and_everything_typed_is_kept(
    client: FlaskClient, change: dict[str, str], field: str, words: str
) -> None:
    before = len(rows(client.application, deliveries))
    form = opened(client) | FILLED | change
    response = post(client, form)
    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert f'<li><a href="#{field}">{words}</a></li>' in response.text
    control = re.search(rf'<(input|textarea) id="{field}"[^>]*>', response.text)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert f"{field}-error" in control[0]
    kept = form_of(response.text)
    for name in set(FILLED) - {field}:
        assert kept[name] == form[name]
    assert len(rows(client.application, deliveries)) == before


def test_faults_are_told_in_the_readers_language(client: FlaskClient) -> None:
    response = post(client, opened(client, "/ru/contact") | FILLED | {"consent": ""}, lang="ru")
    assert "Отметьте согласие" in response.text


def test_the_longest_message_is_sent_in_any_script(client: FlaskClient) -> None:
    message = ("\U0001f600" * 99 + "\r\n") * 100
    found = packet(
        client.application,
        sent(client, post(client, opened(client) | FILLED | {"message": message}, "send")),
    )
    assert found.message == message.replace("\r\n", "\n").strip()


def test_more_than_that_is_refused_unread(client: FlaskClient) -> None:
    response = post(client, opened(client) | FILLED | {"message": "a" * 140_000})
    assert response.status_code == 413
    assert "shorten the text" in response.text


def test_hostile_text_is_text(client: FlaskClient) -> None:
    hostile = '</textarea><script>alert(1)</script>\x00"\u202e{{7*7}}'
    changes = {"message": hostile, "name": hostile, "order": hostile, "consent": ""}
    text = post(client, opened(client) | FILLED | changes).text
    assert "<script>alert" not in text
    assert form_of(text)["message"] == hostile.replace("\x00", " ")
    found = packet(
        client.application,
        sent(client, post(client, opened(client) | FILLED | {"message": hostile}, "send")),
    )
    assert found.message == hostile.replace("\x00", " ")


def test_nothing_typed_makes_an_error_of_ours(client: FlaskClient) -> None:
    form = opened(client)
    for name in (*FILLED, "form", "about", "shown", "step", "website"):
        for value in ("", "\x00", "%", "\ufffd" * 50, "../../etc", "it_x", "[]", "'; DROP TABLE"):
            response = post(client, form | FILLED | {name: value}, "send")
            assert response.status_code in (303, 400, 422), (name, value)
    for body in (b"", b"\xff\xfe", b"--x\r\n"):
        response = client.post("/en/contact", data=body, headers=OURS, content_type="multipart/x")
        assert response.status_code == 400


def test_a_form_that_is_not_ours_is_shown_again(client: FlaskClient) -> None:
    response = post(client, FILLED | {"form": "cf_x"})
    assert response.status_code == 400
    assert "open for too long" in response.text
    form = form_of(response.text)
    assert form["message"] == QUESTION
    assert post(client, form).status_code == 200


def test_an_old_form_is_shown_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = opened(client) | FILLED
    later = datetime.now(UTC) + timedelta(hours=25)
    monkeypatch.setattr("itsdangerous.timed.time.time", later.timestamp)
    assert post(client, form).status_code == 400


def test_a_database_that_is_away_loses_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = opened(client) | FILLED
    with monkeypatch.context() as away:
        away.setattr(handoffs, "make", down)
        response = post(client, form, "send")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "mailto:help@example.com" in response.text
    kept = form_of(response.text)
    assert {name: kept[name] for name in FILLED} == FILLED
    sent(client, post(client, kept, "send"))


def test_the_form_opens_without_a_database(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = services_of(client.application).database
    monkeypatch.setattr(type(database), "query", down)
    monkeypatch.setattr(type(database), "transact", down)
    response = post(client, opened(client) | FILLED)
    assert response.status_code == 200
    assert "Before you send" in response.text
    assert post(client, form_of(response.text), "solved").status_code == 303
