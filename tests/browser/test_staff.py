"""The agents' tool in a real browser: keys, clipboard, narrow screens, contrast, no script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from kb.accounts import staff
from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import (
    EMAIL,
    HANDOFF,
    PASSWORD,
    REFUND,
    SECRET,
    close,
    services_of,
)
from tests.support.libraries.browser_library import Requests

ADDRESSES = (
    "/agent",
    "/agent?q=возврат денег",
    "/agent?q=ъъъъъ",
    f"/agent?q=возврат денег&handoff={HANDOFF}",
    "/agent?handoff=ho_none",
    "/agent/handoffs",
    f"/agent/a/{SECRET}",
    f"/agent/a/{REFUND}?reader=en",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = agent_library.built(tmp_path_factory.mktemp("agent-browser"))
    with served(app) as address:
        yield address
    close(app)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a browser that has signed in, by hand."""
    state = tmp_path_factory.mktemp("state") / "state.json"
    context = browser.new_context(base_url=site, locale="ru-RU")
    page = context.new_page()
    page.goto("/agent")
    page.get_by_label("Электронная почта").fill(EMAIL)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/agent")
    context.storage_state(path=state)
    context.close()
    return state


@pytest.fixture
def context(browser: Browser, site: str, signed_in: Path) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=site,
        viewport={"width": 1280, "height": 900},
        locale="ru-RU",
        storage_state=signed_in,
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing goes wrong unnoticed."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def ask(page: Page, text: str, address: str = "/agent") -> None:
    page.goto(address)
    page.locator("#q").fill(text)  # all at once: no results of half a question come first
    expect(page.locator(".find").first).to_be_visible()
    expect(page.locator("form[aria-busy]")).to_have_count(0)


def find_with(page: Page, text: str) -> int:
    """Place of the result with this title."""
    titles = page.locator(".find h3").all_inner_texts()
    return next(number for number, title in enumerate(titles) if text in title)


def go_to(page: Page, number: int) -> None:
    """By the arrow, from the box; the first press reaches the first result."""
    for _ in range(number + 1):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".find").nth(number).locator("[data-open]")).to_be_focused()


# Keys


def test_the_box_has_focus_and_results_come_while_typing(page: Page) -> None:
    page.goto("/agent")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("возврат на карту")
    expect(page.locator(".find").first).to_contain_text("Когда вернутся деньги")
    expect(page.locator("#q")).to_be_focused()
    page.wait_for_url("**/agent?q=*")


def test_enter_copies_the_permanent_link_of_the_first_result(page: Page, site: str) -> None:
    ask(page, "возврат на карту")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Ссылка скопирована: Когда вернутся деньги")
    link = clipboard(page)
    assert link.startswith(f"{site}/a/{REFUND}/ru#")
    page.goto(link)
    expect(page.locator("h2:target")).to_have_text("Возврат на карту#")


def test_the_link_is_for_the_language_the_customer_reads(page: Page, site: str) -> None:
    ask(page, "refund to a card")
    page.get_by_label("English").check()
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    expect(page.locator(".find").first).to_contain_text("When the")
    page.locator("#q").press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("When the [refund] arrives")
    assert clipboard(page) == f"{site}/a/{REFUND}/en#refund-to-a-card"


def test_shift_enter_copies_markdown_and_control_enter_the_text(page: Page, site: str) -> None:
    ask(page, "банк зачисляет на карту")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("[data-said]")).to_contain_text("Ссылка в Markdown скопирована")
    assert clipboard(page).startswith(f"[Когда вернутся деньги]({site}/a/{REFUND}/ru#")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-said]")).to_contain_text("Текст со ссылкой скопирован")
    assert clipboard(page).startswith(
        f"Возврат на карту\nБанк зачисляет деньги до десяти дней.\n\n{site}/a/{REFUND}"
    )


