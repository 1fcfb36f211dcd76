"""Products in the catalog, on pages, in filters of guides and of results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from re import findall, search, sub
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from app import create_app
from kb.build import build
from kb.catalog.catalog import Catalog
from kb.catalog.catalog_json import from_json, to_json
from kb.config import Config
from tests.support.libraries.site_library import close
from tests.support.web.product_library import LANGUAGES, PRODUCTS, write


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    root = tmp_path_factory.mktemp("products")
    (root / "articles").mkdir()
    write(root / "articles")
    return Config(
        data_dir=root / "var",
        articles_dir=root / "articles",
        encoder="none",
        rate_limits=False,
        public_url="https://help.example.com",
    )


@pytest.fixture(scope="module")
def app(config: Config) -> Iterator[Flask]:
    build.build(config)
    app = create_app(config)
    app.jinja_env.undefined = StrictUndefined
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def main_of(client: FlaskClient, address: str, status: int = 200) -> str:
    """The page's own part, without the frame."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.text.partition("<main")[2].partition("</main>")[0]


def chips(html: str) -> dict[str, tuple[int, str, bool]]:
    """Label → count, address, whether it is on."""
    found = findall(r'<a class="chip" href="([^"]*)"([^>]*)>(.*?)<span class="count">(\d+)', html)
    return {
        unescape(sub("<.*?>", "", label)).strip(): (
            int(count),
            unescape(url),
            "aria-current" in more,
        )
        for url, more, label, count in found
    }


def headings(html: str) -> list[str]:
    return [unescape(sub("<.*?>", "", text)).strip() for text in findall(r"(?s)<h2.*?</h2>", html)]


def catalog_of(config: Config) -> Catalog:
    current = (config.data_dir / "index").glob("*/content/catalog.json")
    return from_json(sorted(current)[-1].read_bytes())


# The catalog


def test_a_catalog_comes_back_as_it_was_written(app: Flask, config: Config) -> None:
    catalog = catalog_of(config)
    again = from_json(to_json(catalog))
    assert again.products == catalog.products
    assert to_json(again) == to_json(catalog)
    assert [page.id for page in again.about("en", "vega")] == [
        page.id for page in catalog.about("en", "vega")
    ]


def test_a_catalog_of_an_older_release_has_no_products(app: Flask, config: Config) -> None:
    value = json.loads(to_json(catalog_of(config)))
    del value["products"]
    for page in value["pages"]:
        del page["products"]
    old = from_json(json.dumps(value).encode())
    assert old.products == ()
    assert len(old) == len(catalog_of(config))
    assert old.products_of(old.all_pages[0]) == ()


def test_another_name_makes_another_generation(tmp_path: Path) -> None:
    root = write(tmp_path)
    config = Config(data_dir=tmp_path / "var", articles_dir=root, encoder="none")
    assert build.build(config).build.is_new
    assert not build.build(config).build.is_new
    (root / "products.yml").write_text(PRODUCTS.replace("en: Vega", "en: Vega Two"), "utf-8")
    assert build.build(config).build.is_new
    (root / "products.yml").write_text("vega: {", "utf-8")
    report = build.build(config)
    assert report.build.is_new
    assert [one.message for one in report.problems if one.path == "products.yml"]
    assert catalog_of(config).products == ()


# Pages


def test_all_products_are_listed_with_counts(client: FlaskClient) -> None:
    html = main_of(client, "/en/products/")
    assert findall(r'class="row" href="([^"]+)"', html) == [
        "/en/products/vega",
        "/en/products/router",
    ]
    assert findall(r'aria-hidden="true">(\d+)<', html) == ["4", "2"]
    assert "Robot vacuum" in html
    assert "Router &lt;b&gt;" in html


def test_a_product_page_gathers_its_articles(client: FlaskClient) -> None:
    html = main_of(client, "/en/products/vega")
    assert headings(html)[:4] == [
        "Start",
        "Care",
        "Questions and answers",
        "So far only in another language",
    ]
    titles = findall(r'card-title" href="([^"]+)"', html)
    assert titles == [
        "/en/guides/start/vega",
        "/en/guides/care/both",
        "/en/faq/choosing/which",
        "/en/guides/care/clean",
    ]
    assert "Russian" in html
    assert '<input type="hidden" name="product" value="vega">' in html


