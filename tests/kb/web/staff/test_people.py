"""Pages on people: who sees them, invitations from link to account, roles, and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.accounts import invitations, staff
from kb.accounts.roles import Role
from tests.support.channels.mail_channel import Inbox, mail_server, part
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import EMAIL, FORM, NAME, PASSWORD, close, sign_in

NOW = datetime.now(UTC)
PEOPLE = "/staff/people"
OTHER = "ben@shop.example"
NEW_PASSWORD = "four words of nothing"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = agent_library.built(tmp_path_factory.mktemp("people"), public_url="https://help.example")
    yield app
    close(app)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return as_role(app, "lead")


def as_role(app: Flask, role: Role) -> FlaskClient:
    """A browser in which the agent of the library is signed in, with this role."""
    database = agent_library.services_of(app).database
    staff.set_role(database, email=EMAIL, role=role, now=NOW)
    client = app.test_client()
    assert sign_in(client).status_code == 303
    return client


def post(client: FlaskClient, **form: str) -> TestResponse:
    return client.post(PEOPLE, data=form, headers=FORM)


def invited(client: FlaskClient, email: str = OTHER, role: str = "author") -> str:
    """The path of a new invitation."""
    response = post(client, do="invite", email=email, role=role)
    assert response.status_code == 200
    found = re.search(r"https://help\.example(/staff/invitation/[\w-]+)", response.text)
    assert found
    return found[1]


def accepted(app: Flask, path: str, password: str = NEW_PASSWORD) -> TestResponse:
    data = {"name": "Ben", "password": password}
    return app.test_client().post(path, data=data, headers=FORM)


@pytest.mark.parametrize("role", ["agent", "author", "reviewer"])
def test_only_leads_see_people(app: Flask, role: Role) -> None:
    client = as_role(app, role)
    assert client.get(PEOPLE).status_code == 403
    for do in ("invite", "role", "remove", "take_back"):
        assert post(client, do=do, email=OTHER, role="lead").status_code == 403
    assert client.get("/agent").status_code == 200


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    assert app.test_client().get(PEOPLE).status_code == 303
    assert post(app.test_client(), do="invite", email=OTHER, role="lead").status_code == 303


def test_an_invitation_leads_to_an_account_that_is_signed_in(app: Flask, lead: FlaskClient) -> None:
    path = invited(lead)
    shown = app.test_client().get(path)
    assert (shown.status_code, OTHER in shown.text) == (200, True)
    assert shown.headers["Cache-Control"] == "private, no-store"
    browser = app.test_client()
    response = browser.post(path, data={"name": "Ben", "password": NEW_PASSWORD}, headers=FORM)
    assert response.status_code == 303
    assert browser.get("/agent").status_code == 200
    assert browser.get(PEOPLE).status_code == 403
    assert app.test_client().get(path).status_code == 410
    assert accepted(app, path).status_code == 410
    assert OTHER in lead.get(PEOPLE).text
    assert post(lead, do="invite", email=OTHER, role="author").status_code == 409
    assert post(lead, do="remove", email=OTHER).status_code == 200
    assert browser.get("/agent").status_code == 303


def test_a_weak_password_is_told_and_uses_nothing_up(app: Flask, lead: FlaskClient) -> None:
    path = invited(lead, "weak@shop.example")
    response = accepted(app, path, "password1234")
    assert response.status_code == 422
    assert 'id="password-error"' in response.text
    assert "password1234" not in response.text
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00" * 5, "%D0%B6" * 43])
def test_a_forged_link_opens_nothing(app: Flask, token: str) -> None:
    response = app.test_client().get(f"/staff/invitation/{token}")
    assert response.status_code == 410
    assert accepted(app, f"/staff/invitation/{token}").status_code == 410


def test_an_old_link_opens_nothing(app: Flask) -> None:
    database = agent_library.services_of(app).database
    before = NOW - invitations.VALID - timedelta(minutes=1)
    _, token = invitations.invite(database, email="old@x.example", role="lead", now=before)
    assert app.test_client().get(f"/staff/invitation/{token}").status_code == 410


def test_an_invitation_is_taken_back(app: Flask, lead: FlaskClient) -> None:
    path = invited(lead, "back@shop.example")
    database = agent_library.services_of(app).database
    waiting = next(it for it in invitations.waiting(database, now=NOW) if "back@" in it.email)
    assert post(lead, do="take_back", invitation=waiting.id).status_code == 200
    assert app.test_client().get(path).status_code == 410


def test_roles_are_given_at_once_and_the_last_lead_stays(app: Flask, lead: FlaskClient) -> None:
    assert post(lead, do="role", email=EMAIL, role="author").status_code == 409
    assert post(lead, do="remove", email=EMAIL).status_code == 409
    assert post(lead, do="role", email="nobody@x.example", role="author").status_code == 409
    assert post(lead, do="role", email=EMAIL, role="king").status_code == 400
    assert post(lead, do="dance").status_code == 400
    accepted(app, invited(lead, "second@shop.example", "lead"))
    assert post(lead, do="role", email=EMAIL, role="author").status_code == 303
    assert lead.get(PEOPLE).status_code == 403


def test_words_of_an_invitation_are_shown_as_words(app: Flask, lead: FlaskClient) -> None:
    assert post(lead, do="invite", email="<b>@x.example", role="author").status_code == 422
    path = invited(lead, "tag@shop.example")
    data = {"name": "<script>x</script>", "password": "short"}
    response = app.test_client().post(path, data=data, headers=FORM)
    assert "<script>x" not in response.text


def test_another_site_can_invite_nobody(lead: FlaskClient) -> None:
    data = {"do": "invite", "email": "evil@x.example", "role": "lead"}
    response = lead.post(PEOPLE, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "evil@" not in lead.get(PEOPLE).text


def test_the_link_is_mailed_where_mail_is_set_up(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        app = agent_library.built(
            tmp_path,
            public_url="https://help.example",
            smtp_url=f"smtp://127.0.0.1:{port}",
            contact_email="help@example.com",
            allowed_networks=("127.0.0.0/8",),
        )
        path = invited(as_role(app, "lead"))
        close(app)
    ((_, recipients, letter),) = inbox.letters
    assert recipients == [OTHER]
    assert f"https://help.example{path}" in part(letter, "plain")
    assert NAME in part(letter, "plain")


def test_links_are_not_tried_without_end(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path, rate_limits=True)
    client = app.test_client()
    seen = [client.get(f"/staff/invitation/{number}").status_code for number in range(61)]
    assert seen == [410] * 60 + [429]
    refused = client.post("/staff/invitation/x", data={"password": PASSWORD}, headers=FORM)
    assert refused.status_code == 429
    close(app)
