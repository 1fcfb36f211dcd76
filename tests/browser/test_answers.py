"""Answers in a browser: every kind of block fits, on any screen, and can be read by all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.libraries import api_library, block_library
from tests.support.libraries.block_library import QUESTIONS
from tests.support.likelihood import make_likely

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("answers-browser")
    patch = pytest.MonkeyPatch()
    make_likely(patch, 0.9, 0.9)
    app = block_library.application(root)
    with served(app) as address:
        yield address
    api_library.close(app)
    patch.undo()


def opened(browser: Browser, site: str, width: int, theme: str) -> Page:
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,  # the checker is a script of its own
    )
    return context.new_page()


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_every_kind_fits_and_has_no_accessibility_faults(
    browser: Browser, site: str, width: int, theme: str
) -> None:
    page = opened(browser, site, width, theme)
    for kind, question in QUESTIONS.items():
        page.goto(f"/en/search?q={question}")
        expect(page.locator(".answer-box .quoted")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind
        assert accessibility_faults(page) == [], kind
    page.context.close()


def test_steps_are_numbered_from_their_start(browser: Browser, site: str) -> None:
    page = opened(browser, site, 390, "light")
    page.goto(f"/en/search?q={QUESTIONS['steps']}")
    steps = page.locator(".quoted ol")
    assert steps.evaluate("(list) => list.start") == 2
    assert steps.locator("li").first.evaluate("(e) => getComputedStyle(e).listStyleType") == (
        "decimal"
    )
    page.context.close()


def test_a_wide_table_scrolls_by_itself(browser: Browser, site: str) -> None:
    page = opened(browser, site, 320, "light")
    page.goto(f"/en/search?q={QUESTIONS['table']}")
    table = page.get_by_role("region", name="Colour, Meaning")
    table.locator("td").first.evaluate("(e) => { e.textContent = 'x'.repeat(80); }")
    assert table.evaluate("(e) => e.scrollWidth > e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
