"""Search in a browser: results while typing, keys, recent searches, marks, and no script at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries.browser_library import Requests
from tests.support.libraries.site_library import application, close

INSTANT = "**/ru/instant*"
ARTICLE = "**/ru/faq/returns/refund-timing*"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running application."""
    app = application(tmp_path_factory.mktemp("browser"), contact_email="help@example.com")
    with served(app) as address:
        yield address
    close(app)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def box_on(page: Page, address: str = "/ru/contact") -> Locator:
    page.goto(address)
    return page.locator("#q")


def answer(route: Route, *texts: str) -> None:
    options = "".join(
        f'<a role="option" aria-selected="false" tabindex="-1" href="/ru/#{number}">'
        f"{escape(text)}</a>"
        for number, text in enumerate(texts)
    )
    body = f"<p data-status></p><p data-note></p><div data-options>{options}</div>"
    route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)


def options(page: Page) -> Locator:
    return page.get_by_role("option")


# While typing


def test_articles_are_shown_and_chosen_by_keyboard(page: Page) -> None:
    box = box_on(page)
    box.press_sequentially("верн")
    expect(options(page).first).to_contain_text("Когда вернутся деньги")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="подсказ")).to_have_count(1)
    box.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options(page).first.get_attribute("id")
    box.press("Enter")
    page.wait_for_url(ARTICLE)


def test_enter_without_a_choice_searches(page: Page) -> None:
    box = box_on(page)
    box.press_sequentially("верн")
    expect(options(page).first).to_be_visible()
    box.press("Enter")
    page.wait_for_url("**/ru/search?q=*")


def test_last_option_leads_to_all_results(page: Page) -> None:
    box = box_on(page)
    box.press_sequentially("jgkfnf")
    expect(options(page).last).to_contain_text("Все результаты по запросу jgkfnf")
    expect(page.locator(".suggestions-note")).to_have_text("Результаты по запросу оплата")
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/ru/search?q=jgkfnf")


def test_keys_of_a_combobox(page: Page) -> None:
    page.route(INSTANT, lambda route: answer(route, "первая", "вторая"))
    box = box_on(page)
    box.press_sequentially("оплата")
    expect(options(page)).to_have_count(2)
    box.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")  # round, by way of the box
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    box.press("Home")  # the caret's key: no option is chosen any more
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box).to_have_value("оплата")
    box.press("Alt+ArrowDown")
    expect(options(page)).to_have_count(2)
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Tab")
    expect(options(page)).to_have_count(0)
    expect(page.locator(".search button")).to_be_focused()


def test_list_closes_when_the_reader_goes_elsewhere(page: Page) -> None:
    box = box_on(page)
    box.press_sequentially("верн")
    expect(options(page).first).to_be_visible()
    page.mouse.click(1200, 850)
    expect(options(page)).to_have_count(0)


def test_typing_asks_once_after_a_pause(page: Page) -> None:
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        answer(route, "ответ")

    page.route(INSTANT, note)
    # The page's own clock, so that a busy machine does not look like a reader who pauses.
    page.clock.install()
    box = box_on(page)
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    box.press_sequentially("оплата")
    assert not asked
    page.clock.run_for(1_000)
    expect(options(page)).to_have_count(1)
    assert len(asked) == 1


def test_answer_to_older_text_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            answer(route, "новое")
        else:
            held.append(route)

    requests = Requests(page)
    page.route(INSTANT, hold_the_first)
    box = box_on(page)
    with page.expect_request(INSTANT):
        box.press_sequentially("опл")
    box.press_sequentially("ата")
    expect(options(page)).to_have_text("новое")
    answer(held[0], "старое")
    requests.wait_for(held[0].request)
    expect(options(page)).to_have_text("новое")


def test_what_is_typed_is_shown_as_text(page: Page) -> None:
    box = box_on(page)
    box.press_sequentially("<img src=x onerror=alert(1)>")
    expect(options(page).last).to_contain_text("<img src=x")
    assert page.locator(".suggestions img").count() == 0


@pytest.mark.parametrize("status", [429, 500, 200])
def test_search_works_when_suggestions_fail(page: Page, status: int) -> None:
    page.route(INSTANT, lambda route: route.fulfill(status=status, body="<html>{"))
    box = box_on(page)
    with page.expect_response(INSTANT):
        box.press_sequentially("оплата")
    expect(page.get_by_role("listbox")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".hit").first).to_be_visible()


def test_list_keeps_clear_of_the_keyboard_of_a_phone(browser: Browser, site: str) -> None:
    """A screen as low as the keyboard leaves it: the box moves up, the list ends on the screen."""
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 420})
    page = context.new_page()
    box = box_on(page, "/ru/")
    box.press_sequentially("оплата")
    expect(options(page).first).to_be_visible()
    place = page.locator(".suggestions").bounding_box()
    assert place
    assert place["y"] + place["height"] <= 420
    assert place["height"] >= 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert float(box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)")) >= 16
    context.close()


# Recent searches


def search_for(page: Page, text: str) -> None:
    box = box_on(page)
    box.fill(text)
    expect(box).to_have_attribute("role", "combobox")
    page.wait_for_load_state("networkidle")
    box.press("Enter")
    page.wait_for_url("**/ru/search?q=*")


def recent(page: Page) -> list[str]:
    return [text.strip() for text in options(page).all_inner_texts()][:-1]


