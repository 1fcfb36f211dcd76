"""Only our own pages change state."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.config import Config
from kb.web.auth import csrf

OWN = "https://help.example.com"


def small_app(public_url: str = OWN) -> Flask:
    app = Flask(__name__)
    app.config["votes"] = 0
    csrf.install(app, Config(data_dir=Path("unused"), public_url=public_url))

    @app.route("/vote", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def vote() -> str:
        app.config["votes"] += 1
        return "counted"

    @app.post("/suggest")
    @csrf.open_to_other_origins
    def suggest() -> str:
        return "answered"

    return app


@pytest.fixture
def client() -> FlaskClient:
    return small_app().test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
        {"Origin": OWN},
        {"Origin": "https://help.example.com:443"},
        {"Origin": "https://HELP.example.com"},
        {"Referer": f"{OWN}/ru/faq/dostavka/kogda?q=1#x"},
    ],
    ids=str,
)
def test_our_own_pages_may_post(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/vote", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN, "Referer": OWN},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://help.example.com"},
        {"Origin": "https://help.example.com:8443"},
        {"Origin": "https://help.example.com.evil.example"},
        {"Origin": "https://evil.example/https://help.example.com"},
        {"Origin": "https://help.example.com@evil.example"},
        {"Origin": "https://[help.example.com"},
        {"Origin": "https://help.example.com:x"},
        {"Origin": "https://evil.example", "Referer": OWN},
        {"Referer": "https://evil.example/?https://help.example.com/"},
        {"Referer": "about:blank"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_others_may_not(client: FlaskClient, method: str, headers: dict[str, str]) -> None:
    assert client.open("/vote", method=method, headers=headers).status_code == 403
    assert client.application.config["votes"] == 0


def test_reading_is_free(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open("/vote", method=method, headers=headers).status_code == 200


def test_a_view_that_is_open_to_others_answers_them(client: FlaskClient) -> None:
    assert client.post("/suggest", headers={"Origin": "https://shop.example"}).text == "answered"
    assert client.post("/suggest").text == "answered"


def test_an_unknown_path_is_no_way_around(client: FlaskClient) -> None:
    assert client.post("/nowhere").status_code == 403


def test_without_a_public_address_the_requested_one_is_ours() -> None:
    client = small_app(public_url="").test_client()
    own = {"Origin": "http://localhost:5000"}
    url = "http://localhost:5000"
    assert client.post("/vote", base_url=url, headers=own).status_code == 200
    assert client.post("/vote", base_url="http://localhost", headers=own).status_code == 403


def test_a_refusal_names_its_problem() -> None:
    assert csrf.CrossOriginRefused.problem_code == "origin_not_allowed"
