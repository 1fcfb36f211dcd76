"""Articles offered while a customer writes."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.database.tables import deliveries, feedback, suggestions
from kb.web.auth import signed_tokens
from tests.support.web.contact_form import (
    CANARY,
    FILLED,
    QUESTION,
    everything,
    form_of,
    opened,
    packet,
    post,
    rows,
    sent,
    typing,
)


def test_a_part_of_the_page_comes_while_writing(client: FlaskClient) -> None:
    part = typing(client, opened(client) | FILLED)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "When the refund arrives" in part.text
    assert part.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("message", ["refund card", "call a human please", "xqzw vbnmk qwzx qwx"])
def test_nothing_comes_while_writing_what_no_article_answers(
    client: FlaskClient, message: str
) -> None:
    part = typing(client, opened(client) | {"message": message})
    assert (part.status_code, part.data) == (204, b"")


DANGER = "smoke comes out of my charger"
LINE = "call the emergency services"


def test_a_danger_is_told_of_before_all_else_while_writing(client: FlaskClient) -> None:
    part = typing(client, opened(client) | {"message": f"{DANGER}, {QUESTION}"})
    assert part.status_code == 200
    assert part.text.index("data-safety") < part.text.index("data-offer")
    assert LINE in part.text.partition("data-offer")[0]
    assert "When the refund arrives" in part.text
    for promise in ("This may answer it", "This answered it", "may answer this", "answer-box"):
        assert promise not in part.text
    assert "data-safety" not in typing(client, opened(client) | FILLED).text


@pytest.mark.parametrize("message", ["smoke!", "on fire", "из зарядки идёт дым"])
def test_a_danger_is_told_of_however_little_was_written(client: FlaskClient, message: str) -> None:
    part = typing(client, opened(client) | {"message": message})
    assert part.status_code == 200
    assert "data-safety" in part.text


def test_a_danger_is_told_of_in_the_language_of_the_message(client: FlaskClient) -> None:
    part = typing(client, opened(client) | {"message": "из зарядки идёт дым и пахнет гарью"})
    assert '<div class="contact-safety" lang="ru"' in part.text
    assert "экстренные" in part.text
    own = typing(client, opened(client) | {"message": DANGER})
    assert '<div class="contact-safety" dir="auto">' in own.text


def test_articles_about_a_danger_do_not_hold_up_the_message(client: FlaskClient) -> None:
    form = opened(client) | FILLED | {"message": f"{DANGER}, {QUESTION}"}
    form["shown"] = form_of(typing(client, form).text)["shown"]
    found = packet(client.application, sent(client, post(client, form)))
    assert found.reason == "safety"
    assert found.tried[0].action == "handoff"


def suggested(client: FlaskClient, form: dict[str, Any]) -> list[Any]:
    """Rows the log holds of one form. Of others rows may still come: they are written later when
    the database was away."""
    with client.application.app_context():
        session_id = signed_tokens.read_form(form["form"])
    return [one for one in rows(client.application, suggestions) if one.session_id == session_id]


def test_the_same_articles_are_one_suggestion(client: FlaskClient) -> None:
    form = opened(client) | FILLED
    form["shown"] = form_of(typing(client, form).text)["shown"]
    again = typing(client, form | {"message": QUESTION + " please"})
    assert form_of(again.text)["shown"] == form["shown"]
    assert len(suggested(client, form)) == 1


def test_a_draft_is_not_kept(client: FlaskClient) -> None:
    form = opened(client) | {"message": f"{QUESTION} {CANARY}draft"}
    typing(client, form)
    assert [one.asked for one in suggested(client, form)] == [""]
    assert f"{CANARY}draft" not in everything(client.application)


def test_another_forms_offer_counts_for_nothing(client: FlaskClient) -> None:
    foreign = form_of(typing(client, opened(client) | FILLED).text)["shown"]
    response = post(client, opened(client) | FILLED | {"shown": foreign})
    assert response.status_code == 200  # so it has not been shown in this form
    found = packet(
        client.application,
        sent(client, post(client, opened(client) | FILLED | {"shown": foreign}, "send")),
    )
    assert found.tried == ()


def test_what_answered_is_counted_and_nothing_is_sent(client: FlaskClient) -> None:
    app = client.application
    before = len(rows(app, deliveries)), len(rows(app, feedback))
    form = opened(client) | FILLED
    form["shown"] = form_of(typing(client, form).text)["shown"]
    response = post(client, form, "solved")
    assert response.headers["Location"] == "/en/contact/solved"
    assert "Good to know that it helped" in client.get("/en/contact/solved").text
    assert len(rows(app, deliveries)) == before[0]
    given = rows(app, feedback)[before[1] :]
    assert [(one.verdict, one.article_id) for one in given] == [("solved", "")]
