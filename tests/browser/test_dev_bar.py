"""The authors' bar in a real browser: keys, live changes, themes, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.catalog import check_report
from kb.catalog.check_report import CheckReport
from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.web.dev.routes import dev
from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.libraries.site_library import application, close

ARTICLE = "/ru/faq/returns/refund-timing"
FAULT = Problem(
    "ru/faq/returns/refund-timing.md",
    12,
    "links to gone.md",
    "Mend the path",
    FaultKind.BROKEN_LINK,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dev-browser")


@pytest.fixture(scope="module")
def site(root: Path) -> Iterator[str]:
    app = application(root)
    app.register_blueprint(dev)
    check_report.save(CheckReport((FAULT,), (), {}), root / check_report.FOLDER)
    with served(app) as address:
        yield address
    close(app)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="ru-RU", bypass_csp=True)
    yield context.new_page()
    context.close()


def test_the_bar_is_unfolded_and_folded_by_keys(page: Page) -> None:
    page.goto(ARTICLE)
    strip = page.get_by_role("button", name="Для авторов")
    expect(strip).to_contain_text("1 ошибка здесь")
    expect(strip).to_contain_text("находят первой: ")
    strip.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mend the path")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Mend the path")).to_be_hidden()
    expect(strip).to_be_focused()


def test_a_new_check_is_shown_by_itself(page: Page, root: Path) -> None:
    page.goto(ARTICLE)
    strip = page.get_by_role("button", name="Для авторов")
    expect(strip).to_contain_text("1 ошибка здесь")
    with page.expect_response("**/dev/state*"):
        pass
    check_report.save(CheckReport((), (), {}), root / check_report.FOLDER)
    expect(strip).to_contain_text("Здесь ошибок нет")
    check_report.save(CheckReport((FAULT,), (), {}), root / check_report.FOLDER)
    expect(strip).to_contain_text("1 ошибка здесь")


def change(page: Page) -> None:
    """Let the server tell of another state of the page than was loaded."""
    state = {"page": "another", "check": "", "generation": ""}
    page.route("**/dev/state*", lambda route: route.fulfill(json=state))


def test_a_page_that_changed_is_loaded_again(page: Page) -> None:
    page.goto(ARTICLE)
    with page.expect_navigation(wait_until="commit"):
        change(page)


def test_what_somebody_types_is_not_taken_away(page: Page) -> None:
    page.goto(ARTICLE)
    page.locator("#q").fill("вопрос")
    change(page)
    expect(page.get_by_role("button", name="Загрузить заново")).to_be_visible()
    expect(page.locator("#q")).to_have_value("вопрос")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_it_is_accessible_folded_and_unfolded(
    browser: Browser, site: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=site,
        locale="ru-RU",
        bypass_csp=True,
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(ARTICLE)
    strip = page.get_by_role("button", name="Для авторов")
    expect(strip).to_contain_text("находят первой: ")
    assert accessibility_faults(page) == []
    strip.click()
    page.locator("summary", has_text="где мои деньги").click()
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    script_less = browser.new_context(base_url=site, locale="ru-RU", java_script_enabled=False)
    page = script_less.new_page()
    page.goto(ARTICLE)
    page.get_by_role("link", name="Для авторов").click()
    expect(page.get_by_text("Mend the path")).to_be_visible()
    script_less.close()
