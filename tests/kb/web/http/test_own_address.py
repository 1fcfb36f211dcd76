"""The site's own address: no port of a stranger's choosing, none lost behind a proxy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND

SHOP = "shop.example"
PATHS = (
    "/en",
    "/en/",
    "/en/faq/returns/refund-timing",
    "/en/search?q=refund",
    "/en/changes.atom",
    "/en/opensearch.xml",
    f"/a/{REFUND}",
    f"/a/{REFUND}.md",
    "/sitemap.xml",
    "/robots.txt",
    "/llms.txt",
    "/llms-full.txt",
    "/api/v1/articles",
    "/api/v1/search?q=refund",
    "/api/v1/site",
    "/api/v1/nothing",
)
"""Whatever names the site by its whole address, and what leads elsewhere on it."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("own")
    api_library.build(root)
    return root


@contextmanager
def asked(root: Path, **settings: Any) -> Iterator[FlaskClient]:
    app = api_library.application(root, **settings)
    try:
        yield app.test_client()
    finally:
        api_library.close(app)


def told(client: FlaskClient, host: str, **headers: str) -> str:
    """All that the site says of itself, headers too."""
    replies = [client.get(path, headers={"Host": host, **headers}) for path in PATHS]
    assert max(reply.status_code for reply in replies) == 404
    return "\n".join(f"{reply.headers}{reply.get_data(as_text=True)}" for reply in replies)


def test_a_foreign_port_turns_up_nowhere(built: Path) -> None:
    with asked(built, trusted_hosts=(SHOP,)) as client:
        text = told(client, f"{SHOP}:9999")
    assert f"http://{SHOP}/en/faq/returns/refund-timing" in text
    assert "9999" not in text


def test_a_foreign_port_turns_up_nowhere_behind_a_proxy(built: Path) -> None:
    forged = {"X-Forwarded-Host": f"{SHOP}:9999", "X-Forwarded-Proto": "https"}
    with asked(built, trusted_hosts=(SHOP,), trusted_proxies=1) as client:
        text = told(client, "127.0.0.1:8000", **forged)
    assert f"https://{SHOP}/en/faq/returns/refund-timing" in text
    assert "9999" not in text


def test_the_port_of_the_public_url_is_in_every_address(built: Path) -> None:
    with asked(built, public_url=f"https://{SHOP}:8443", trusted_proxies=1) as client:
        text = told(client, SHOP, **{"X-Forwarded-Proto": "https"})
    assert f"https://{SHOP}:8443/en/faq/returns/refund-timing" in text
    assert f"//{SHOP}/" not in text


@pytest.mark.parametrize(("host", "listening"), [("127.0.0.1:8000", "8000"), ("[::1]:9000", "80")])
def test_names_of_this_machine_keep_their_port(built: Path, host: str, listening: str) -> None:
    with asked(built) as client:
        environ = {"SERVER_PORT": listening, "HTTP_HOST": host}
        reply = client.get("/api/v1/site", environ_overrides=environ)
    assert reply.get_json()["url"] == f"http://{host}/"


@pytest.mark.parametrize("host", ["shop.example", "SHOP.example.:8000", "shop.example:9999"])
def test_the_port_is_the_one_we_listen_on(built: Path, host: str) -> None:
    with asked(built, trusted_hosts=(SHOP,)) as client:
        environ = {"SERVER_PORT": "8000", "HTTP_HOST": host}
        reply = client.get("/api/v1/site", environ_overrides=environ)
    assert reply.get_json()["url"] == "http://shop.example:8000/"


@pytest.mark.parametrize(
    "path", ["/en", "/en/faq", "/api/v1/articles/", "//evil.example/en", "/en//faq/", "/"]
)
def test_redirects_name_no_host(built: Path, path: str) -> None:
    with asked(built, public_url=f"https://{SHOP}:8443") as client:
        reply = client.get(path, headers={"Host": SHOP})
    if reply.location is not None:
        assert reply.location.startswith("/")
        assert not reply.location.startswith("//")


def test_redirects_there_are(built: Path) -> None:
    with asked(built) as client:
        assert client.get("/en").location == "/en/"


@pytest.mark.parametrize(
    ("setting", "header"),
    [
        ({}, "max-age=31536000"),
        ({"hsts": "max-age=0"}, "max-age=0"),
        (
            {"hsts": "max-age=63072000; includeSubDomains; preload"},
            "max-age=63072000; includeSubDomains; preload",
        ),
        ({"hsts": ""}, None),
    ],
)
def test_hsts_is_as_set_and_over_tls_alone(
    built: Path, setting: dict[str, str], header: str | None
) -> None:
    with asked(built, **setting) as client:
        secure = client.get("/healthz", base_url="https://localhost")
        plain = client.get("/healthz")
    assert secure.headers.get("Strict-Transport-Security") == header
    assert "Strict-Transport-Security" not in plain.headers
