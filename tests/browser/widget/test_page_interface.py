"""Interface of the widget to pages: calls, events, adapters, chats, modes."""

from __future__ import annotations

import pytest
from playwright.sync_api import (
    expect,
)

from tests.support.libraries.browser_library import settle
from tests.support.libraries.widget_library import (
    ANSWERED,
    CONTACT,
    FOR_A_PERSON,
    HANDOFFS,
    SLOW_MS,
    SOURCE,
    SUGGEST,
    Visit,
    sent_in,
)

pytestmark = pytest.mark.browser


# The interface for pages


STUB = """
window.HelpWidget = function (...args) {
  const call = args;
  (HelpWidget.q = HelpWidget.q || []).push(call);
  return new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
};
"""


def test_calls_before_the_loader_are_answered(visit: Visit) -> None:
    visit.page.add_init_script(
        STUB + "window.early = HelpWidget('suggest', 'позовите оператора');"
        " window.heard = []; HelpWidget('on', 'ready', () => heard.push('ready'));"
        " HelpWidget('on', 'open', () => heard.push('open')); HelpWidget('open');"
    )
    visit.go()
    expect(visit.panel).to_be_visible(timeout=SLOW_MS)
    decision = visit.page.evaluate("early.then((answer) => answer.decision)")
    assert (decision["action"], decision["reason"]) == ("handoff", "user_requested")
    visit.until("heard.length === 2")


def test_plain_queue_of_arguments_works_too(visit: Visit) -> None:
    visit.page.add_init_script(
        "window.HelpWidget = function () {"
        " (HelpWidget.q = HelpWidget.q || []).push(arguments) };"
        " HelpWidget('ask', 'позовите оператора')"
    )
    visit.go()
    visit.at_the_form()


def test_headless_suggest_shows_nothing_and_never_fails(visit: Visit) -> None:
    visit.go()
    answer_ = visit.call("suggest", ANSWERED)
    assert answer_["decision"]["action"] == "answer"
    expect(visit.panel).to_be_hidden()
    visit.page.route(SUGGEST, lambda route: route.abort())
    assert visit.call("suggest", ANSWERED)["decision"] == {
        "action": "handoff",
        "reason": "unavailable",
    }


def test_search_article_and_show_have_screens(visit: Visit) -> None:
    visit.go()
    visit.call("search", "возврат")
    rows = visit.page.locator(".rows.cards .row")
    expect(rows.first).to_be_visible()
    ids = visit.page.evaluate(
        "HelpWidget('suggest', 'возврат денег').then((a) => a.results.map((r) => r.article.id))"
    )
    visit.call("show", ids[:2])
    expect(rows).to_have_count(2)
    visit.call("article", ids[0])
    expect(visit.page.locator("article.reading .prose")).not_to_be_empty()


def test_events_are_told_to_the_page(visit: Visit) -> None:
    visit.go()
    visit.page.evaluate(
        """() => { window.heard = []; window.counted = 0; window.count = () => { counted += 1; };
        for (const name of ["open", "suggest", "close", "handoff:start", "error"]) {
          document.addEventListener(`help:${name}`, (e) => heard.push([name, e.detail]));
        }
        HelpWidget("once", "open", count); }"""
    )
    visit.call("ask", ANSWERED)
    visit.call("close")
    visit.call("open")
    visit.call("handoff", {"message": "Привет", "reason": "user_requested"})
    heard = visit.page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "suggest", "close", "open", "handoff:start"]
    assert heard[1][1]["action"] == "answer"
    assert visit.page.evaluate("counted") == 1


def test_unknown_calls_are_rejected_without_a_trace(visit: Visit) -> None:
    visit.open()
    said = visit.page.evaluate("HelpWidget('explode').catch((error) => String(error))")
    assert said == "TypeError: HelpWidget has no explode"
    visit.page.evaluate("HelpWidget('constructor'); HelpWidget('__proto__'); null")
    settle(visit.page)
    assert visit.complaints() == []


