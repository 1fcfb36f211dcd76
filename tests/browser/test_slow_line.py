"""Words typed before a page's scripts are there: these take them up when they come."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.fixtures.browser_fixture import served
from tests.support.libraries.browser_library import HeldScripts
from tests.support.libraries.site_library import application, close
from tests.support.patience import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = application(
        tmp_path_factory.mktemp("slow"),
        contact_email="help@example.com",
        smtp_url="smtp://mail.example.com",
    )
    with served(app) as address:
        yield address
    close(app)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="ru-RU")
    yield context.new_page()
    context.close()


def test_a_search_is_answered(page: Page) -> None:
    scripts = HeldScripts(page)
    scripts.open("/ru/contact")
    page.locator("#q").press_sequentially("деньги")
    scripts.let_go()
    expect(page.get_by_role("option").first).to_be_visible()


def test_a_message_is_kept_as_a_draft(page: Page) -> None:
    scripts = HeldScripts(page)
    scripts.open("/ru/contact")
    page.locator("[name=message]").fill("Где мои деньги")
    scripts.let_go()
    wait_until(lambda: "otvet-contact" in page.evaluate("JSON.stringify(sessionStorage)"))
    kept = json.loads(page.evaluate("sessionStorage['otvet-contact']"))
    assert kept["message"] == "Где мои деньги"
