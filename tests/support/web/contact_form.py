"""Filling in and sending the contact form, and what the database holds then."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NoReturn

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kb.database.tables import metadata
from kb.errors import DatabaseUnavailable
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import HandoffPacket
from kb.web.conversation import handoff
from tests.support.libraries.api_library import services_of

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


def typing(client: FlaskClient, form: dict[str, Any], lang: str = "en") -> TestResponse:
    only = {name: form[name] for name in ("message", "form", "shown") if name in form}
    return client.post(
        f"/{lang}/contact/suggestions",
        data=only,
        headers=OURS,
        content_type="multipart/form-data",
    )
