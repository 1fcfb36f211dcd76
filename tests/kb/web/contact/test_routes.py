"""The contact page over HTTP: it offers what may answer first, and sends once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.database.tables import deliveries
from kb.time_budget import Budget
from kb.web.conversation import suggest
from tests.support.libraries import api_library
from tests.support.libraries.api_library import COURIER, REFUND, services_of
from tests.support.web.contact_form import (
    FILLED,
    MAIL,
    QUESTION,
    form_of,
    opened,
    packet,
    post,
    rows,
    sent,
    typing,
)


def test_the_first_post_shows_what_may_answer_the_second_one_sends(client: FlaskClient) -> None:
    app = client.application
    before = len(rows(app, deliveries))
    looked = post(client, opened(client) | FILLED)
    assert looked.status_code == 200
    assert "Before you send: this may answer it" in looked.text
    assert "When the refund arrives" in looked.text
    assert len(rows(app, deliveries)) == before
    form = form_of(looked.text)
    assert {name: form[name] for name in FILLED} == FILLED
    found = packet(app, sent(client, post(client, form, "send")))
    assert found.message == QUESTION
    assert found.contact
    assert (found.contact.name, found.contact.email) == ("Anna", "anna@example.org")
    assert found.attributes == {"order": "A-48213"}
    assert found.reason == "not_solved"
    (tried,) = found.tried
    assert (tried.asked, tried.action) == (QUESTION, "offer")
    assert tried.shown[0].article_id == f"art_{REFUND}"
    assert {shown.verdict for shown in tried.shown} == {"not_solved"}
    assert len(rows(app, deliveries)) == before + 1


def test_what_is_only_offered_is_told_by_its_summary(client: FlaskClient) -> None:
    text = post(client, opened(client) | FILLED).text
    catalog = services_of(client.application).loaded().catalog
    told = re.findall(r"<blockquote[^>]*><p>(.*?)</p>", text, re.DOTALL)
    assert 0 < len(told) <= 3
    assert set(map(unescape, told)) <= {page.summary for page in catalog.all_pages}


def test_an_answer_stands_in_its_own_box(
    client: FlaskClient, likely: Callable[[float, float], None]
) -> None:
    likely(0.99, 0.99)
    text = post(client, opened(client) | FILLED).text
    assert 'class="answer-box"' in text
    assert '<p class="quoted-heading">Refund to a card</p>' in text
    assert "Refunds reach the card in 3 to 10 days" in text
    assert text.count('/en/faq/returns/refund-timing#card" target') == 1


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("call a human please, I want to talk to a person", "user_requested"),
        ("I will open a chargeback with my bank", "sensitive_topic"),
        ("smoke comes out of my charger", "safety"),
        ("xqzw vbnmk", "no_results"),
        ("Hello", "other"),
    ],
)
def test_what_no_article_answers_is_sent_at_once(
    client: FlaskClient, message: str, reason: str
) -> None:
    found = packet(
        client.application,
        sent(client, post(client, opened(client) | FILLED | {"message": message})),
    )
    assert (found.reason, found.message, found.tried) == (reason, message, ())


def test_who_tells_of_a_danger_is_told_what_to_do(client: FlaskClient) -> None:
    danger = opened(client) | FILLED | {"message": "smoke comes out of my charger"}
    line = "call the emergency services"
    assert line in client.get(post(client, danger).headers["Location"]).text
    calm = opened(client) | FILLED | {"message": "I want to talk to a person"}
    assert line not in client.get(post(client, calm).headers["Location"]).text


def test_it_is_told_in_the_language_of_the_message(client: FlaskClient) -> None:
    danger = opened(client) | FILLED | {"message": "из зарядки идёт дым"}
    thanks = client.get(post(client, danger).headers["Location"]).text
    assert "экстренные" in thanks
    assert '<div class="contact-safety" lang="ru"' in thanks
    for nonsense in ("xx", "", "<b>"):
        address = (
            post(client, danger).headers["Location"].replace("spoken=ru", f"spoken={nonsense}")
        )
        assert "call the emergency services" in client.get(address).text


def test_a_danger_is_told_of_on_a_page_that_sent_nothing(client: FlaskClient) -> None:
    form = opened(client) | FILLED | {"message": "smoke comes out of my charger", "email": "no"}
    refused = post(client, form)
    assert refused.status_code == 422
    assert "call the emergency services" in refused.text
    assert "call the emergency services" not in client.get("/en/contact").text


def test_a_danger_written_after_the_offer_is_told_of(client: FlaskClient) -> None:
    form = form_of(post(client, opened(client) | FILLED).text)
    changed = form | {"message": "smoke comes out of my charger"}
    thanks = client.get(post(client, changed, "send").headers["Location"]).text
    assert "call the emergency services" in thanks


def test_what_is_unlikely_to_answer_is_not_shown(
    client: FlaskClient, likely: Callable[[float, float], None]
) -> None:
    likely(0.0, 0.0)
    response = post(client, opened(client) | FILLED)
    assert packet(client.application, sent(client, response)).reason == "low_confidence"


def test_without_time_the_message_is_sent_all_the_same(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Budget, "left_s", lambda _: 0.0)
    response = post(client, opened(client) | FILLED)
    assert packet(client.application, sent(client, response)).reason == "unavailable"


def test_what_was_shown_while_writing_is_not_shown_again(client: FlaskClient) -> None:
    form = opened(client) | FILLED
    part = typing(client, form)
    form["shown"] = form_of(part.text)["shown"]
    found = packet(client.application, sent(client, post(client, form)))
    assert found.tried[0].shown[0].article_id == f"art_{REFUND}"
    assert found.tried[0].shown[0].verdict is None  # nobody asked them
    assert found.reason == "not_solved"


def test_it_works_before_the_first_index(tmp_path: Path) -> None:
    app = api_library.application(tmp_path, **MAIL)
    try:
        client = app.test_client()
        response = post(client, opened(client) | FILLED)
        assert packet(app, sent(client, response)).reason == "unavailable"
    finally:
        api_library.close(app)


# --- once and only once


def test_the_same_form_twice_is_one_hand_off(client: FlaskClient) -> None:
    form = opened(client) | FILLED | {"message": "Hello, hello"}
    first, again = (sent(client, post(client, form)) for _ in range(2))
    assert first == again
    assert first != sent(
        client, post(client, opened(client) | FILLED | {"message": "Hello, hello"})
    )


def test_seeing_the_thanks_again_sends_nothing(client: FlaskClient) -> None:
    response = post(client, opened(client) | FILLED | {"message": "Hello hi"})
    before = len(rows(client.application, deliveries))
    for _ in range(3):
        assert client.get(response.headers["Location"]).status_code == 200
    assert len(rows(client.application, deliveries)) == before


def test_a_form_changed_after_sending_is_another_message(client: FlaskClient) -> None:
    form = form_of(post(client, opened(client) | FILLED).text)
    first = sent(client, post(client, form, "send"))
    second = sent(client, post(client, form | {"message": QUESTION + "?"}, "send"))
    assert first != second
    assert packet(client.application, second).message == QUESTION + "?"


@pytest.mark.parametrize("receipt", ["rc_x", "ho_0123456789abcdef", "rc_" + "a" * 3000])
def test_nobody_makes_up_a_reference(client: FlaskClient, receipt: str) -> None:
    assert client.get(f"/en/contact/sent/{receipt}").status_code == 404


# --- which article did not help


def test_the_article_that_did_not_help_goes_along(client: FlaskClient) -> None:
    page = client.get(f"/en/contact?about={COURIER}")
    assert "Courier delivery" in page.text
    form = form_of(page.text) | FILLED
    looked = post(client, form)
    assert "Courier delivery" in looked.text
    found = packet(client.application, sent(client, post(client, form_of(looked.text), "send")))
    assert found.page_title == "Courier delivery"
    assert found.page_url == "http://localhost/en/faq/delivery/courier"


@pytest.mark.parametrize("about", ["zzzzz", "<b>x", "../..", "K2M7P", "", "zzzz9"])
def test_an_unknown_article_is_none(client: FlaskClient, about: str) -> None:
    page = client.get("/en/contact", query_string={"about": about})
    assert page.status_code == 200
    assert "About:" not in page.text


def test_an_article_leads_here_with_its_id_a_search_without_its_words(client: FlaskClient) -> None:
    article = client.get("/en/faq/delivery/courier").text
    assert f'href="/en/contact?about={COURIER}"' in article
    results = client.get("/en/search?q=courier").text
    assert set(re.findall(r'href="(/en/contact[^"]*)"', results)) == {"/en/contact"}


def test_visits_held_out_go_to_a_person(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggest, "is_held_out", lambda *_: True)
    response = post(client, opened(client) | FILLED)
    assert packet(client.application, sent(client, response)).reason == "holdout"
