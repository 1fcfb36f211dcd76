"""Facts that pages give search engines and programs that show links: true, valid, harmless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kb.catalog.catalog import Catalog
from kb.web.help.json_ld import MAX_ANSWER_CHARS, MAX_LISTED, is_question
from kb.web.layout.markup import json_data
from tests.support import schema_org
from tests.support.libraries.site_library import (
    HOSTILE_TITLE,
    REFUND,
    application,
    close,
    library,
    page,
)

BASE = "https://help.example.com"
SITE = 'Справка <Nordvolt> & "Ко"'
ARTICLE = "/ru/faq/returns/refund-timing"
FOREIGN = "/en/faq/returns/disputes"
HOSTILE_TEXTS = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]></script >",
    "</SCRIPT\n><img src=x onerror=alert(1)>",
    "\u2028alert(1)\u2029 &lt;/script&gt; \\u003c/script> \\",
    '"},{"@type":"Organization","name":"x',
    "\u202e\ufeff\U000e0041 🙂 \x7f",
)


def hostile_library() -> Catalog:
    """The library of the site's tests with texts in it that want to be more than text."""
    known = library()
    pages = [
        page(
            f"bad{number:02d}",
            "ru",
            f"faq/returns/bad-{number}",
            f"Как {text}"[:90],
            summary=text,
            html=f"<p>{html_escape(text)}</p>" * 300,
        )
        for number, text in enumerate(HOSTILE_TEXTS)
    ]
    return Catalog([*known.all_pages, *pages], known.categories, known.languages, known.retired)


def html_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("structured")
    app = application(root, hostile_library(), public_url=BASE, site_name=SITE)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def read(client: FlaskClient, address: str) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == 200
    return html.document_fromstring(response.text)


def data(document: html.HtmlElement) -> Any:
    """The page's JSON-LD; None when it has none."""
    blocks = document.xpath("//script[@type='application/ld+json']")
    assert len(blocks) <= 1
    return json.loads(blocks[0].text) if blocks else None


def node(client: FlaskClient, address: str, kind: str) -> dict[str, Any]:
    found = [one for one in data(read(client, address))["@graph"] if one["@type"] == kind]
    assert len(found) == 1
    return dict(found[0])


def meta(document: html.HtmlElement) -> dict[str, str]:
    """Open Graph of a page: each property once, but for the alternate locales."""
    pairs = [
        (one.get("property"), one.get("content")) for one in document.xpath("//meta[@property]")
    ]
    names = [name for name, _ in pairs if name != "og:locale:alternate"]
    assert len(names) == len(set(names))
    return dict(pairs)


def indexed(client: FlaskClient) -> list[str]:
    """Paths of all pages that search engines are led to."""
    known = html.fromstring(client.get("/sitemap.xml").data)
    return [urlsplit(one.text).path for one in known.iter("loc")]


# The vocabulary


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"@type": "Artikel"}, "no type"),
        ({"@type": "Article", "titel": "x"}, "no property"),
        ({"@type": "Article", "acceptedAnswer": {"@type": "Answer"}}, "not for Article"),
        ({"@type": "Question", "acceptedAnswer": "yes"}, "may not hold 'yes'"),
        ({"@type": "Article", "url": "/ru/"}, "may not hold '/ru/'"),
        ({"@type": "Article", "dateModified": "yesterday"}, "may not hold 'yesterday'"),
        ({"@type": "Article", "dateModified": "2026-01-01T10:00:00"}, "may not hold"),
        ({"@type": "Article", "headline": ""}, "may not hold ''"),
        ({"@type": "ListItem", "position": True}, "may not hold True"),
        ({"@type": "Article", "publisher": {"@type": "Answer"}}, "may not hold Answer"),
        ({"@type": "FAQPage", "mainEntity": [{"@type": "Question", "x": 1}]}, "no property"),
    ],
    ids=str,
)
def test_the_judge_sees_faults(wrong: dict[str, Any], fault: str) -> None:
    found = schema_org.faults({"@context": "https://schema.org", "@graph": [wrong]})
    assert fault in "\n".join(found)


def test_every_indexed_page_speaks_the_vocabulary(client: FlaskClient) -> None:
    addresses = indexed(client)
    assert len(addresses) > 30
    for address in addresses:
        document = read(client, address)
        assert schema_org.faults(data(document)) == [], address
        assert len(document.xpath("//script[@type='application/ld+json']")[0].text) < 20_000


@pytest.mark.parametrize(
    ("address", "types"),
    [
        ("/ru/", ["WebSite"]),
        ("/en/guides/", ["CollectionPage", "BreadcrumbList"]),
        ("/ru/faq/payment/", ["CollectionPage", "BreadcrumbList"]),
        (ARTICLE, ["Article", "FAQPage", "BreadcrumbList"]),
        ("/ru/guides/vega-r2/first-setup", ["TechArticle", "BreadcrumbList"]),
        ("/ru/faq/returns/disputes", ["Article", "BreadcrumbList"]),
    ],
)
def test_pages_are_of_their_types(client: FlaskClient, address: str, types: list[str]) -> None:
    assert schema_org.types(data(read(client, address))) == types


