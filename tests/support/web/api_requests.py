"""Requests to the API that check the status."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

V1 = "/api/v1"


def ids(document: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in document["data"]]


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(V1 + path)
    assert response.status_code == status, response.text
    return response.json
