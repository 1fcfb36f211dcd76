"""The contact page over HTTP: it offers what may answer first, and sends once."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kb.database import retention
from kb.database.tables import deliveries, feedback, metadata, suggestions
from kb.database.tables import handoffs as handoffs_table
from kb.errors import DatabaseUnavailable
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.delivery import Deliverer, Ways
from kb.time_budget import Budget
from kb.web.auth import signed_tokens
from kb.web.conversation import handoff, suggest
from kb.web.conversation.handoff import CONSENT_VERSION
from kb.web.http import rate_limits
from kb.web.http.rate_limits import Policy
from search.ranking import calibration as calibration_module
from search.ranking.confidence import Confidence
from tests.support import api_library
from tests.support.api_library import COURIER, REFUND, services_of
from tests.support.handoff_library import RecordingChannel

OURS = {"Sec-Fetch-Site": "same-origin"}
QUESTION = "when does the refund reach my card"
CANARY = "zyxcanary"
FILLED = {
    "message": QUESTION,
    "name": "Anna",
    "email": "anna@example.org",
    "order": "A-48213",
    "consent": "1",
}
MAIL = {"smtp_url": "smtp://mail.example.com", "contact_email": "help@example.com"}
WEBHOOK = {
    "webhook_url": "https://desk.example.com/hook",
    "webhook_secret": "whsec_" + "A" * 40,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("contact")
    api_library.build(root, with_encoder=False)
    return root


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[Flask]:
    app = api_library.application(built, **MAIL)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def likely(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Likelihood that the top article and the list answer; an offer unless a test says else."""

    def become(top: float, listed: float) -> None:
        monkeypatch.setattr(
            calibration_module.Calibration,
            "confidence",
            lambda *_: Confidence(top, listed),
        )

    become(0.5, 0.9)
    return become


def form_of(page: str) -> dict[str, Any]:
    """Fields a browser would send of the form on a page, but for its buttons."""
    found: dict[str, Any] = {"shown": re.findall(r'name="shown" value="([^"]*)"', page)}
    for name in ("form", "about", "email", "name", "order", "website"):
        if match := re.search(rf'name="{name}"[^>]* value="([^"]*)"', page):
            found[name] = unescape(match[1])
    if match := re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL):
        found["message"] = unescape(match[1])
    if re.search(r'name="consent"[^>]* checked', page):
        found["consent"] = "1"
    return found


def opened(client: FlaskClient, address: str = "/en/contact") -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200
    return form_of(response.text)


def post(
    client: FlaskClient, form: dict[str, Any], step: str = "look", lang: str = "en"
) -> TestResponse:
    return client.post(
        f"/{lang}/contact",
        data=form | {"step": step},
        headers=OURS,
        content_type="multipart/form-data",
    )


def sent(client: FlaskClient, response: TestResponse) -> str:
    """The number on the thank-you page."""
    assert response.status_code == 303, response.text
    thanks = client.get(response.headers["Location"])
    assert thanks.status_code == 200
    match = re.search(r"ho_[0-9a-f]{16}", thanks.text)
    assert match
    return match[0]


def packet(app: Flask, handoff_id: str) -> HandoffPacket:
    with app.test_request_context():
        found = handoffs.find(services_of(app).database, handoff_id, handoff.place())
    assert found
    return found.packet


def rows(app: Flask, table: Any) -> list[Any]:
    with services_of(app).database.read() as connection:
        return list(connection.execute(select(table)).all())


def everything(app: Flask) -> str:
    return "\n".join(
        str(tuple(row)) for table in metadata.sorted_tables for row in rows(app, table)
    )


def down(*_: object, **__: object) -> NoReturn:
    raise DatabaseUnavailable("the database is away")


# --- looking first, then sending


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


def test_quotations_are_exact_parts_of_the_articles(client: FlaskClient) -> None:
    text = post(client, opened(client) | FILLED).text
    catalog = services_of(client.application).loaded().catalog
    shown = re.sub(r"<[^>]+>|\s+", " ", " ".join(page.html for page in catalog.all_pages))
    shown = " ".join(unescape(shown).split())
    quoted = re.findall(r"<blockquote[^>]*><p>(.*?)</p>", text, re.DOTALL)
    assert 0 < len(quoted) <= 3
    for one in quoted:
        for line in unescape(one).split("\n"):
            assert " ".join(line.split()) in shown.replace(" .", ".").replace(" ,", ",")