def test_recent_searches_are_offered_newest_first_and_can_be_removed(page: Page) -> None:
    for text in ("оплата", "возврат", "заказ 123456", "i@example.com", "Оплата"):
        search_for(page, text)
    box = box_on(page)
    expect(options(page)).to_have_count(0)
    box.click()
    expect(options(page)).to_have_count(3)
    assert recent(page) == ["Оплата", "возврат"]
    box.press("ArrowDown")
    box.press("Delete")
    expect(options(page)).to_have_count(2)
    assert recent(page) == ["возврат"]
    page.get_by_text("Очистить недавние запросы").click()
    expect(options(page)).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_recent_search_is_made_again_and_eight_are_kept(page: Page) -> None:
    page.goto("/ru/contact")
    kept = [f"вопрос {'абвгдежзи'[number]}" for number in range(9)]
    page.evaluate("kept => localStorage.setItem('recent-searches', JSON.stringify(kept))", kept)
    box = box_on(page)
    box.click()
    expect(options(page)).to_have_count(9)
    options(page).first.click()
    page.wait_for_url("**/ru/search?q=*")
    expect(page.locator("#q")).to_have_value("вопрос а")


@pytest.mark.parametrize("content", ["{", "{}", "[1, null]"])
def test_other_things_in_the_storage_do_no_harm(page: Page, content: str) -> None:
    page.goto("/ru/contact")
    page.evaluate("text => localStorage.setItem('recent-searches', text)", content)
    page.reload()
    page.locator("#q").click()
    page.wait_for_load_state("networkidle")
    expect(options(page)).to_have_count(0)


def test_blocked_storage_breaks_nothing(page: Page) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no') } })"
    )
    search_for(page, "вернутся деньги")
    page.locator(".hit a").first.click()
    page.wait_for_url(ARTICLE)
    assert complaints == []


# From the results into the article


def test_words_of_the_search_are_marked_in_the_article_until_hidden(page: Page) -> None:
    page.goto("/ru/search?q=возврат по сбп")
    page.locator("a[href*='refund-timing']").first.click()
    page.wait_for_url(ARTICLE)
    expect(page.locator(".found-note")).to_be_visible()
    marked = "[...CSS.highlights.get('found') ?? []].map(String)"
    assert "Возврат" in page.evaluate(marked)
    assert "q=" not in page.url
    page.get_by_role("button", name="Убрать выделение").click()
    assert page.evaluate(marked) == []
    expect(page.locator(".found-note")).to_have_count(0)
    page.reload()
    expect(page.locator(".found-note")).to_have_count(0)


def test_words_are_marked_whatever_stands_unseen_in_them(page: Page) -> None:
    def stressed(route: Route) -> None:
        response = route.fetch()
        text = response.text().replace("Возврат", "Воз\u00adвра\u0301т")
        route.fulfill(response=response, body=text)

    page.route(ARTICLE, stressed)
    page.goto("/ru/search?q=возврат по сбп")
    page.locator("a[href*='refund-timing']").first.click()
    page.wait_for_url(ARTICLE)
    expect(page.locator(".found-note")).to_be_visible()
    marked = page.evaluate("[...CSS.highlights.get('found')].map(String)")
    assert "Воз\u00adвра\u0301т" in marked


# Walks


def test_search_read_vote_by_keyboard_alone(page: Page) -> None:
    page.goto("/ru/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("возврат по сбп", delay=5)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ru/search?q=*")
    tab_to(page, "a[href*='refund-timing']")
    page.keyboard.press("Enter")
    page.wait_for_url(ARTICLE)
    tab_to(page, "button[value=yes]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Да")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Да")).to_be_focused()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab as a reader does; what has the focus must be seen to have it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() and focused.evaluate("(one, wanted) => one.matches(wanted)", selector):
            outline = "one => getComputedStyle(one).outlineStyle"
            assert focused.evaluate(outline) != "none"
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_search_read_vote_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ru/")
    page.locator("#q").fill("возврат по сбп")
    page.get_by_role("button", name="Найти").click()
    page.locator(".hit a[href*='refund-timing']").first.click()
    page.wait_for_url(ARTICLE)
    page.get_by_role("button", name="Нет").click()
    expect(page.get_by_role("button", name="Нет")).to_have_attribute("aria-pressed", "true")
    context.close()


@pytest.mark.campaign
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lists_have_no_accessibility_faults(
    browser: Browser, site: str, theme: str, campaign: Campaign
) -> None:
    """In both languages: results, none of them, the open list, recent searches."""
    context = browser.new_context(
        base_url=site,
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
        bypass_csp=True,  # the checker is a script of its own
    )
    page = context.new_page()
    faults = []
    for lang, word in campaign.some((("ru", "возврат"), ("en", "refund")), 1):
        page.goto(f"/{lang}/search?q={word}")
        faults += found_faults(page, "results")
        page.goto(f"/{lang}/search?q=ъъъъъ&section=faq")
        faults += found_faults(page, "none")
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially(word)
        expect(options(page).first).to_be_visible()
        page.locator("#q").press("ArrowDown")
        faults += found_faults(page, "typing")
        page.evaluate("localStorage.setItem('recent-searches', '[\"refund\"]')")
        page.goto(f"/{lang}/contact")
        page.locator("#q").click()
        expect(options(page)).to_have_count(2)
        page.locator("#q").press("ArrowDown")
        faults += found_faults(page, "recent")
    context.close()
    assert faults == []


def found_faults(page: Page, where: str) -> list[tuple[str, str, str]]:
    return [(where, *fault) for fault in accessibility_faults(page)]
