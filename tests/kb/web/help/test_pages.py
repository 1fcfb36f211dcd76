"""Pages over HTTP: every page is well made, also those of errors; static files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.config import Config
from kb.web.layout.assets import read_assets
from kb.web.layout.errors import STATUSES, error_response
from kb.web.layout.frame import ICONS
from tests.support.libraries.site_library import HOSTILE, PICTURE, REFUND, application, close
from tests.support.web.page_reader import REFUND_PAGE, Reader, read

ROOT = Path(__file__).parents[4]
PAGES = (
    "/ru/",
    "/en/",
    "/ru/faq/",
    "/en/guides/",
    "/ru/faq/returns/",
    "/ru/faq/payment/",
    "/en/faq/returns/",
    REFUND_PAGE,
    "/en/faq/returns/refund-timing",
    "/en/faq/returns/disputes",
    "/ru/guides/vega-r2/hostile",
    "/ru/search",
    "/ru/search?q=деньги",
    "/ru/search?q=оплата&page=2",
    "/en/search?q=оплата&section=faq&category=payment",
    "/ru/search?q=" + "ъ" * 50,
    "/ru/search?q=<script>alert(1)</script>",
    "/ru/contact",
    "/en/nothing-here",
    f"/ru/history/{REFUND}",
)
DATA_BLOCK = {"type": "application/ld+json"}
"""A script element that browsers do not run; tests/kb/web/help/test_json_ld.py reads what is in
it."""


# Every page


@pytest.mark.parametrize("address", PAGES)
def test_page_is_whole(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    assert page.one("html")["lang"] == address[1:3]
    page.one("h1")
    page.one("main", id="main")
    assert page.all("a", href="#main")
    page.one("link", rel="icon")
    assert "%(" not in page.text


@pytest.mark.parametrize("address", PAGES)
def test_page_runs_and_loads_nothing_of_others(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    for tag, attributes in page.tags:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        if tag == "script" and attributes != DATA_BLOCK:
            assert attributes["src"].startswith("/static/")
        for name in ("src", "action"):
            assert attributes.get(name, "/").startswith("/")


@pytest.mark.parametrize("address", PAGES)
def test_page_has_labels_and_ids_once(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in page.all("label")}
    assert {box["id"] for box in page.all("input", type="search")} <= labelled


@pytest.mark.parametrize("address", PAGES)
def test_reading_sets_no_cookie(client: FlaskClient, address: str) -> None:
    assert "Set-Cookie" not in client.get(address).headers


@pytest.mark.parametrize("address", [page for page in PAGES if "nothing" not in page])
def test_language_switch_keeps_the_page(client: FlaskClient, address: str) -> None:
    other = "en" if address.startswith("/ru") else "ru"
    link = read(client, address).all("a", hreflang=other)[0]
    assert link["href"].startswith(f"/{other}/")
    assert read(client, link["href"]).one("html")["lang"] == other
    assert link["href"].partition("?")[0] == f"/{other}{address[3:]}".partition("?")[0]


@pytest.mark.parametrize("address", ["/ru/", "/ru/faq/", "/ru/faq/returns/", REFUND_PAGE])
def test_page_may_be_cached_and_revalidated(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(address).headers["ETag"] == first.headers["ETag"]


def test_hostile_title_is_text_everywhere(client: FlaskClient) -> None:
    for address in ("/ru/guides/vega-r2/hostile", "/ru/guides/vega-r2/", "/ru/search?q=alert"):
        page = read(client, address)
        assert all("src" in script for script in page.all("script") if script != DATA_BLOCK)
        assert "<script>alert(1)</script>" in page.text
    assert read(client, f"/a/{HOSTILE}", 302)


def test_contact_gives_the_address_or_says_that_there_is_none(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert read(client, "/ru/contact").all("a", href="mailto:help@example.com")
    other = application(tmp_path)
    try:
        page = read(other.test_client(), "/ru/contact")
    finally:
        close(other)
    assert "нет своего адреса" in page.text
    assert not [link for link in page.all("a") if link["href"].startswith("mailto:")]


# Errors, static files, the rest


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_error_page_exists_in_both_languages(app: Flask, status: int, lang: str) -> None:
    with app.test_request_context(f"/{lang}/somewhere"):
        response = error_response(status, retry_after_s=120)
    page = Reader(response)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Retry-After"] == "120"
    assert page.one("html")["lang"] == lang
    page.one("h1")
    assert bool(re.search("[а-яё]{4}", page.text)) == (lang == "ru") or "Справка" in page.text


def test_unknown_error_borrows_words(app: Flask) -> None:
    with app.test_request_context("/en/"):
        response = error_response(405)
    assert response.status_code == 405
    assert "could not be read" in response.get_data(as_text=True)


def test_site_without_an_index_says_so(tmp_path: Path) -> None:
    from app import create_app

    app = create_app(Config(data_dir=tmp_path))
    try:
        response = app.test_client().get("/en/")
        contact = app.test_client().get("/en/contact")
    finally:
        close(app)
    assert (response.status_code, contact.status_code) == (503, 200)
    assert "not available" in Reader(response).text


def test_static_files_are_kept_for_ever_by_their_hash(client: FlaskClient) -> None:
    page = read(client, "/ru/")
    address = page.one("link", rel="stylesheet")["href"]
    assert re.search(r"\?v=[0-9a-f]{12}$", address)
    with client.get(address) as current, client.get(address[:-4] + "0000") as stale:
        assert "immutable" in current.headers["Cache-Control"]
        assert stale.headers["Cache-Control"] == "public, max-age=300"


def test_picture_is_served_as_one(client: FlaskClient) -> None:
    with client.get(f"/media/{PICTURE}") as response:
        assert response.mimetype == "image/svg+xml"
        assert "immutable" in response.headers["Cache-Control"]
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_robots_may_read_that_results_are_not_to_be_listed(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /api/" in text
    assert "search" not in text


def test_templates_keep_the_rules() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text()
    pictures = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert pictures >= ICONS
    for path in (ROOT / "templates").glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe|autoescape|style=|<style|\son\w+=", text), path.name
        used = set(re.findall(r'icon\("([\w-]+)"', text)) - {"search-icon", "icon-back"}
        assert used <= pictures, path.name


def test_style_uses_colours_by_name() -> None:
    sheets = read_assets(ROOT / "static")
    for name in ("style.css", "agent.css"):
        css = sheets[name].content.decode()
        rules = re.sub(r":root \{.*?\}", "", css, flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", rules)
        assert not re.search(r"url\(|@import", css)