def test_an_answer_stands_in_its_own_box(
    client: FlaskClient, likely: Callable[[float, float], None]
) -> None:
    likely(0.99, 0.99)
    text = post(client, opened(client) | FILLED).text
    assert 'class="answer-box"' in text
    assert "Refunds reach the card in 3 to 10 days" in text
    assert text.count('/en/faq/returns/refund-timing#card" target') == 1


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("call a human please, I want to talk to a person", "user_requested"),
        ("I will open a chargeback with my bank", "sensitive_topic"),
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


# --- errors


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


# --- who may send, and how often


@pytest.mark.parametrize("address", ["/en/contact", "/en/contact/suggestions"])
def test_other_sites_cannot_send(client: FlaskClient, address: str) -> None:
    form = opened(client) | FILLED | {"step": "send"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert client.post(address, data=form, headers=headers).status_code == 403


@pytest.fixture
def limited(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    small = {"suggest": (Policy("suggest", 2, 60),), "handoff": (Policy("handoff", 2, 3600),)}
    monkeypatch.setattr(rate_limits, "POLICIES", rate_limits.POLICIES | small)
    app = api_library.application(built, rate_limits=True, **MAIL)
    rate_limits.reset(services_of(app).config)
    yield app.test_client()
    api_library.close(app)


def test_who_has_written_too_often_keeps_the_text_and_gets_the_address(
    limited: FlaskClient,
) -> None:
    for number in range(2):
        form = opened(limited) | FILLED | {"message": f"Message {number}"}
        assert post(limited, form, "send").status_code == 303
    response = post(limited, opened(limited) | FILLED, "send")
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert "mailto:help@example.com" in response.text
    assert form_of(response.text)["message"] == QUESTION


def test_who_has_used_up_suggestions_can_still_send(limited: FlaskClient) -> None:
    form = opened(limited) | FILLED
    assert [typing(limited, form).status_code for _ in range(3)] == [200, 200, 429]
    assert post(limited, form).status_code == 303


def test_without_a_channel_the_address_is_all_there_is(built: Path) -> None:
    for email in ("help@example.com", ""):
        app = api_library.application(built, contact_email=email)
        try:
            client = app.test_client()
            page = client.get("/en/contact")
            assert "<textarea" not in page.text
            assert ("mailto:help@example.com" in page.text) is bool(email)
            assert page.headers["Cache-Control"] == "public, max-age=60"
            assert post(client, FILLED).headers["Location"] == "/en/contact"
            assert typing(client, FILLED).status_code == 404
        finally:
            api_library.close(app)


def test_a_channel_that_needs_no_address_asks_for_none(built: Path) -> None:
    app = api_library.application(built, **WEBHOOK)
    try:
        client = app.test_client()
        page = client.get("/en/contact")
        assert "E-mail (optional)" in page.text
        form = form_of(page.text) | {"message": "Hello you", "consent": "1"}
        response = post(client, form)
        assert "A colleague has been told." in client.get(response.headers["Location"]).text
        assert packet(app, sent(client, response)).contact is None
    finally:
        api_library.close(app)


# --- while writing


def typing(client: FlaskClient, form: dict[str, Any], lang: str = "en") -> TestResponse:
    only = {name: form[name] for name in ("message", "form", "shown") if name in form}
    return client.post(
        f"/{lang}/contact/suggestions",
        data=only,
        headers=OURS,
        content_type="multipart/form-data",
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


# --- what is kept, and for how long


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
    deliverer = Deliverer(parts.database, Ways(channel, None), parts.sealer, parts.config)
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


def test_visits_held_out_go_to_a_person(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggest, "is_held_out", lambda *_: True)
    response = post(client, opened(client) | FILLED)
    assert packet(client.application, sent(client, response)).reason == "holdout"
