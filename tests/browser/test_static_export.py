"""The search of an exported site in a real browser: below a path, from a disk, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, send_from_directory
from playwright.sync_api import Browser, Page, expect

from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.web import exported_site

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " form-action 'self'; base-uri 'none'"
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    exported_site.export(exported_site.write(folder), folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    """The export below a path of a host that allows what a strict site allows."""
    app = Flask(__name__, static_folder=None)

    @app.get("/docs/<path:name>")
    def file(name: str) -> Response:
        response = send_from_directory(root, name)
        response.headers["Content-Security-Policy"] = STRICT
        return response

    with served(app) as host:
        yield f"{host}/docs"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on(
        "console",
        lambda message: faults.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize(
    ("lang", "query", "title"),
    [
        ("ru", "возвратом денег", "Когда вернутся деньги"),
        ("ru", "деньгами", "Когда вернутся деньги"),
        ("ru", "ДЕНЬГ", "Когда вернутся деньги"),
        ("ru", "бабки", "Когда вернутся деньги"),
        ("ru", "е05", "Ошибки на экране"),
        ("ru", "что делать с ошибками", "Ошибки на экране"),
        ("en", "E-05", "Errors on the display"),
        ("en", "brush cleaning", "Errors on the display"),
        ("en", "displ", "Errors on the display"),
        ("en", "constructor battery", "Batteries"),
    ],
)
def test_words_are_found_in_any_form(
    page: Page, address: str, lang: str, query: str, title: str
) -> None:
    page.goto(f"{address}/{lang}/search/index.html?q={query}")
    expect(page.locator("[data-hits] h2").first).to_have_text(title)
    expect(page.locator("h1:visible")).to_contain_text(query)


def test_a_search_from_any_page_leads_to_an_article(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/guides/care/index.html")
    page.locator("header input[type=search]").fill("деньги")
    page.keyboard.press("Enter")
    hit = page.locator("[data-hits] .hit").first
    expect(hit.locator("mark").first).to_have_text("деньги")
    expect(hit.locator(".hit-path")).to_contain_text("Выбор")
    hit.get_by_role("link", name="Если деньги не пришли").click()
    expect(page.get_by_role("heading", name="Если деньги не пришли")).to_be_in_viewport()


def test_results_follow_what_is_typed_and_nothing_is_run(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/search/index.html")
    expect(page.get_by_role("heading", name="Темы")).to_be_visible()
    page.locator("header input[type=search]").fill("<b onerror=zzz>ъъъ")
    expect(page.locator("h1:visible")).to_contain_text("<b onerror=zzz>")
    expect(page.get_by_role("heading", name="Темы")).to_be_visible()
    page.locator("header input[type=search]").fill("ошибки")
    expect(page.locator("[data-hits] h2").first).to_have_text("Ошибки на экране")
    expect(page.get_by_role("heading", name="Темы")).to_be_hidden()


def test_a_product_page_searches_what_is_about_the_product(page: Page, address: str) -> None:
    page.goto(f"{address}/en/products/router/index.html")
    page.locator("#q-product").fill("care")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hits] h2")).to_have_count(2)


def test_it_works_from_a_disk(page: Page, root: Path) -> None:
    page.goto(f"{root.as_uri()}/index.html")
    expect(page).to_have_url(f"{root.as_uri()}/ru/index.html")  # the browser's language
    page.locator("main input[type=search]").fill("деньгам")
    page.keyboard.press("Enter")
    page.locator("[data-hits] a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Когда вернутся деньги")


def test_permanent_links_lead_to_the_same_section(page: Page, address: str) -> None:
    page.goto(f"{address}/a/{exported_site.CODES}/index.html#e-05")
    expect(page).to_have_url(f"{address}/ru/faq/choosing/codes/index.html#e-05")


def test_every_address_of_the_export_opens(page: Page, address: str, root: Path) -> None:
    for file in sorted(root.rglob("*.html")):
        name = file.relative_to(root).as_posix()
        if "refresh" not in file.read_text(encoding="utf-8"):
            page.goto(f"{address}/{name}")
            expect(page.locator("main h1:visible")).to_have_count(1)


def test_results_are_accessible_and_fit(browser: Browser, address: str) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 700})
    page = context.new_page()
    for place in ("ru/search/index.html?q=деньги", "ru/search/index.html", "ru/index.html"):
        page.goto(f"{address}/{place}")
        assert accessibility_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
