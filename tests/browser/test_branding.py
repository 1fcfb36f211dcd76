"""Sites' own look as only a browser shows it: a branded page from right to left on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries import third_language_library as library

PAGES = (
    "/ar/",
    "/ar/faq/returns/",
    "/ar/faq/returns/refund-timing",
    "/ar/guides/vega/first-run",
    "/ar/search?q=طلب",
    "/ar/contact",
    "/de/faq/returns/refund-timing",
)
THEME = """
brand = "#ffcc00"
radius = 20
[footer]
text = "© Nordvolt"
"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
OUTSIDE = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((it) => !it.closest(".hidden, .skip, svg, .search button span, .table-scroll"))
  .filter((it) => it.checkVisibility())
  .filter((it) => it.getBoundingClientRect().left < -1
    || it.getBoundingClientRect().right > innerWidth + 1)
  .map((it) => it.outerHTML.slice(0, 90))"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("looks")
    library.write(root)
    (root / "site" / "theme.toml").write_text(THEME, encoding="utf-8")
    app = library.application(root, contact_email="help@example.com")
    with served(app) as address:
        yield address
    library.close(app)


@pytest.mark.campaign
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_branded_pages_from_the_right_fit_a_phone_and_can_be_read(
    browser: Browser, site: str, scheme: str, campaign: Campaign
) -> None:
    context = browser.new_context(
        base_url=site,
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of its literals
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    for path in campaign.some(PAGES, 3):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.evaluate(OUTSIDE) == [], path
        assert accessibility_faults(page, RULES) == [], path
    page.goto("/ar/faq/returns/refund-timing")
    number = page.locator(".prose > ol > li").first
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    # The number of a step stands at the right of its text.
    assert number.evaluate("it => getComputedStyle(it).paddingRight") == "52px"
    assert page.locator(".prose code").first.evaluate("it => getComputedStyle(it).direction") == (
        "ltr"
    )
    assert faults == []
    context.close()
