"""What programs read of the site is well-formed, complete, and only what is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.feeds import ATOM, OPENSEARCH, SITEMAP, XHTML
from tests import api_library
from tests.api_library import COURIER, REFUND, RETIRED, RUSSIAN_ONLY

BASE = "https://help.example.com"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("feeds")
    api_library.build(root, with_encoder=False)
    app = api_library.application(root, public_url=BASE, site_name="Nordvolt <help>")
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def xml(client: FlaskClient, path: str, mimetype: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == mimetype
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    return ElementTree.fromstring(response.data)


def test_every_address_of_the_sitemap_is_a_page_of_its_own(client: FlaskClient) -> None:
    root = xml(client, "/sitemap.xml", "application/xml")
    addresses = [entry.findtext(f"{{{SITEMAP}}}loc") or "" for entry in root]
    assert len(addresses) == len(set(addresses)) > 10
    for address in addresses:
        assert address.startswith(BASE)
        page = client.get(urlsplit(address).path)
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{address}">' in page.text
        assert "noindex" not in page.text


def test_translations_name_each_other(client: FlaskClient) -> None:
    root = xml(client, "/sitemap.xml", "application/xml")
    alternates = {
        entry.findtext(f"{{{SITEMAP}}}loc"): {
            link.get("hreflang"): link.get("href") for link in entry.iter(f"{{{XHTML}}}link")
        }
        for entry in root
    }
    english = f"{BASE}/en/faq/delivery/courier"
    russian = f"{BASE}/ru/faq/delivery/courier"
    assert alternates[english] == alternates[russian] == {"en": english, "ru": russian}
    assert alternates[f"{BASE}/ru/faq/returns/disputes"] == {}


def test_changes_come_the_latest_first(client: FlaskClient) -> None:
    root = xml(client, "/en/changes.atom", "application/atom+xml")
    entries = root.findall(f"{{{ATOM}}}entry")
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in entries]
    assert titles[0] == "Courier delivery"
    assert "Спорные возвраты" not in titles
    updated = [entry.findtext(f"{{{ATOM}}}updated") or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert root.findtext(f"{{{ATOM}}}updated") == updated[0]
    assert "<help>" in (root.findtext(f"{{{ATOM}}}title") or "")


def test_browsers_learn_how_to_search(client: FlaskClient) -> None:
    root = xml(client, "/ru/opensearch.xml", "application/opensearchdescription+xml")
    url = root.find(f"{{{OPENSEARCH}}}Url")
    assert url is not None
    assert url.get("template") == f"{BASE}/ru/search?q={{searchTerms}}"
    home = client.get("/ru/").text
    assert 'href="/ru/opensearch.xml"' in home
    assert 'href="/ru/changes.atom"' in home


def test_language_models_get_contents_and_texts(client: FlaskClient) -> None:
    contents = client.get("/llms.txt").text
    assert contents.startswith("# Nordvolt <help>\n")
    assert f"- [Courier delivery]({BASE}/en/faq/delivery/courier): " in contents
    full = client.get("/llms-full.txt").text
    assert "Refunds reach the card in **3 to 10** days." in full
    assert "Курьер привезёт заказ завтра." in full


def test_an_article_is_to_be_had_as_markdown(client: FlaskClient) -> None:
    english = client.get(f"/a/{REFUND}.md", headers={"Accept-Language": "en"})
    assert english.mimetype == "text/markdown"
    assert english.text.startswith("# When the refund arrives\n")
    assert "## Refund to a card" in english.text
    assert english.headers["Content-Language"] == "en"
    russian = client.get(f"/a/{REFUND}.md", headers={"Accept-Language": "ru"})
    assert "Банк зачисляет" in russian.text
    only = client.get(f"/a/{RUSSIAN_ONLY}.md", headers={"Accept-Language": "en"})
    assert only.headers["Content-Language"] == "ru"
    assert client.get("/a/zzzzz.md").status_code == 404
    assert client.get(f"/a/{RETIRED}.md").status_code == 410
    assert client.get(f"/a/{COURIER}").status_code == 302


def test_crawlers_are_told_of_the_sitemap(client: FlaskClient) -> None:
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text