@pytest.mark.parametrize("address", [FOREIGN, "/ru/search?q=оплата", "/ru/search", "/ru/contact"])
def test_what_is_not_indexed_says_nothing(client: FlaskClient, address: str) -> None:
    assert data(read(client, address)) is None


def test_an_article_says_what_its_page_shows(client: FlaskClient) -> None:
    article = node(client, ARTICLE, "Article")
    assert article["headline"] == "Когда вернутся деньги"
    assert article["description"] == "Когда вернутся деньги: коротко."
    assert article["dateModified"] == "2026-11-02T09:14:00+00:00"
    assert article["mainEntityOfPage"] == BASE + ARTICLE
    assert article["inLanguage"] == "ru"
    home = {"@type": "Organization", "name": SITE, "url": f"{BASE}/ru/"}
    assert article["publisher"] == home
    assert client.get(article["image"].removeprefix(BASE)).mimetype == "image/png"


def test_an_answer_is_what_stands_on_the_page(client: FlaskClient) -> None:
    question = node(client, ARTICLE, "FAQPage")["mainEntity"][0]
    document = read(client, ARTICLE)
    assert question["name"] == document.xpath("string(//h1)").strip()
    shown = " ".join(document.xpath("string(//article)").split())
    shown += " ".join(document.xpath("//article//img/@alt"))
    paragraphs = question["acceptedAnswer"]["text"].split("\n\n")
    assert "Срок зависит от банка." in paragraphs
    for paragraph in paragraphs:
        for line in paragraph.splitlines():
            assert line.removeprefix("1. ") in shown


def test_a_trail_leads_home(client: FlaskClient) -> None:
    steps = node(client, ARTICLE, "BreadcrumbList")["itemListElement"]
    assert [step["item"]["@id"].removeprefix(BASE) for step in steps] == [
        "/ru/",
        "/ru/faq/",
        "/ru/faq/returns/",
        ARTICLE,
    ]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]


def test_a_search_can_be_started_from_what_home_says(client: FlaskClient) -> None:
    action = node(client, "/en/", "WebSite")["potentialAction"]
    name = action["query-input"].removeprefix("required name=")
    template = action["target"]["urlTemplate"].removeprefix(BASE)
    found = client.get(template.replace(f"{{{name}}}", "refund"))
    assert found.status_code == 200
    assert "When the refund arrives" in html.document_fromstring(found.text).text_content()


def test_a_list_leads_to_pages_of_its_own_language(client: FlaskClient) -> None:
    items = node(client, "/en/faq/returns/", "CollectionPage")["mainEntity"]["itemListElement"]
    assert [item["url"] for item in items] == [f"{BASE}/en/faq/returns/refund-timing"]


@pytest.mark.parametrize(
    ("title", "lang", "expected"),
    [
        ("Где мой заказ?", "ru", True),
        ("Как оформить заказ", "ru", True),
        ("Оплата не проходит", "ru", False),
        ("Какао с молоком", "ru", False),
        ("Whom to hand a case to", "en", True),
        ("Whatever happens", "en", False),
        ("Gift cards", "en", False),
        ("Warum?", "de", True),
        ("Warum nicht", "de", False),
        ("Como pagar", "pt-br", False),
    ],
)
def test_titles_that_ask(title: str, lang: str, expected: bool) -> None:
    assert is_question(title, lang) is expected


# Limits and hostile texts


def test_no_text_ends_the_data_block(client: FlaskClient) -> None:
    for number, text in enumerate(HOSTILE_TEXTS):
        document = read(client, f"/ru/faq/returns/bad-{number}")
        assert len(document.xpath("//script[not(@src)]")) == 1, text
        found = data(document)
        assert found["@graph"][0]["headline"] == f"Как {text}"[:90]
        assert found["@graph"][0]["description"] == text
        assert not document.xpath("//img[@onerror]")


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, HOSTILE_TITLE], ids=range(len(HOSTILE_TEXTS) + 1))
def test_data_keeps_its_meaning_and_has_no_tags(text: str) -> None:
    written = str(json_data({text: [text]}))
    assert json.loads(written) == {text: [text]}
    assert not set("<>&\u2028\u2029") & set(written)


def test_long_answers_end_with_a_paragraph(client: FlaskClient) -> None:
    text = node(client, "/ru/faq/returns/bad-0", "FAQPage")["mainEntity"][0]["acceptedAnswer"][
        "text"
    ]
    assert MAX_ANSWER_CHARS - 200 < len(text) <= MAX_ANSWER_CHARS
    assert text.endswith(HOSTILE_TEXTS[0])


