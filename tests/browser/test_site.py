"""Pages as only a browser shows them: voting in place, keyboard, contrast, narrow screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect

from kb.feedback import page_views
from kb.feedback.popularity import LEAST_VIEWS
from kb.web.help.article.page_view import today
from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries.api_library import services_of
from tests.support.libraries.site_library import REFUND, RUSSIAN_ONLY, application, close

ARTICLE = "/ru/faq/returns/refund-timing"
KINDS = (
    "/ru/",
    "/en/guides/",
    "/ru/faq/payment/",
    "/en/faq/returns/",
    ARTICLE,
    "/en/faq/returns/disputes",
    "/ru/guides/vega-r2/hostile",
    "/ru/search?q=оплата",
    "/ru/search?q=ъъъъъ&section=faq",
    "/en/contact",
    "/ru/nothing",
    f"/en/history/{REFUND}",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site on which articles have been read."""
    app = application(tmp_path_factory.mktemp("browser"), contact_email="help@example.com")
    database = services_of(app).database
    for number in range(1, 6):
        for visitor in range(LEAST_VIEWS):
            mark = f"{visitor:064x}"
            page_views.count(database, article_id=f"pay{number:02d}", mark=mark, day=today())
    services_of(app).popularity.refresh()
    yield app
    close(app)


@pytest.fixture(scope="module")
def site(app: Flask) -> Iterator[str]:
    """Address of the running application."""
    with served(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


# Votes


def test_vote_changes_in_place(page: Page) -> None:
    page.goto(ARTICLE)
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="Нет").click()
    expect(page.get_by_role("button", name="Нет")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Нет")).to_be_focused()
    expect(page.locator("[data-vote-status]")).to_have_text("Спасибо. Ваш ответ сохранён.")
    page.get_by_label("Трудно понять").check()
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Изменить написанное")).to_be_visible()
    page.get_by_role("button", name="Отозвать ответ").click()
    expect(page.get_by_role("button", name="Нет")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.isSamePage")


def test_vote_is_seen_again_on_the_next_visit(page: Page) -> None:
    page.goto(ARTICLE)
    page.get_by_role("button", name="Да").click()
    expect(page.get_by_role("button", name="Да")).to_have_attribute("aria-pressed", "true")
    page.goto("/ru/")
    page.goto(ARTICLE)
    expect(page.get_by_role("button", name="Да")).to_have_attribute("aria-pressed", "true")


def test_failed_vote_says_so_and_keeps_what_was_typed(page: Page) -> None:
    page.goto(ARTICLE)
    page.get_by_role("button", name="Нет").click()
    page.locator("textarea").fill("Какой банк?")
    page.route("**/ru/vote/*", lambda route: route.abort())
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_role("alert")).to_contain_text("Не удалось сохранить ответ")
    expect(page.locator("textarea")).to_have_value("Какой банк?")


def test_vote_and_search_work_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(ARTICLE)
    page.get_by_role("button", name="Нет").click()
    expect(page.get_by_role("button", name="Нет")).to_have_attribute("aria-pressed", "true")
    page.locator("#q").fill("оплата")
    page.locator("#q").press("Enter")
    expect(page.locator(".hit").first).to_be_visible()
    context.close()


# Reading


@pytest.fixture
def reader(browser: Browser, site: str) -> Iterator[Page]:
    """An article, in a browser that lets it copy."""
    context = browser.new_context(
        base_url=site,
        viewport={"width": 1280, "height": 500},
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.goto(ARTICLE)
    yield page
    context.close()


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_term_explains_itself(reader: Page) -> None:
    note = reader.locator("#term-bank")
    expect(note).to_be_hidden()
    reader.get_by_role("button", name="банка", exact=True).click()
    expect(note).to_be_visible()
    expect(note).to_have_text(re.compile('Банк — Тот, что выпустил карту; <b>"&'))
    reader.keyboard.press("Escape")
    expect(note).to_be_hidden()
    reader.get_by_role("button", name="банка", exact=True).press("Enter")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Подробнее")).to_be_focused()


def test_a_term_explains_itself_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, bypass_csp=True)
    page = context.new_page()
    page.goto(ARTICLE)
    page.get_by_role("button", name="банка", exact=True).click()
    expect(page.locator("#term-bank")).to_be_visible()
    context.close()


def test_a_heading_gives_its_permanent_link(reader: Page, site: str) -> None:
    link = reader.locator("h2", has_text="СБП").get_by_role("link", name="Скопировать ссылку")
    link.focus()
    reader.keyboard.press("Enter")
    expect(reader.locator("[data-announce]")).to_have_text("Ссылка скопирована")
    assert copied(reader) == f"{site}/a/{REFUND}#%D1%81%D0%B1%D0%BF"
    assert reader.evaluate("decodeURIComponent(location.hash)") == "#сбп"
    reader.goto(copied(reader))
    expect(reader).to_have_url(re.compile("refund-timing#"))


def test_code_is_copied_as_it_stands(reader: Page) -> None:
    reader.get_by_role("button", name="Копировать").click()
    expect(reader.get_by_role("button", name="Скопировано")).to_be_visible()
    expect(reader.locator("[data-announce]")).to_have_text("Скопировано")
    assert copied(reader) == "RRN 123456789012"


def test_a_picture_opens_over_the_page_and_gives_the_focus_back(reader: Page) -> None:
    link = reader.get_by_role("link", name="Путь денег")
    link.focus()
    reader.keyboard.press("Enter")
    dialog = reader.get_by_role("dialog", name="От склада до карты")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("img", name="Путь денег")).to_have_count(1)
    expect(dialog.get_by_role("button", name="Закрыть")).to_be_focused()
    reader.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    assert reader.url.endswith(ARTICLE)


