"""Feeds, sitemaps and the like: well-formed, complete, and only what is published."""

from __future__ import annotations

import errno
import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from kb.catalog.catalog import Catalog
from kb.content.model import Product
from kb.web.help import feeds, whole_text
from kb.web.help.feeds import ATOM, OPENSEARCH, SITEMAP, XHTML
from kb.web.help.whole_text import WholeText
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library, site_library
from tests.support.libraries.api_library import COURIER, REFUND, RETIRED, RUSSIAN_ONLY
from tests.support.libraries.site_library import page

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


UNLISTED = {
    "contact.form": "a form, which pages lead to",
    "contact.sent": "of one customer",
    "contact.solved": "a word of thanks",
    "feeds.changes": "no page",
    "feeds.opensearch": "no page",
    "previews.article": "no page",
    "previews.category": "no page",
    "previews.home": "no page",
    "previews.section": "no page",
    "site.history": "not indexed: repeats what the article says",
    "site.instant": "no page",
    "site.search": "not indexed: results",
}
"""What has a language in its address and yet is not in the sitemap, and why."""


def test_every_type_of_page_is_in_the_sitemap_or_has_a_reason(tmp_path: Path) -> None:
    known = site_library.library()
    about = [replace(one, head=replace(one.head, products=("vega",))) for one in known.all_pages]
    names = dict.fromkeys(known.languages, "Vega")
    vega = Product("vega", "robot", 1, names, names)
    app = site_library.application(
        tmp_path, Catalog(about, known.categories, known.languages, products=[vega])
    )
    try:
        root = xml(app.test_client(), "/sitemap.xml", "application/xml")
    finally:
        site_library.close(app)
    server = app.url_map.bind("localhost")
    paths = [urlsplit(entry.findtext(f"{{{SITEMAP}}}loc") or "").path for entry in root]
    listed = {server.match(path)[0] for path in paths}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "lang" in rule.arguments and rule.rule.startswith("/<") and "GET" in (rule.methods or ())
    }
    assert listed.isdisjoint(UNLISTED)
    assert listed | set(UNLISTED) == pages


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
    assert alternates[english] == alternates[russian]
    assert alternates[english] == {"en": english, "ru": russian, "x-default": english}
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
    titles = [line for line in contents.splitlines() if line.startswith("## ")]
    assert all(("(English)" in line) == line.isascii() for line in titles), titles
    full = client.get("/llms-full.txt").text
    assert "Refunds reach the card in **3 to 10** days." in full
    assert "Курьер привезёт заказ завтра." in full
    packed = client.get("/llms-full.txt", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == full


@pytest.fixture(params=["files", "memory"])
def kept_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The text of all articles, in files or, as on a full disk, in memory."""
    if request.param == "memory":
        monkeypatch.setattr(feeds, "_whole", WholeText())
        monkeypatch.setattr(whole_text, "write_whole", full_disk)
        monkeypatch.setattr(whole_text, "FOLDER", Path("run", "nowhere"))
    return str(request.param)


def full_disk(path: Path, content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_all_texts_are_sent_from_a_file(app: Flask, client: FlaskClient) -> None:
    before = client.get("/llms-full.txt").data
    folder = app.extensions["otvet"].config.data_dir / whole_text.FOLDER
    [plain] = folder.glob("*.txt")
    assert plain.read_bytes() == before
    plain.write_bytes(b"what lies there")
    assert client.get("/llms-full.txt").data == b"what lies there"
    plain.unlink()
    assert client.get("/llms-full.txt").data == before


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize("encoding", ["gzip", "identity", "br"])
def test_all_texts_come_in_parts_and_only_when_changed(client: FlaskClient, encoding: str) -> None:
    accepted = {"Accept-Encoding": encoding}
    whole = client.get("/llms-full.txt", headers=accepted)
    part = client.get("/llms-full.txt", headers=accepted | {"Range": "bytes=5-14"})
    assert (part.status_code, part.data) == (206, whole.data[5:15])
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(whole.data)}"
    told = {"If-None-Match": whole.headers["ETag"]}
    assert client.get("/llms-full.txt", headers=accepted | told).status_code == 304
    beyond = client.get("/llms-full.txt", headers=accepted | {"Range": "bytes=999999999-"})
    assert beyond.status_code == 416
    assert whole.headers["Content-Length"] == str(len(whole.data))
    assert whole.headers.get("Content-Encoding") == ("gzip" if encoding == "gzip" else None)
    assert whole.headers["Cache-Control"].startswith("public, max-age=600")
    assert whole.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Accept-Encoding" in whole.headers["Vary"]


def test_encodings_have_entity_tags_of_their_own(client: FlaskClient, kept_in: str) -> None:
    tags = {
        client.get("/llms-full.txt", headers={"Accept-Encoding": one}).headers["ETag"]
        for one in ("gzip", "identity")
    }
    assert len(tags) == 2


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


# By the grammars of the formats

DATA = REPOSITORY / "tests" / "data"
NO_TEXT = "\x0b\x1f\ufffe\uffff ]]> <!-- &amp; \u2028"
"""Some of its characters may stand in no XML document."""


@pytest.fixture(scope="module")
def odd_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site whose texts hold what XML does not allow."""
    root: Path = tmp_path_factory.mktemp("odd")
    known = api_library.library()
    odd = page("odd00", "ru", "faq/returns/odd", f"Как {NO_TEXT}", summary=NO_TEXT)
    catalog = Catalog([*known.all_pages, odd], known.categories, known.languages)
    api_library.build(root, catalog, with_encoder=False)
    app = api_library.application(root, public_url=BASE, site_name=NO_TEXT)
    yield app.test_client()
    api_library.close(app)


def faults(schema: etree.XMLSchema | etree.RelaxNG, content: bytes) -> list[str]:
    schema.validate(etree.fromstring(content))
    return [str(fault) for fault in schema.error_log]


def test_the_sitemap_obeys_its_schema(client: FlaskClient, odd_client: FlaskClient) -> None:
    schema = etree.XMLSchema(etree.parse(DATA / "sitemap.xsd"))
    for content in (client.get("/sitemap.xml").data, odd_client.get("/sitemap.xml").data):
        assert faults(schema, content) == []
        assert faults(schema, content.replace(b"<loc>", b"<loc>x</loc><loc>", 1))
        assert faults(schema, content.replace(b'hreflang="ru"', b'hreflang="ru_RU"', 1))


def test_the_changes_obey_their_grammar(client: FlaskClient, odd_client: FlaskClient) -> None:
    grammar = etree.RelaxNG(etree.parse(DATA / "atom.rng"))
    for lang in ("en", "ru"):
        for one in (client, odd_client):
            content = one.get(f"/{lang}/changes.atom").data
            assert faults(grammar, content) == []
            feed = etree.fromstring(content)
            ids = feed.xpath("//*[local-name()='id']/text()")
            assert len(ids) == len(set(ids))
            # What the grammar cannot say: RFC 4287, 4.1.1 and 4.1.2.
            assert feed.find(f"{{{ATOM}}}author") is not None
            for entry in feed.iter(f"{{{ATOM}}}entry"):
                assert entry.find(f"{{{ATOM}}}link").get("href").startswith(BASE)
    assert faults(grammar, content.replace(b"<updated>", b"<updated>x", 1))


def test_the_search_description_keeps_its_limits(odd_client: FlaskClient) -> None:
    """OpenSearch 1.1: 16 characters of name, 1024 of description, one parameter to fill in."""
    root = ElementTree.fromstring(odd_client.get("/ru/opensearch.xml").data)
    texts = {child.tag.partition("}")[2]: child.text or "" for child in root}
    assert len(texts["ShortName"]) <= 16
    assert len(texts["Description"]) <= 1024
    assert (texts["Language"], texts["InputEncoding"]) == ("ru", "UTF-8")


def test_crawlers_may_read_pages_and_pictures(client: FlaskClient) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    for path in ("/en/", "/en/faq/delivery/courier", "/en/search?q=x", "/en/og/home.png"):
        assert rules.can_fetch("Googlebot", f"{BASE}{path}"), path
    assert not rules.can_fetch("Googlebot", f"{BASE}/api/v1/search?q=x")
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]


