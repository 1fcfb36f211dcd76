"""Addresses of pages: languages, permanent links, moves, what is not found."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.libraries.site_library import REFUND, RETIRED, RUSSIAN_ONLY
from tests.support.web.page_reader import REFUND_PAGE, Reader, read


@pytest.mark.parametrize(("accepted", "home"), [("en", "/en/"), ("de", "/ru/"), ("", "/ru/")])
def test_root_leads_to_the_readers_language(client: FlaskClient, accepted: str, home: str) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert "Accept-Language" in response.vary


@pytest.mark.parametrize(
    ("article", "accepted", "address"),
    [
        (REFUND, "en", "/en/faq/returns/refund-timing"),
        (REFUND, "ru", REFUND_PAGE),
        (RUSSIAN_ONLY, "en", "/en/faq/returns/disputes"),
    ],
)
def test_permanent_link_leads_to_the_readers_language(
    client: FlaskClient, article: str, accepted: str, address: str
) -> None:
    response = client.get(f"/a/{article}", headers={"Accept-Language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, address)


def test_removed_article_is_gone_and_unknown_one_not_found(client: FlaskClient) -> None:
    assert client.get(f"/a/{RETIRED}").status_code == 410
    assert client.get("/a/qqqqq").status_code == 404


@pytest.mark.parametrize(
    "old",
    [
        "/ru/faq/returns/money-back",
        "/ru/faq/payment/refunds",
        "/ru/faq/payment/refund-timing",
        "/ru/guides/vega-r2/money-back",
    ],
)
def test_old_address_is_moved_for_good(client: FlaskClient, old: str) -> None:
    response = client.get(old)
    assert (response.status_code, response.headers["Location"]) == (301, REFUND_PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "/de/",
        "/ru/news/",
        "/ru/faq/empty/",
        "/ru/faq/unknown/",
        "/ru/faq/returns/unknown",
        "/ru/guides/returns/",
        "/ru/../etc/passwd",
        "/media/notes.txt",
        "/media/..%2fcatalog.json",
        "/media/none.svg",
    ],
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def languages_of(page: Reader) -> list[str]:
    """Languages of the translations that a page names to search engines."""
    links = page.all("link", rel="alternate")
    return [link["hreflang"] for link in links if "hreflang" in link]


def test_article_without_translation_says_so_and_is_not_indexed(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/disputes")
    assert page.one("article")["lang"] == "ru"
    assert page.one("html")["lang"] == "en"
    assert "Language of this article: Russian." in page.text
    page.one("meta", name="robots", content="noindex")
    assert page.one("link", rel="canonical")["href"].endswith("/ru/faq/returns/disputes")
    assert languages_of(page) == []


def test_translations_name_each_other(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    assert languages_of(page) == ["ru", "en", "x-default"]
    assert page.one("link", rel="canonical")["href"] == f"http://localhost{REFUND_PAGE}"
    assert not page.all("meta", name="robots")