def test_adapter_of_the_page_takes_the_packet(visit: Visit) -> None:
    visit.go()
    visit.page.evaluate(
        "HelpWidget('onHandoff', async (p) => { window.packet = p; return { handled: true } })"
    )
    visit.call("context", {"order": "17"})
    visit.call("ask", ANSWERED)
    with visit.page.expect_response(HANDOFFS) as made:
        visit.button("Нет, нужен человек").click()
    assert made.value.status == 201
    sent = sent_in(made.value.request)
    assert sent["channel"] == "client"
    assert "contact" not in sent
    expect(visit.panel).to_be_hidden()
    packet = visit.page.evaluate("packet")
    assert packet["message"] == ANSWERED
    assert packet["attributes"] == {"order": "17"}
    assert packet["tried"][0]["shown"][0]["title"] == SOURCE


@pytest.mark.parametrize(
    "adapter", ["async () => ({ handled: false })", "async () => { throw new Error('no chat') }"]
)
def test_adapter_that_does_not_take_it_leaves_the_form(visit: Visit, adapter: str) -> None:
    visit.go()
    visit.page.evaluate(f"HelpWidget('onHandoff', {adapter})")
    visit.call("ask", ANSWERED)
    visit.button("Нет, нужен человек").click()
    visit.at_the_form()
    expect(visit.page.locator("#field-email")).to_be_visible()
    expect(visit.message).to_have_value(ANSWERED)
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    assert visit.complaints() == []


CHATS = {
    "chatwoot": "window.$chatwoot = { setConversationCustomAttributes: (a) => calls.push(a),"
    " setLabel: (l) => calls.push(l), toggle: (t) => calls.push(t) }",
    "jivo": "window.jivo_api = { setCustomData: (a) => calls.push(a),"
    " open: () => calls.push('open') }",
    "zendesk": "window.zE = (...a) => calls.push(a.join(' '))",
}


@pytest.mark.parametrize("chat", CHATS)
def test_chat_of_the_shop_opens(visit: Visit, chat: str) -> None:
    visit.page.add_init_script(f"window.calls = []; {CHATS[chat]}")
    visit.open(f"lang=ru&handoff={chat}").ask(FOR_A_PERSON)
    visit.until("calls.length > 1")
    assert "open" in str(visit.page.evaluate("calls.at(-1)"))
    expect(visit.panel).to_be_hidden()


def test_without_the_chat_of_the_shop_there_is_the_form(visit: Visit) -> None:
    visit.open("lang=ru&handoff=chatwoot").ask(FOR_A_PERSON).at_the_form()
    expect(visit.page.locator("#field-email")).to_be_visible()


def test_handoff_as_an_event(visit: Visit) -> None:
    visit.go("lang=ru&handoff=event")
    visit.page.evaluate("document.addEventListener('help:handoff', (e) => { window.p = e.detail })")
    visit.call("ask", FOR_A_PERSON)
    visit.until("window.p")
    assert visit.page.evaluate("p.message") == FOR_A_PERSON


def test_no_handoff_means_the_address(visit: Visit) -> None:
    visit.open("lang=ru&handoff=none")
    visit.person.click()
    expect(visit.page.locator(".direct .address")).to_contain_text(CONTACT)


def test_session_lasts_for_the_tab_until_reset(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    before = visit.call("info")["sessionId"]
    assert before.startswith("ses_")
    visit.open()
    assert visit.call("info")["sessionId"] == before
    visit.call("reset")
    assert visit.call("info")["sessionId"] != before
    assert "возврат" not in visit.page.evaluate("JSON.stringify(sessionStorage)")


def test_link_of_the_page_opens_it(visit: Visit) -> None:
    visit.go()
    visit.page.get_by_role("link", name="Вопрос по заказу").click()
    expect(visit.panel).to_be_visible(timeout=SLOW_MS)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("link", name="Вопрос по заказу")).to_be_focused()


# Modes


def test_ask_first_begins_with_a_person(visit: Visit) -> None:
    visit.open("lang=ru&mode=ask-first").at_the_form()
    visit.button("Сначала поискать в статьях").click()
    visit.ask(ANSWERED).answered()


def test_self_service_looks_before_it_sends(visit: Visit) -> None:
    visit.open("lang=ru&mode=self-service")
    visit.person.click()
    visit.message.fill(ANSWERED)
    visit.fill_in()
    visit.button("Отправить").click()
    visit.answered()
    visit.person.click()
    expect(visit.page.locator("#field-email")).to_have_value("anna@example.org")
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)


def test_self_service_sends_by_itself_what_no_article_answers(visit: Visit) -> None:
    visit.open("lang=ru&mode=self-service")
    visit.person.click()
    visit.message.fill(FOR_A_PERSON)
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
