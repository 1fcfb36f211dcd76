"""The page of the contract."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_the_contract_can_be_browsed(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    for text in ("/api/v1/suggest", "interaction_token", "handoff_already_made", "at most 2000"):
        assert text in page.text
