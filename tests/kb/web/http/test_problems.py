"""Errors: one shape under /api, a page elsewhere, nothing internal in either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import DatabaseUnavailable
from kb.web.http.json_body import MAX_BYTES, MAX_DEPTH, MalformedJson, parse
from kb.web.http.problem_kinds import KINDS
from tests.support.effort import effort
from tests.support.libraries import api_library

SUGGEST = "/api/v1/suggest"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("problems")
    api_library.build(root)
    app = api_library.application(root)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/api/v1/broken")
    def broken_api() -> str:
        raise RuntimeError("secret detail")

    @app.get("/en/broken")
    def broken_page() -> str:
        raise RuntimeError("secret detail")

    @app.get("/api/v1/no-database")
    def no_database() -> str:
        raise DatabaseUnavailable("secret detail")

    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, body: bytes, content_type: str = "application/json") -> Any:
    return client.post(SUGGEST, data=body, content_type=content_type)


MALFORMED = {
    "nothing": b"",
    "no JSON": b"hello",
    "cut off": b'{"message": "x"',
    "rubbish after": b'{"message": "x"} x',
    "nested deeply": b"[" * 20_000,
    "nested and closed": b'{"a":' * 9 + b"1" + b"}" * 9,
    "NaN": b'{"message": "x", "limit": NaN}',
    "Infinity": b'{"message": "x", "limit": -Infinity}',
    "huge float": b'{"message": "x", "limit": 1e999}',
    "huge integer": b'{"message": "x", "limit": ' + b"9" * 20_000 + b"}",
    "name twice": b'{"message": "x", "message": "y"}',
    "name twice, escaped": b'{"message": "x", "m\\u0065ssage": "y"}',
    "surrogate": b'{"message": "\\ud83d"}',
    "surrogate in a name": b'{"message": "x", "\\udc00": 1}',
    "surrogate deep inside": b'{"message": "x", "history": [{"author": "\\ud800", "text": ""}]}',
    "NUL": b'{"message": "a\\u0000b"}',
    "raw NUL": b'{"message": "a\x00b"}',
    "control character": b'{"message": "a\nb"}',
    "Latin-1": '{"message": "café"}'.encode("latin-1"),
    "UTF-16": '{"message": "x"}'.encode("utf-16"),
    "UTF-32": '{"message": "x"}'.encode("utf-32"),
    "byte order mark": b"\xef\xbb\xbf" + b'{"message": "x"}',
    "encoded surrogate": b'{"message": "\xed\xa0\x80"}',
}


REFUSAL = 10.0
"""Yards for a refusal; it takes one or two."""


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_not_json_is_refused_at_once(client: FlaskClient, name: str) -> None:
    response = send(client, MALFORMED[name])
    assert response.status_code == 400
    assert response.get_json()["code"] == "malformed_json"
    assert effort(lambda: send(client, MALFORMED[name]), budget=REFUSAL) < REFUSAL


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json-seq",
        "",
    ],
)
def test_only_json_in_utf8_is_read(client: FlaskClient, content_type: str) -> None:
    response = send(client, b'{"message": "x"}', content_type)
    assert response.status_code == 415
    assert response.get_json()["code"] == "unsupported_media_type"


def test_the_charset_may_be_named(client: FlaskClient) -> None:
    assert send(client, b'{"message": "x"}', "application/json; charset=UTF-8").status_code == 200


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    padding = b'{"message": "x", "pad": "' + b"y" * MAX_BYTES + b'"}'
    response = send(client, padding)
    assert response.status_code == 413
    assert response.get_json()["code"] == "body_too_large"
    allowed = b'{"message": "x", "pad": "' + b"y" * (MAX_BYTES - 27) + b'"}'
    assert len(allowed) == MAX_BYTES
    assert send(client, allowed).status_code == 200


def test_pairs_of_surrogates_are_text(client: FlaskClient) -> None:
    assert send(client, b'{"message": "refund \\ud83d\\ude00"}').status_code == 200


def test_nesting_is_counted_outside_strings_only() -> None:
    assert parse(json.dumps({"a": "[{" * 50 + '\\"['}).encode())
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    parse(deepest)
    with pytest.raises(MalformedJson):
        parse(b"[" + deepest + b"]")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(MalformedJson):  # and nothing else
        parse(body)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner),
        max_leaves=6,
    ).filter(lambda value: str(value).count("[") + str(value).count("{") <= MAX_DEPTH)
)
def test_sound_json_is_read_as_it_is(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v2/search", 404, "not_found"),
        ("GET", "/api/v1/search/", 404, "not_found"),
        ("GET", "/api/v1/articles/nope0", 404, "not_found"),
        ("POST", "/api/v1/search", 405, "method_not_allowed"),
        ("GET", "/api/v1/suggest", 405, "method_not_allowed"),
        ("BREW", "/api/v1/suggest", 405, "method_not_allowed"),
        ("GET", "/api/v1/broken", 500, "internal_error"),
        ("GET", "/api/v1/no-database", 503, "unavailable"),
    ],
)
def test_every_error_of_the_api_has_one_shape(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    document = response.get_json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["title"] == KINDS[code].title
    assert document["detail"]
    assert document["instance"] == path
    assert document["request_id"] == response.headers["X-Request-Id"]
    assert "secret detail" not in response.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    assert "GET" in client.post("/api/v1/search").headers["Allow"]


def test_the_type_of_a_problem_leads_to_its_meaning(client: FlaskClient) -> None:
    document = client.get("/api/v1/nope").get_json()
    assert document["type"] == "http://localhost/problems/not-found"
    meaning = client.get(document["type"])
    assert meaning.status_code == 200
    assert meaning.mimetype == "text/plain"
    assert KINDS["not_found"].meaning in meaning.text
    for kind in KINDS.values():
        assert client.get(f"/problems/{kind.slug}").status_code == 200
    assert client.get("/problems/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [("/en/nope", 404), ("/nope", 404), ("/en/broken", 500)]
)
def test_elsewhere_errors_are_pages(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert response.headers["Cache-Control"] == "no-store"
    assert "<h1" in response.text
    assert "secret detail" not in response.text


def test_a_form_from_elsewhere_is_refused_but_a_missing_address_is_missing(
    client: FlaskClient,
) -> None:
    headers = {"Origin": "https://evil.example"}
    assert client.post("/en/nope", headers=headers).status_code == 404
    vote = client.post(f"/en/vote/{api_library.REFUND}", data={"value": "yes"}, headers=headers)
    assert vote.status_code == 403


def test_every_code_is_documented() -> None:
    documented = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
    assert [code for code in KINDS if f"`{code}`" not in documented] == []
