"""Settings of a widget, told by the site."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries.api_library import SHOP
from tests.support.web.customer_requests import V1, key_of


def test_a_widget_learns_what_it_needs(app: Flask, client: FlaskClient) -> None:
    query = {"key": key_of(app), "locale": "ru-RU"}
    response = client.get(f"{V1}/widget/config", query_string=query)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SHOP
    found = response.get_json()
    assert found["url"] == "http://localhost/ru/"
    assert found["contact"] == {
        "email": "help@example.com",
        "url": "http://localhost/ru/contact",
    }
    assert "согласен" in found["consent"]["text"].lower() or "согласна" in found["consent"]["text"]
    etag = {"If-None-Match": response.headers["ETag"]}
    assert client.get(f"{V1}/widget/config", query_string=query, headers=etag).status_code == 304


@pytest.mark.parametrize(("key", "code"), [("", "key_missing"), ("pk_x", "key_invalid")])
def test_a_widget_without_its_key_learns_nothing(client: FlaskClient, key: str, code: str) -> None:
    response = client.get(f"{V1}/widget/config", query_string={"key": key})
    assert (response.status_code, response.get_json()["code"]) == (401, code)