def test_guides_of_one_category_stand_under_the_section(client: FlaskClient) -> None:
    assert headings(main_of(client, "/en/products/router"))[0] == "Guides"


def test_a_product_has_one_address_in_each_language(client: FlaskClient) -> None:
    text = client.get("/ru/products/vega").text
    base = "https://help.example.com"
    assert f'<link rel="canonical" href="{base}/ru/products/vega">' in text
    assert f'hreflang="en" href="{base}/en/products/vega">' in text
    assert '<meta name="description" content="Робот-пылесос">' in text
    addresses = client.get("/sitemap.xml").text
    for page in ("products/", "products/vega", "products/router"):
        for lang in LANGUAGES:
            assert f"<loc>{base}/{lang}/{page}</loc>" in addresses


@pytest.mark.parametrize("old", ["vega-one", "vega-two"])
def test_a_former_address_leads_to_the_product(client: FlaskClient, old: str) -> None:
    response = client.get(f"/en/products/{old}")
    assert (response.status_code, response.location) == (301, "/en/products/vega")


@pytest.mark.parametrize(
    "slug", ["no-such", "ghost", "phantom", "lonely", "VEGA", "%00", "x" * 900]
)
def test_what_is_no_product_is_not_found(client: FlaskClient, slug: str) -> None:
    assert client.get(f"/en/products/{slug}").status_code == 404


def test_a_product_without_published_articles_appears_nowhere(client: FlaskClient) -> None:
    for address in (
        *("/en/", "/en/products/", "/en/guides/", "/en/guides/?product=phantom", "/sitemap.xml"),
        *("/en/guides/care/?product=phantom", "/en/search?q=care&product=phantom", "/llms.txt"),
        *("/en/search?q=spectre", "/api/v1/articles", "/api/v1/autocomplete?q=zyx&locale=en"),
    ):
        response = client.get(address)
        text = response.text.replace("product=phantom", "")
        assert response.status_code == 200
        assert not findall("phantom|ghost|lonely|Призрак", text), address


def test_an_unknown_product_answers_like_a_hidden_one(client: FlaskClient) -> None:
    for address in ("/en/guides/?product=", "/en/guides/care/?product=", "/en/search?q=a&product="):
        assert client.get(f"{address}no-such").text == client.get(f"{address}phantom").text


def test_the_home_page_names_products_once_there_are_any(
    client: FlaskClient, tmp_path: Path
) -> None:
    html = main_of(client, "/en/")
    own = html.partition('<nav class="own"')[2].partition("</nav>")[0]
    assert findall(r'class="chip" href="([^"]+)"', own) == [
        "/en/products/vega",
        "/en/products/router",
    ]
    root = write(tmp_path, text="")
    bare = Config(data_dir=tmp_path / "var", articles_dir=root, encoder="none", rate_limits=False)
    build.build(bare)
    app = create_app(bare)
    try:
        assert 'class="own"' not in main_of(app.test_client(), "/en/")
        assert 'class="chip"' not in main_of(app.test_client(), "/en/guides/")
        assert app.test_client().get("/en/products/").status_code == 404
        assert "/products/" not in app.test_client().get("/sitemap.xml").text
    finally:
        close(app)


def test_an_article_names_its_products(client: FlaskClient) -> None:
    both = main_of(client, "/en/guides/care/both")
    meta = both.partition('<div class="meta"')[2].partition("</div>")[0]
    assert findall(r'href="(/en/products/[^"]+)">', meta) == [
        "/en/products/vega",
        "/en/products/router",
    ]
    translated = main_of(client, "/en/guides/start/vega")
    assert '<a href="/en/products/vega">Vega</a>' in translated
    assert "/products/" not in main_of(client, "/en/guides/other/plain")


# The filter of guides


