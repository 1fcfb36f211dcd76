"""Compression: responses are short, and what must not be stored travels as it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]  # ships no types
import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import site_library


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = site_library.application(tmp_path_factory.mktemp("compression"))
    yield app
    site_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("address", ["/en/", "/static/style.css", "/static/icons.svg"])
def test_a_browser_gets_what_it_asked_for_in_fewer_bytes(client: FlaskClient, address: str) -> None:
    plain = client.get(address)
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = client.get(address, headers={"Accept-Encoding": f"{encoding}, deflate"})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert unpack(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("address", ["/en/", "/static/style.css"])
def test_a_kept_copy_is_confirmed_in_any_encoding(client: FlaskClient, address: str) -> None:
    tags = set()
    for encoding in ("br", "gzip", ""):
        headers = {"Accept-Encoding": encoding}
        tag = client.get(address, headers=headers).headers["ETag"]
        again = client.get(address, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        tags.add(tag)
    assert len(tags) == 3  # a cache between must not take one for the other


def test_what_must_not_be_stored_is_not_compressed(client: FlaskClient) -> None:
    missing = client.get("/en/nothing-here", headers={"Accept-Encoding": "br"})
    assert missing.cache_control.no_store
    assert len(missing.data) > 2_000
    assert "Content-Encoding" not in missing.headers


def test_short_answers_and_pictures_stay_as_they_are(client: FlaskClient) -> None:
    robots = client.get("/robots.txt", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in robots.headers


@pytest.mark.parametrize(
    "headers", [{}, {"Accept-Encoding": "br"}, {"Range": "bytes=0-5"}, {"If-None-Match": "*"}]
)
def test_a_file_that_was_sent_is_closed(client: FlaskClient, headers: dict[str, str]) -> None:
    """Read by anybody or not, by the application and by the clients of tests."""
    assert client.get("/static/style.css", headers=headers).status_code in (200, 206, 304)
    opened = [one.path for one in psutil.Process().open_files()]
    assert not [path for path in opened if path.endswith(".css")]
