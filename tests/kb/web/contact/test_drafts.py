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
