"""Silence, faults and hostile texts: the customer always reaches people."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import (
    BrowserContext,
    Route,
    expect,
)

from tests.support.libraries.browser_library import settle
from tests.support.libraries.widget_library import (
    ANSWERED,
    CONTACT,
    FAILURES,
    FOR_A_PERSON,
    HANDOFFS,
    SLOW_MS,
    SUGGEST,
    Place,
    Visit,
    answer,
    keep_silent,
    suggestion,
)

pytestmark = pytest.mark.browser


# Failures: the customer always reaches people


@pytest.mark.parametrize("kind", FAILURES)
def test_without_a_suggestion_there_is_the_form(visit: Visit, kind: str) -> None:
    visit.open()
    visit.page.route(SUGGEST, FAILURES[kind])
    visit.ask(ANSWERED).at_the_form()
    expect(visit.message).to_have_value(ANSWERED)
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    assert visit.complaints() == []


@pytest.mark.parametrize("kind", ["no network", "too many", "fault", "a page"])
def test_without_a_handoff_there_is_the_address(visit: Visit, kind: str) -> None:
    visit.open()
    visit.person.click()
    visit.message.fill("Робот не заряжается")
    visit.fill_in()
    visit.page.route(HANDOFFS, FAILURES[kind])
    visit.button("Отправить").click()
    direct = visit.page.locator(".direct")
    expect(direct).to_be_visible()
    expect(direct.locator(".address a")).to_have_attribute("href", re.compile(f"^mailto:{CONTACT}"))
    expect(direct.get_by_role("link", name="Как с нами связаться")).to_be_visible()
    expect(direct.locator("textarea")).to_have_value("Робот не заряжается")
    visit.page.unroute(HANDOFFS)
    visit.button("Попробовать ещё раз").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)


def test_text_can_be_copied_where_nothing_can_be_sent(
    visit: Visit, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.route(HANDOFFS, FAILURES["fault"])
    visit.open()
    visit.person.click()
    visit.message.fill("Робот не заряжается")
    visit.fill_in()
    visit.button("Отправить").click()
    visit.button("Скопировать текст").click()
    expect(visit.button("Скопировано")).to_be_visible()
    assert visit.page.evaluate("navigator.clipboard.readText()") == "Робот не заряжается"


def test_undelivered_question_gives_the_address(visit: Visit) -> None:
    visit.page.route("**/handoffs/status", answer({"id": "ho_1", "status": "failed"}))
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    expect(visit.page.locator(".direct .address")).to_contain_text(CONTACT)
    expect(visit.page.locator(".direct textarea")).to_have_value("Не работает")


def test_repeated_handoff_counts_as_done(visit: Visit) -> None:
    visit.page.route(HANDOFFS, answer({"code": "handoff_already_made"}, 409))
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_contain_text("уже передан")


@pytest.mark.parametrize("how", ["absent", "changed", "silent"])
def test_without_the_panel_the_button_becomes_the_address(visit: Visit, how: str) -> None:
    def change(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text() + "\nseen.push('changed');")

    handler = {"absent": lambda route: route.abort(), "changed": change, "silent": keep_silent}
    visit.page.route("**/widget/*/panel.js", handler[how])
    visit.go()
    visit.page.locator("button.launcher").click()
    link = visit.page.get_by_role("link", name=f"Напишите нам: {CONTACT}")
    expect(link).to_be_focused(timeout=SLOW_MS)
    expect(link).to_have_attribute("href", f"mailto:{CONTACT}")
    assert [one for one in visit.complaints() if "changed" in one] == []


def test_without_settings_everything_still_works(visit: Visit) -> None:
    visit.page.route("**/api/v1/widget/config*", lambda route: route.abort())
    visit.open().ask(FOR_A_PERSON).at_the_form()
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)


def test_article_that_does_not_open_leads_to_its_page(visit: Visit, place: Place) -> None:
    visit.page.route("**/api/v1/articles/*", lambda route: route.abort())
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    expect(visit.page.get_by_text("Статью не удалось открыть")).to_be_visible()
    expect(visit.page.locator(".outside a")).to_have_attribute(
        "href", re.compile(re.escape(place.help))
    )
    expect(visit.person).to_be_visible()


def test_fault_of_ours_leads_to_a_person_and_not_to_the_page(visit: Visit) -> None:
    broken = suggestion("offer", results=[{"article": None}])
    visit.page.route(SUGGEST, answer(broken))
    visit.open().ask(ANSWERED).at_the_form()
    assert visit.complaints() == []


# Hostile texts


HOSTILE = '<img src=x onerror="seen.push(1)"> <script>seen.push(2)</script> {{7*7}}'
HOSTILE_ARTICLE = f"""
<h2 id="a">{HOSTILE}</h2><p onclick="seen.push(3)" style="color:red" class="panel">текст</p>
<a href="javascript:seen.push(4)">код</a> <a href="data:text/html,x">данные</a>
<iframe src="https://evil.example/"></iframe><svg onload="seen.push(5)"><use href="//evil"/></svg>
<img src="https://evil.example/x.png" alt="чужое"><form action="//evil"><input name=q></form>
<template><p>шаблон</p></template><math><mtext></p></b></table><style>*{{display:none}}</style>
<b>жирно &amp; &lt;b&gt; &#x41; &#0;</b><noscript><img src=x></noscript>< p >не тег</p><!-- <i>-->
"""


def test_hostile_texts_are_shown_as_text(visit: Visit) -> None:
    article = {
        "id": "art_aaaaa",
        "title": HOSTILE,
        "url": "javascript:seen.push(6)",
        "path": [HOSTILE],
    }
    found = {"article": article, "passage": {"anchor": "", "text": HOSTILE}, "highlights": []}
    body = suggestion("answer", answer={"text": HOSTILE, "anchor": HOSTILE}, results=[found, found])
    visit.page.route(SUGGEST, answer(body))
    visit.page.route(
        "**/api/v1/articles/*",
        answer({**article, "locale": "ru", "content": HOSTILE_ARTICLE}),
    )
    visit.open().ask(HOSTILE).answered()
    expect(visit.page.locator(".bubble")).to_have_text(HOSTILE)
    expect(visit.page.locator(".quote")).to_have_text(HOSTILE)
    visit.page.locator(".card .row").click()
    prose = visit.page.locator(".prose")
    expect(prose.locator("b")).to_have_text("жирно & <b> A \ufffd")
    expect(visit.page.locator("article.reading > h3")).to_have_text(HOSTILE)
    assert (
        prose.locator("script, iframe, svg, form, input, style, template, math, img").count() == 0
    )
    assert (
        prose.locator("[onclick], [style], .panel, a[href^=javascript], a[href^=data]").count() == 0
    )
    expect(prose).to_contain_text("< p >не тег")
    visit.page.wait_for_load_state("networkidle")  # what it would load would be asked for by then
    settle(visit.page)
    assert visit.complaints() == []
