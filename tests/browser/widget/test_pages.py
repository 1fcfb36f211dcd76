"""Pages of all kinds around the widget: several on one, themes, keyboards, narrow screens."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.fixtures.browser_fixture import accessibility_faults
from tests.support.libraries.browser_library import settle, wait_at_rest
from tests.support.libraries.widget_library import (
    ANSWERED,
    FAILURES,
    HANDOFFS,
    OFFERED,
    SLOW_MS,
    Place,
    Visit,
    fits,
    visitor,
)

pytestmark = pytest.mark.browser


# Pages of all kinds


def test_two_widgets_on_one_page_do_not_mix(visit: Visit) -> None:
    visit.go()
    visit.page.evaluate(
        "document.querySelector('main').append(document.createElement('help-widget'));"
        "document.querySelector('main help-widget').setAttribute('inline', '')"
    )
    visit.page.evaluate(
        "() => { const old = document.querySelector('main help-widget');"
        " const inline = document.createElement('help-widget'); inline.setAttribute('inline', '');"
        " old.replaceWith(inline); }"
    )
    inline = visit.page.locator("main help-widget")
    expect(inline.locator(".panel")).to_be_visible(timeout=SLOW_MS)
    inline.locator(".composer textarea").fill(ANSWERED)
    inline.locator(".composer textarea").press("Enter")
    expect(inline.locator(".quote")).to_be_visible(timeout=SLOW_MS)
    visit.page.locator("button.launcher").click()
    expect(visit.page.locator(".panel[role=dialog]")).to_be_visible()
    expect(visit.page.locator(".panel[role=dialog] .quote")).to_have_count(0)
    visit.page.keyboard.press("Escape")
    expect(inline.locator(".panel")).to_be_visible()
    visit.page.evaluate(
        "document.querySelector('main help-widget').call('ask', 'позовите оператора')"
    )
    expect(inline.locator("#field-message")).to_be_visible(timeout=SLOW_MS)
    assert visit.complaints() == []


COUNT_TIMERS = """
window.pending = new Set();
const { setTimeout: set, clearTimeout: clear } = window;
window.setTimeout = (fn, ms, ...rest) => {
  const id = set(() => { pending.delete(id); fn(...rest); }, ms);
  pending.add(id);
  return id;
};
window.clearTimeout = (id) => { pending.delete(id); clear(id); };
"""


def test_destroy_leaves_nothing(visit: Visit) -> None:
    visit.page.add_init_script(COUNT_TIMERS)
    visit.page.route("**/widget/v1.js", lambda route: route.abort())
    visit.go()
    before = traces(visit.page)
    visit.page.unroute("**/widget/v1.js")
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    expect(visit.page.locator(".prose h4").first).to_be_visible()
    visit.call("destroy")
    settle(visit.page)
    assert traces(visit.page) == before
    assert visit.page.evaluate("pending.size") == 0
    assert visit.complaints() == []


def traces(page: Page) -> dict[str, Any]:
    """Traces that a script can leave on a page."""
    session = page.context.new_cdp_session(page)
    listeners = 0
    for name in ("window", "document", "document.documentElement", "document.body"):
        handle = session.send("Runtime.evaluate", {"expression": name})["result"]["objectId"]
        found = session.send("DOMDebugger.getEventListeners", {"objectId": handle})
        listeners += len(found["listeners"])
    return {
        "elements": page.evaluate("document.querySelectorAll('*').length"),
        "globals": page.evaluate("Object.keys(window).sort()"),
        "listeners": listeners,
    }


def test_it_can_come_back_after_destroy(visit: Visit, place: Place) -> None:
    visit.open()
    visit.call("destroy")
    expect(visit.page.locator("help-widget")).to_have_count(0)
    visit.page.reload()
    visit.page.locator("button.launcher").click()
    expect(visit.panel).to_be_visible()


def test_pages_that_change_what_belongs_to_the_browser(visit: Visit) -> None:
    visit.go()
    expect(visit.page.locator("button.launcher")).to_be_visible()
    visit.page.evaluate(
        """() => {
        Array.prototype.toJSON = () => "an old library";
        Array.prototype.each = () => {};
        Object.prototype.extra = () => {};
        window.fetch = () => { throw new Error("not yours"); };
        }"""
    )
    visit.page.locator("button.launcher").click()
    visit.ask(OFFERED).offered()
    assert visit.complaints() == []


def test_theme_comes_from_the_page_and_stays_readable(visit: Visit) -> None:
    visit.go()
    launcher = visit.page.locator("button.launcher")
    colours = "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    for accent, ink in (("rgb(255, 221, 45)", "0"), ("rgb(90, 0, 120)", "100")):
        visit.page.evaluate(
            "(a) => document.documentElement.style.setProperty('--help-accent', a)", accent
        )
        ground, text = launcher.evaluate(colours)
        assert ground == accent
        assert text.startswith(f"lch({ink} ")


def test_right_to_left_pages_are_mirrored(visit: Visit) -> None:
    visit.go()
    visit.page.evaluate("document.documentElement.dir = 'rtl'")
    visit.page.locator("button.launcher").click()
    visit.ask(ANSWERED).answered()
    box = visit.panel.bounding_box()
    assert box is not None
    assert box["x"] == 20
    close, title = (
        visit.page.locator(one).bounding_box() for one in (".top .icon-close", "#title")
    )
    assert close is not None
    assert title is not None
    assert close["x"] < title["x"]
    assert fits(visit)


# Keyboard and narrow screens


def test_everything_by_keyboard(visit: Visit) -> None:
    visit.go()
    keyboard = visit.page.keyboard
    launcher = visit.page.locator("button.launcher")
    expect(launcher).to_be_visible()
    for _ in range(20):
        keyboard.press("Tab")
        if launcher.evaluate("(e) => e.getRootNode().activeElement === e"):
            break
    keyboard.press("Enter")
    expect(visit.question).to_be_focused(timeout=SLOW_MS)
    keyboard.type(OFFERED)
    keyboard.press("Enter")
    visit.offered()
    keyboard.press("Shift+Tab")
    expect(visit.page.locator(".results .none")).to_be_focused()
    for _ in range(visit.page.locator(".results .row").count()):
        keyboard.press("Shift+Tab")
    expect(visit.page.locator(".results .row").first).to_be_focused()
    keyboard.press("Enter")
    expect(visit.page.locator(".prose h4").first).to_be_visible()
    # At the title, or at the section that was found.
    expect(visit.page.locator("article.reading :is(h3, .prose [id]):focus")).to_have_count(1)
    keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()
    expect(launcher).to_be_focused()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_it_is_the_whole_screen(browser: Browser, place: Place, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 640}, has_touch=True, is_mobile=True
    )
    visit = visitor(context, place).open()
    wait_at_rest(visit.panel)
    assert visit.panel.bounding_box() == {"x": 0, "y": 0, "width": width, "height": 640}
    expect(visit.panel).to_have_attribute("aria-modal", "true")
    visit.ask(ANSWERED).answered()
    assert fits(visit)
    visit.button("Нет, нужен человек").click()
    visit.at_the_form()
    sizes = visit.panel.evaluate(
        "(panel) => [...panel.querySelectorAll('input, textarea')]"
        ".filter((e) => e.type !== 'checkbox').map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 16
    assert fits(visit)
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.localName") == "help-widget"
    context.close()


def test_small_windows_hold_all_of_it(browser: Browser, place: Place) -> None:
    """As at 200 % of a window of 1280 by 800."""
    context = browser.new_context(viewport={"width": 640, "height": 400})
    visit = visitor(context, place).open().ask(ANSWERED).answered()
    box = visit.panel.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 400
    assert fits(visit)
    expect(visit.person).to_be_in_viewport(ratio=1)
    context.close()


def test_nothing_moves_for_those_who_asked_for_it(browser: Browser, place: Place) -> None:
    context = browser.new_context(reduced_motion="reduce")
    visit = visitor(context, place).open()
    assert visit.panel.evaluate("(e) => getComputedStyle(e).animationName") == "none"
    context.close()


@pytest.mark.campaign(cases=1)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_states_have_no_accessibility_faults(
    browser: Browser, place: Place, theme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # the checker is a script of its own
    )
    visit = visitor(context, place)
    faults: list[object] = []

    def check(state: str) -> None:
        faults.extend((state, *fault) for fault in accessibility_faults(visit.page))

    visit.go()
    expect(visit.page.locator("button.launcher")).to_be_visible()
    check("closed")
    visit.page.locator("button.launcher").click()
    expect(visit.panel).to_be_visible(timeout=SLOW_MS)
    wait_at_rest(visit.panel)
    check("start")
    visit.ask(ANSWERED).answered()
    check("answer")
    visit.page.locator(".card .row").click()
    expect(visit.page.locator(".asking .verdict")).to_be_visible(timeout=SLOW_MS)
    wait_at_rest(visit.panel)
    check("article")
    visit.button("Назад").click()
    visit.ask(OFFERED).offered()
    check("offer")
    visit.person.click()
    visit.at_the_form()
    visit.message.fill("")
    visit.button("Отправить").click()
    check("form")
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.page.route(HANDOFFS, FAILURES["fault"])
    visit.button("Отправить").click()
    expect(visit.page.locator(".direct")).to_be_visible()
    check("address")
    visit.page.unroute(HANDOFFS)
    visit.button("Попробовать ещё раз").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    check("sent")
    visit.call("search", "возврат")
    expect(visit.page.locator(".rows.cards .row").first).to_be_visible()
    check("list")
    context.close()
    assert faults == []