def test_contents_for_language_models_have_their_form(client: FlaskClient) -> None:
    """llmstxt.org: one title, then sections that hold nothing but lists of links."""
    title, *lines = client.get("/llms.txt").text.splitlines()
    assert title.startswith("# ")
    form = re.compile(r"## [^#].*|- \[[^\[\]]+\]\(https://[^\s()]+\)(: .+)?|")
    assert all(form.fullmatch(line) for line in lines), lines
    assert sum(line.startswith("- ") for line in lines) == len(api_library.library().all_pages)


def test_a_sitemap_holds_no_more_addresses_than_it_may(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_ADDRESSES", 5)
    assert len(xml(client, "/sitemap.xml", "application/xml")) == 5


def test_each_translation_says_when_it_changed_itself(client: FlaskClient) -> None:
    root = xml(client, "/sitemap.xml", "application/xml")
    changed = {
        entry.findtext(f"{{{SITEMAP}}}loc"): entry.findtext(f"{{{SITEMAP}}}lastmod")
        for entry in root
    }
    assert changed[f"{BASE}/en/faq/delivery/courier"] == "2026-11-03T09:14:00Z"
    assert changed[f"{BASE}/ru/faq/delivery/courier"] == "2026-11-02T09:14:00Z"
    assert changed[f"{BASE}/en/faq/"] is None
