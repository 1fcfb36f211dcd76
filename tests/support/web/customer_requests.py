"""Requests of a shop's page to the API on behalf of a customer."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.database.tables import metadata
from kb.handoffs import handoffs
from kb.handoffs.handoffs import Handoff
from kb.web.conversation import handoff
from tests.support.libraries.api_library import REFUND, customer, services_of

V1 = "/api/v1"
SESSION = "ses_0123456789"
SECRET = "whsec_" + "A" * 40
IDENTITY_SECRET = "shop secret of thirty-two bytes or more"
QUESTION = {"message": "when does the refund reach my card", "session_id": SESSION}
CONTACT = {
    "contact": {"name": "Anna", "email": "anna@example.org"},
    "consent": {"accepted": True, "text_version": "2026-11"},
}


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


def beacon(client: FlaskClient, app: Flask, found: list[Any], **changes: Any) -> Any:
    """As `navigator.sendBeacon` sends it: no header of its own, the key in the body."""
    key = customer(app)["Authorization"].removeprefix("Bearer ")
    body = {"key": key, "session_id": SESSION, "events": found} | changes
    headers = {"Authorization": "", "Content-Type": "text/plain;charset=UTF-8"}
    return client.post(f"{V1}/events", data=json.dumps(body), headers=headers)


def key_of(app: Flask) -> str:
    return customer(app)["Authorization"].removeprefix("Bearer ")