def test_guides_can_be_reduced_to_a_product(client: FlaskClient) -> None:
    whole = main_of(client, "/en/guides/")
    assert chips(whole) == {
        "All": (5, "/en/guides/", True),
        "Vega": (3, "/en/guides/?product=vega", False),
        "Router <b>": (2, "/en/guides/?product=router", False),
    }
    assert headings(whole)[:3] == ["Start", "Care", "Other"]
    part = main_of(client, "/en/guides/?product=router")
    assert {label for label, chip in chips(part).items() if chip[2]} == {"Router <b>"}
    assert headings(part)[:1] == ["Care"]
    assert "/en/guides/care/both" in part
    assert "/en/guides/care/clean" not in part
    assert '<a class="more" href="/en/products/router">' in part


def test_search_engines_are_sent_to_the_whole_list(client: FlaskClient) -> None:
    text = client.get("/en/guides/?product=vega").text
    base = "https://help.example.com"
    assert f'<link rel="canonical" href="{base}/en/guides/">' in text
    assert f'hreflang="ru" href="{base}/ru/guides/">' in text
    assert 'rel="nofollow"' in (search(r'<a class="chip"[^>]*product=vega[^>]*>', text) or [""])[0]
    switch = search(r'class="top-language" href="([^"]+)"', text)
    assert switch
    assert switch[1] == "/ru/guides/?product=vega"


def test_a_category_of_guides_has_the_filter_too(client: FlaskClient) -> None:
    whole = chips(main_of(client, "/en/guides/care/"))
    assert {label: chip[0] for label, chip in whole.items()} == {
        "All": 3,
        "Vega": 2,
        "Router <b>": 2,
    }
    part = main_of(client, "/en/guides/care/?product=router")
    cards = findall(r'card-title" href="([^"]+)"', part)
    assert cards == ["/en/guides/care/both", "/en/guides/care/router"]
    assert chips(main_of(client, "/en/guides/start/")) == {}
    assert chips(main_of(client, "/en/faq/choosing/?product=vega")) == {}


@pytest.mark.parametrize("old", ["vega-one", "vega-two"])
def test_the_filter_knows_former_names(client: FlaskClient, old: str) -> None:
    assert main_of(client, f"/en/guides/?product={old}") == main_of(
        client, "/en/guides/?product=vega"
    )


@pytest.mark.parametrize("value", ["no-such", "<script>", "Vega", "\x00", "ы" * 900, "phantom"])
def test_an_unknown_product_shows_everything_and_says_so(client: FlaskClient, value: str) -> None:
    html = main_of(client, f"/en/guides/?product={quote(value)}")
    assert "There is nothing about this product here" in html
    assert headings(html)[:3] == ["Start", "Care", "Other"]
    assert "script>" not in html
    assert "nothing about this product" not in main_of(client, "/en/guides/?product=")
    assert "nothing about this product" in main_of(client, "/en/guides/start/?product=router")


# Search


def test_results_can_be_reduced_to_a_product(client: FlaskClient) -> None:
    everywhere = main_of(client, "/en/search?q=care")
    offered = chips(everywhere)
    assert (offered["Router <b>"][0], offered["Vega"][0]) == (2, 4)
    part = main_of(client, offered["Router <b>"][1])
    found = findall(r'<h2[^>]*><a href="([^"#]+)', part)
    assert sorted(found) == ["/en/guides/care/both", "/en/guides/care/router"]
    assert chips(part)["Router <b>"] == (2, "/en/search?q=care", True)


def test_filters_of_results_go_together(client: FlaskClient) -> None:
    part = main_of(client, "/en/search?q=care&product=vega&section=guides")
    offered = chips(part)
    assert offered["All"][:2] == (4, "/en/search?q=care&product=vega")
    assert offered["Guides"][0] == 3
    assert offered["Vega"][1:] == ("/en/search?q=care&section=guides", True)


def test_an_unknown_product_does_not_filter_results(client: FlaskClient) -> None:
    assert chips(main_of(client, "/en/search?q=care&product=nope")) == chips(
        main_of(client, "/en/search?q=care")
    )


def test_people_find_a_product_by_what_they_call_it(client: FlaskClient) -> None:
    assert "/en/guides/start/vega" in main_of(client, "/en/search?q=VR-2000")