def test_lists_are_bounded(tmp_path: Path) -> None:
    known = library()
    many = [
        page(
            f"m{number:04d}",
            "en",
            f"guides/vega-r2/number-{number}",
            f"Number {number}",
            order=number,
        )
        for number in range(MAX_LISTED + 5)
    ]
    catalog = Catalog([*known.all_pages, *many], known.categories, known.languages)
    app = application(tmp_path, catalog)
    try:
        found = node(app.test_client(), "/en/guides/vega-r2/", "CollectionPage")
    finally:
        close(app)
    assert len(found["mainEntity"]["itemListElement"]) == MAX_LISTED


# Open Graph


def test_a_link_to_an_article_shows_it(client: FlaskClient) -> None:
    document = read(client, ARTICLE)
    shown = meta(document)
    image = shown.pop("og:image")
    assert image.startswith(f"{BASE}/ru/og/article/{REFUND}.png?v=")
    assert shown == {
        "og:type": "article",
        "og:site_name": SITE,
        "og:title": "Когда вернутся деньги",
        "og:description": "Когда вернутся деньги: коротко.",
        "og:url": BASE + ARTICLE,
        "og:locale": "ru_RU",
        "og:locale:alternate": "en_US",
        "article:modified_time": "2026-11-02T09:14:00+00:00",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Когда вернутся деньги",
    }
    assert document.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]


@pytest.mark.parametrize(
    ("address", "kind", "locale", "image"),
    [
        ("/en/", "website", "en_US", "/en/og/home.png"),
        ("/en/faq/", "website", "en_US", "/en/og/faq.png"),
        ("/ru/faq/returns/", "website", "ru_RU", "/ru/og/faq/returns.png"),
        ("/ru/contact", "website", "ru_RU", "/ru/og/home.png"),
        ("/ru/search?q=оплата", "website", "ru_RU", "/ru/og/home.png"),
        (FOREIGN, "article", "ru_RU", "/ru/og/article/b6h3r.png"),
    ],
)
def test_every_page_can_be_quoted(
    client: FlaskClient, address: str, kind: str, locale: str, image: str
) -> None:
    shown = meta(read(client, address))
    assert (shown["og:type"], shown["og:locale"]) == (kind, locale)
    assert urlsplit(shown["og:image"]).path == image
    response = client.get(shown["og:image"].removeprefix(BASE))
    assert response.mimetype == "image/png"
    assert "immutable" in response.headers["Cache-Control"]  # the address is of this very picture


def test_errors_are_not_quoted(client: FlaskClient) -> None:
    document = html.document_fromstring(client.get("/ru/faq/returns/none").text)
    assert meta(document) == {}
    assert not document.xpath("//link[@rel='canonical']")


# Addresses that search engines should prefer


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/ru/?utm_source=letter", "/ru/"),
        (f"{ARTICLE}?utm_source=letter&page=2", ARTICLE),
        ("/ru/faq/returns/?q=x", "/ru/faq/returns/"),
        ("/ru/faq/?lang=en", "/ru/faq/"),
        (FOREIGN, "/ru/faq/returns/disputes"),
        ("/ru/search?q=a&utm_source=x&section=faq", "/ru/search?q=a&section=faq"),
        ("/ru/search?q=%D0%BE%D0%BF%D0%BB%D0%B0%D1%82%D0%B0&page=1", None),
        ("/ru/contact?from=footer", "/ru/contact"),
    ],
)
def test_canonical_is_the_address_without_what_does_not_matter(
    client: FlaskClient, asked: str, canonical: str | None
) -> None:
    expected = canonical or asked.removesuffix("&page=1")
    document = read(client, asked)
    assert document.xpath("//link[@rel='canonical']/@href") == [BASE + expected]
    assert meta(document)["og:url"] == BASE + expected


@pytest.mark.parametrize(
    "address", ["/ru/search?q=оплата", "/ru/search?q=оплата&page=2", "/ru/search", FOREIGN]
)
def test_results_and_repetitions_are_not_indexed(client: FlaskClient, address: str) -> None:
    document = read(client, address)
    assert document.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert not document.xpath("//link[@rel='alternate'][@hreflang]")


def test_translations_name_each_other_and_the_default(client: FlaskClient) -> None:
    for address in indexed(client):
        links = read(client, address).xpath("//link[@rel='alternate'][@hreflang]")
        named = {link.get("hreflang"): link.get("href").removeprefix(BASE) for link in links}
        if named:
            assert named[address[1:3]] == address
            assert named["x-default"] == named["ru"]
            assert list(named) == ["ru", "en", "x-default"]


def test_without_an_address_the_requested_one_is_used(app: Flask) -> None:
    services = app.extensions["otvet"]
    app.extensions["otvet"] = replace(
        services, config=services.config.model_copy(update={"public_url": ""})
    )
    try:
        shown = meta(read(app.test_client(), ARTICLE))
    finally:
        app.extensions["otvet"] = services
    assert shown["og:url"] == f"http://localhost{ARTICLE}"
    assert shown["og:image"].startswith("http://localhost/ru/og/")