def test_a_picture_is_a_link_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(ARTICLE)
    page.get_by_role("link", name="Путь денег").click()
    expect(page).to_have_url(re.compile("/media/.*svg$"))
    context.close()


def test_a_link_marks_its_section_and_opens_what_is_folded(reader: Page) -> None:
    # The page's own clock: the mark stays until the test has seen it.
    reader.clock.install()
    reader.goto(ARTICLE)
    reader.clock.pause_at(datetime.now() + timedelta(minutes=1))
    expect(reader.locator("details[open]")).to_have_count(0)
    reader.evaluate("location.hash = 'где-rrn'")
    expect(reader.get_by_text("В личном кабинете.")).to_be_in_viewport()
    expect(reader.locator(".section-mark")).to_have_count(1)
    reader.clock.run_for(5_000)
    expect(reader.locator(".section-mark")).to_have_count(0)


def test_a_folded_title_holds_together(reader: Page) -> None:
    summary = reader.locator(".prose summary").first
    gaps = summary.evaluate("""it => {
      it.innerHTML = "Raw <code>E-05</code> and <b>bold</b> text";
      const code = it.querySelector("code").getBoundingClientRect();
      const bold = it.querySelector("b").getBoundingClientRect();
      return [code.left - it.getBoundingClientRect().left, bold.left - code.right];
    }""")
    assert max(gaps) < 60


def test_without_motion_the_mark_stands_still(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{ARTICLE}#сбп")
    mark = page.locator(".section-mark")
    expect(mark).to_be_visible()
    heading, last = page.locator("#сбп"), page.locator(".prose details")
    box, first, end = (one.bounding_box() for one in (mark, heading, last))
    assert box is not None
    assert first is not None
    assert end is not None
    assert box["y"] == pytest.approx(first["y"], abs=1)
    assert box["y"] + box["height"] == pytest.approx(end["y"] + end["height"], abs=1)
    page.clock.run_for(60_000)
    expect(mark).to_be_visible()
    context.close()


def test_contents_name_the_section_that_is_read(reader: Page) -> None:
    current = reader.locator("[data-contents] a[aria-current]")
    expect(current).to_have_count(0)
    reader.locator("#сбп").evaluate("it => it.scrollIntoView()")
    expect(current).to_have_text("Возврат по СБП")
    assert reader.locator("[data-contents]").is_visible()


# Readings


READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
HIDE = """
Object.defineProperty(Document.prototype, "visibilityState", {
  configurable: true, get: () => window.isShown ? "visible" : "hidden",
});
"""


def reports(page: Page) -> list[str]:
    """Fills with the addresses that this page reports readings to."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if "/viewed/" in request.url:
            sent.append(request.url)

    page.on("request", note)
    return sent


def test_article_that_was_really_open_is_counted_once(
    browser: Browser, site: str, app: Flask
) -> None:
    context = browser.new_context(base_url=site, user_agent=READER)
    page = context.new_page()
    sent = reports(page)
    page.clock.install()
    for lang in ("ru", "en"):
        before = len(sent)
        page.goto(f"/{lang}/faq/returns/disputes")
        page.clock.run_for(4_000)
        assert len(sent) == before
        with page.expect_response("**/viewed/*") as answered:
            page.clock.run_for(2_000)
        assert answered.value.status == 204
        assert "cookie" not in answered.value.request.all_headers()
        page.clock.run_for(60_000)
    assert len(sent) == 2
    totals = page_views.totals(services_of(app).database, since=date(2000, 1, 1))
    assert totals[RUSSIAN_ONLY] == 1
    assert context.cookies() == []
    context.close()


def test_only_time_in_view_counts_as_reading(page: Page) -> None:
    sent = reports(page)
    page.clock.install()
    page.add_init_script(HIDE)
    page.goto(ARTICLE)
    page.clock.run_for(60_000)
    assert sent == []

    def show(is_shown: bool) -> None:
        page.evaluate(
            "isShown => { window.isShown = isShown;"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            is_shown,
        )

    show(True)
    page.clock.run_for(3_000)
    show(False)
    page.clock.run_for(60_000)
    assert sent == []
    show(True)
    with page.expect_request("**/viewed/*"):
        page.clock.run_for(2_500)


# Every kind of page


@pytest.mark.campaign
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_accessibility_faults(
    browser: Browser, site: str, theme: str, campaign: Campaign
) -> None:
    context = browser.new_context(
        base_url=site,
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
        bypass_csp=True,  # the checker is a script of its own
    )
    page = context.new_page()
    faults = []
    for address in campaign.some(KINDS, 4):
        page.goto(address)
        faults += [(address, *fault) for fault in accessibility_faults(page)]
    context.close()
    assert faults == []


def test_pages_break_no_policy_and_load_from_here_only(page: Page, site: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith(site) else complaints.append(request.url),
    )
    for address in KINDS:
        page.goto(address)
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_pages_fit_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in KINDS:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_filter_narrows_a_long_category(page: Page) -> None:
    page.goto("/ru/faq/payment/")
    page.get_by_label("Показать только со словами").fill("способ 17")
    assert page.locator(".card:visible").count() == 1
    page.get_by_label("Показать только со словами").fill("ъъъ")
    expect(page.get_by_text("Здесь нет статей с")).to_be_visible()