def test_arrows_move_and_typing_goes_on(page: Page) -> None:
    ask(page, "возврат денег")
    go_to(page, 1)
    expect(page.locator(".find[data-current]")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.locator(".find").first.locator("[data-open]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("у")
    expect(page.locator("#q")).to_have_value("возврат денегу")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator(".find")).to_have_count(0)


def test_internal_articles_are_opened_but_not_copied(page: Page, context: BrowserContext) -> None:
    ask(page, "возврат денег")
    page.evaluate("navigator.clipboard.writeText('before')")
    go_to(page, find_with(page, "Спорный"))
    for keys in ("Enter", "Shift+Enter", "Control+Enter"):
        page.keyboard.press(keys)
        expect(page.locator("[data-said]")).to_contain_text("клиенты не могут открыть")
    assert clipboard(page) == "before"
    with context.expect_page() as opened:
        page.keyboard.press("Alt+Enter")
    expect(opened.value.locator("h1")).to_have_text("Спорный возврат денег")
    expect(opened.value.get_by_text("Только для сотрудников")).to_be_visible()


def test_enter_before_the_answer_asks_instead_of_copying(page: Page) -> None:
    page.goto("/agent")
    page.evaluate("navigator.clipboard.writeText('before')")
    page.locator("#q").fill("возврат")
    page.keyboard.press("Enter")
    expect(page.locator(".find").first).to_be_visible()
    assert clipboard(page) == "before"


def test_buttons_copy_the_same_for_pointers(page: Page) -> None:
    ask(page, "возврат на карту")
    first = page.locator(".find").first
    for name, start in (
        ("Ссылка", "http"),
        ("Markdown", "[Когда"),
        ("Текст", "Возврат на карту\nБанк"),
    ):
        first.locator(".act", has_text=name).click()
        expect(page.locator("[data-said]")).to_have_attribute("data-state", "done")
        assert clipboard(page).startswith(start)


def test_an_answer_to_older_text_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    requests = Requests(page)
    page.route("**/agent?*part=results*", hold_the_first)
    page.goto("/agent")
    with page.expect_request("**/agent?*part=results*"):
        page.keyboard.type("курьер")
    page.keyboard.type(" возврат на карту")
    expect(page.locator(".find").first).to_contain_text("Когда вернутся деньги")
    held[0].abort()
    requests.wait_for(held[0].request)
    expect(page.locator("[data-said]")).to_be_empty()


# Hand-off


def test_a_handoff_shows_the_customer_and_marks_what_was_seen(page: Page) -> None:
    ask(page, "деньги", f"/agent?handoff={HANDOFF}")
    panel = page.get_by_role("complementary", name="Что уже было")
    expect(panel).to_contain_text("не помогло: по теме, но без ответа")
    expect(panel).to_contain_text("<b>Доставка</b> курьером")
    seen = page.locator(".find").nth(find_with(page, "Когда вернутся"))
    expect(seen).to_contain_text("клиент уже видел")
    assert page.locator(".handoff b, .handoff i").count() == 0


# When things fail


def test_a_search_that_fails_keeps_what_was_typed(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/agent")
    page.route("**/agent?*part=results*", lambda route: route.abort())
    page.keyboard.type("деньги")
    expect(page.locator("[data-said]")).to_contain_text("Введённое сохранено")
    expect(page.locator("#q")).to_have_value("деньги")
    page.unroute("**/agent?*part=results*")
    page.keyboard.press("Enter")
    expect(page.locator(".find").first).to_be_visible()


def test_an_ended_session_leads_back_through_signing_in(browser: Browser, tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    with served(app) as address:
        context = browser.new_context(base_url=address, locale="ru-RU")
        page = context.new_page()
        for text in ("", "курьер"):
            if text:
                database = services_of(app).database
                staff.end_sessions(database, staff.accounts(database)[0].id)
                page.keyboard.type(text)
                page.wait_for_url("**/agent/sign-in?next=**")
            else:
                page.goto("/agent")
            page.get_by_label("Электронная почта").fill(EMAIL)
            page.get_by_label("Пароль").fill(PASSWORD)
            page.get_by_role("button", name="Войти").click()
            page.wait_for_url("**/agent?q=*" if text else "**/agent")
        expect(page.locator(".find").first).to_contain_text("Доставка курьером")
        context.close()
    close(app)


def test_a_browser_without_clipboard_copies_a_selection(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("0")
    ask(page, "возврат на карту")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("Ссылка скопирована")
    expect(page.locator("#q")).to_be_focused()


def test_search_and_links_work_without_script(browser: Browser, site: str, signed_in: Path) -> None:
    context = browser.new_context(
        base_url=site, locale="ru-RU", storage_state=signed_in, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"/agent?handoff={HANDOFF}")
    page.locator("#q").fill("возврат на карту")
    page.locator("#q").press("Enter")
    first = page.locator(".find").first
    expect(first).to_contain_text("клиент уже видел")
    expect(page.get_by_role("button", name="Markdown").first).to_be_hidden()
    expect(page.locator("[data-keys]")).to_be_hidden()
    first.locator("a.act").click()
    expect(page.locator("h1")).to_have_text("Когда вернутся деньги")
    context.close()


# Every page


@pytest.mark.campaign
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_have_no_accessibility_faults(
    browser: Browser, site: str, signed_in: Path, theme: str, width: int, campaign: Campaign
) -> None:
    context = browser.new_context(
        base_url=site,
        color_scheme=theme,  # type: ignore[arg-type]
        storage_state=signed_in,
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # the checker is a script of its own
    )
    page = context.new_page()
    faults = []
    for address in (*campaign.some(ADDRESSES, 3), "/agent/sign-in"):
        if address == "/agent/sign-in":
            context.clear_cookies()
        page.goto(address)
        if address == "/agent/sign-in":
            page.fill("#email", "x@y.example")
            page.fill("#password", "a wrong password")
            page.keyboard.press("Enter")
            page.wait_for_selector("[role=alert]")
        faults += [(address, *fault) for fault in accessibility_faults(page)]
    context.close()
    assert faults == []


def test_pages_load_from_here_only_and_fit_the_screen(page: Page, site: str) -> None:
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith(site) else elsewhere.append(request.url),
    )
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (*ADDRESSES, "/agent/sign-in"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert elsewhere == []
