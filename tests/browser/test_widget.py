"""The widget in a real browser: in the demo shop, on another origin than the help centre, under
the strictest policy, with the really started server answering. Only what a healthy server never
says is put in between: silence, faults, hostile texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

from bench.server import reserved_port, running
from tests.support.browser_fixture import accessibility_faults
from tests.support.browser_library import settle, wait_at_rest
from tests.support.waiting import PATIENCE_S

pytestmark = pytest.mark.browser

ANSWERED = "Когда вернутся деньги за возврат на карту?"
SOURCE = "Когда вернутся деньги за возврат"
OFFERED = "пылесос шумит и не едет"
FOR_A_PERSON = "позовите оператора"
SUGGEST, HANDOFFS = "**/api/v1/suggest", "**/api/v1/handoffs"
CONTACT = "help@nordvolt.example"
SLOW_MS = 120_000
"""For what the real server answers; a loaded machine is no failure."""

WATCH = """
window.seen = [];
document.addEventListener("securitypolicyviolation",
  (e) => seen.push(`policy: ${e.violatedDirective} ${e.blockedURI}`));
addEventListener("error", (e) => seen.push(`error: ${e.message}`));
addEventListener("unhandledrejection", (e) => seen.push(`rejection: ${e.reason}`));
"""


class Mailbox:
    """Takes letters like a mail server and keeps them."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(letter)
        return "250 taken"

    def texts(self) -> str:
        bodies = [letter.get_body(("plain",)) for letter in self.letters]
        return "\n".join(body.get_content() for body in bodies if body)


@dataclass(frozen=True)
class Place:
    """Where everything runs: the help centre, the shop, and the mailbox of the people."""

    help: str
    shop: str
    mailbox: Mailbox


@pytest.fixture(scope="module")
def place(sample_settings: dict[str, str]) -> Iterator[Place]:
    mailbox = Mailbox()
    with reserved_port() as port:
        mail = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_S)
        mail.start()
    settings = {**sample_settings, "KB_SITE_NAME": "Nordvolt", "KB_WORKERS": "1"}
    with_mail = {"KB_SMTP_URL": f"smtp://127.0.0.1:{port}", "KB_HANDOFF_CHANNEL": "email"}
    with running({**settings, **with_mail}) as help_centre:
        of_the_shop = {"KB_PUBLIC_URL": help_centre.url, "KB_EMBEDDED_WORKER": "0"}
        with running({**settings, **of_the_shop}) as shop:
            yield Place(help_centre.url, shop.url, mailbox)
    mail.stop()


@dataclass
class Visit:
    """A customer in the shop. `requests` are the addresses asked for."""

    page: Page
    place: Place
    requests: list[str] = field(default_factory=list)

    def go(self, query: str = "lang=ru") -> Visit:
        self.page.goto(f"{self.place.shop}/demo/shop?{query}")
        return self

    def open(self, query: str = "lang=ru") -> Visit:
        self.go(query)
        self.page.locator("button.launcher").click()
        expect(self.panel).to_be_visible(timeout=SLOW_MS)
        return self

    def ask(self, text: str) -> Visit:
        self.question.fill(text)
        self.question.press("Enter")
        return self

    def answered(self) -> Visit:
        expect(self.page.locator(".quote")).to_be_visible(timeout=SLOW_MS)
        return self

    def offered(self) -> Visit:
        expect(self.page.locator(".results .none")).to_be_visible(timeout=SLOW_MS)
        return self

    def at_the_form(self) -> Visit:
        expect(self.message).to_be_visible(timeout=SLOW_MS)
        return self

    def call(self, *args: object) -> Any:
        """HelpWidget(...), and what it resolves with."""
        return self.page.evaluate("(args) => HelpWidget(...args)", list(args))

    def until(self, condition: str) -> None:
        """Wait for an expression; the browser's own way needs eval, which the policy forbids."""
        for _ in range(SLOW_MS // 50):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"in vain: {condition}")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel").first

    @property
    def question(self) -> Locator:
        return self.page.locator(".composer textarea")

    @property
    def message(self) -> Locator:
        return self.page.locator("#field-message")

    @property
    def person(self) -> Locator:
        return self.page.locator("button.person")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def fill_in(self, email: str = "anna@example.org") -> None:
        self.page.locator("#field-email").fill(email)
        self.page.locator("#field-name").fill("Анна")
        self.page.locator("#field-consent").check()

    def complaints(self) -> list[str]:
        """Violations of the policy, uncaught faults, and requests to other hosts."""
        seen: list[str] = self.page.evaluate("window.seen")
        known = (self.place.help, self.place.shop)
        return seen + [url for url in self.requests if not url.startswith(known)]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, place: Place) -> Visit:
    return visitor(context, place)


def visitor(context: BrowserContext, place: Place) -> Visit:
    context.add_init_script(WATCH)
    visit = Visit(context.new_page(), place)
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    return visit


def answer(body: object, status: int = 200, kind: str = "application/json") -> Callable[..., None]:
    """What a route answers instead of the server, to any origin."""
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Access-Control-Allow-Origin": "*"}

    def fulfil(route: Route) -> None:
        route.fulfill(status=status, content_type=kind, headers=headers, body=text)

    return fulfil


def sent_in(request: Request) -> dict[str, Any]:
    body = request.post_data_json
    assert isinstance(body, dict)
    return body


def suggestion(action: str, reason: str = "confident", **more: object) -> dict[str, object]:
    return {
        "suggestion_id": "sug_0123456789abcdef",
        "decision": {"action": action, "reason": reason},
        "answer": None,
        "results": [],
        "interaction_token": "it_none",
        **more,
    }


def keep_silent(route: Route) -> None:
    """Neither an answer nor a fault."""


# A whole visit


def test_whole_visit_breaks_no_policy_and_stays_between_shop_and_help(
    visit: Visit, context: BrowserContext, place: Place
) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    expect(visit.page.locator(".prose h4").first).to_be_visible()
    image = visit.page.locator(".prose img").first
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    visit.person.click()
    visit.at_the_form().fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    assert visit.complaints() == []
    assert context.cookies() == []
    assert visit.page.evaluate("localStorage.length") == 0
    hosts = {urlsplit(url).netloc for url in visit.requests}
    assert hosts == {urlsplit(place.help).netloc, urlsplit(place.shop).netloc}


def test_nothing_but_the_loader_comes_before_it_is_wanted(visit: Visit, place: Place) -> None:
    visit.go()
    expect(visit.page.locator("button.launcher")).to_be_visible()
    from_help = [url for url in visit.requests if url.startswith(place.help)]
    assert len(from_help) <= 2
    assert all(re.search(r"/widget/(v1\.js|config)", url) for url in from_help)
    visit.page.locator("button.launcher").hover()
    expect(visit.page.locator("link[rel=modulepreload]").first).to_be_attached()


# Answer, offer, person


def test_answer_is_quoted_with_its_source(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    expect(visit.page.locator(".card .row-title")).to_have_text(SOURCE)
    expect(visit.page.locator(".card .path")).to_have_text("Вопросы и ответы › Возврат и обмен")
    expect(visit.page.get_by_text("Это помогло?")).to_be_visible()
    expect(visit.person).to_be_visible()


def test_yes_is_told_and_ends_the_matter(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    with visit.page.expect_response("**/api/v1/feedback") as told:
        visit.button("Да").click()
    assert told.value.ok
    assert sent_in(told.value.request)["verdict"] == "solved"
    expect(visit.page.locator(".thanks")).to_be_focused()
    visit.button("Задать другой вопрос").click()
    expect(visit.page.get_by_role("heading", name="Чем помочь?")).to_be_visible()
    expect(visit.page.locator(".bubble")).to_have_count(0)


def test_no_leads_to_a_person_with_what_was_written(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    with visit.page.expect_response("**/api/v1/feedback") as told:
        visit.button("Нет, нужен человек").click()
    assert told.value.ok
    visit.at_the_form()
    expect(visit.message).to_have_value(ANSWERED)


def test_article_opens_inside_and_asks_after_a_while(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    article = visit.page.locator("article.reading")
    expect(article.get_by_role("heading", name=SOURCE, exact=True)).to_be_visible()
    expect(article.locator("table")).to_have_count(1)
    expect(article.locator(".asking .verdict")).to_be_visible(timeout=SLOW_MS)
    expect(visit.page.get_by_role("status").last).to_have_text("Это помогло?")
    visit.button("Назад").click()
    expect(visit.page.locator(".quote")).to_be_visible()
    expect(visit.button("Нет, нужен человек")).to_be_visible()


def test_links_between_articles_stay_in_the_panel(visit: Visit, place: Place) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    link = visit.page.locator(".prose a", has_text="снятие блокировки")
    link.click()
    expect(visit.page.locator("article.reading > h3")).not_to_have_text(SOURCE)
    outside = visit.page.locator(".outside a")
    expect(outside).to_have_attribute("rel", "noopener")
    expect(outside).to_have_attribute("target", "_blank")
    expect(outside).to_have_attribute("href", re.compile(re.escape(place.help)))
    visit.button("Назад").click()
    expect(visit.page.locator("article.reading > h3")).to_have_text(SOURCE)


def test_offer_shows_up_to_three_and_asks_about_what_was_opened(visit: Visit) -> None:
    visit.open().ask(OFFERED).offered()
    rows = visit.page.locator(".results .row")
    assert 1 <= rows.count() <= 3
    expect(rows.first.locator(".row-passage")).to_be_visible()
    title = rows.first.locator(".row-title").inner_text()
    rows.first.click()
    expect(visit.page.locator("article.reading > h3")).to_have_text(title)
    visit.button("Назад").click()
    expect(visit.page.get_by_text(f"Статья «{title}» помогла?")).to_be_visible()


def test_second_list_in_vain_leads_to_a_person(visit: Visit) -> None:
    visit.open().ask(OFFERED).offered()
    visit.button("Ничего не подошло").click()
    expect(visit.page.locator(".reply")).to_contain_text("другими словами")
    visit.ask("роутер греется").offered()
    visit.button("Ничего не подошло").click()
    visit.at_the_form()
    expect(visit.message).to_have_value(f"{OFFERED}\n\nроутер греется")


def test_whoever_asks_for_a_person_gets_the_form(visit: Visit) -> None:
    visit.open().ask(FOR_A_PERSON).at_the_form()
    expect(visit.message).to_have_value(FOR_A_PERSON)


@pytest.mark.parametrize("text", ["здравствуйте", "а?"])
def test_greetings_are_asked_for_the_question(visit: Visit, text: str) -> None:
    visit.open().ask(text)
    expect(visit.page.locator(".reply")).to_contain_text("Опишите вопрос", timeout=SLOW_MS)
    expect(visit.question).to_be_focused()
    expect(visit.person).to_be_visible()


def test_long_message_is_cut_for_search_and_whole_for_people(visit: Visit) -> None:
    text = f"{FOR_A_PERSON} " + "очень " * 600 + "нужно"
    visit.open()
    with visit.page.expect_request(SUGGEST) as asked:
        visit.ask(text)
    assert len(sent_in(asked.value)["message"]) == 2000
    visit.at_the_form()
    expect(visit.message).to_have_value(text)


# Passing it on


def test_question_reaches_the_people_with_what_was_tried(visit: Visit, place: Place) -> None:
    words = "Прошло две недели, денег за наушники нет. Номер 7731."
    visit.open().ask(ANSWERED).answered()
    visit.button("Нет, нужен человек").click()
    visit.at_the_form()
    visit.message.fill(words)
    visit.fill_in()
    with visit.page.expect_response(HANDOFFS) as made:
        visit.button("Отправить").click()
    assert made.value.status == 201
    sent = made.value.request
    assert sent.headers["idempotency-key"].count("-") == 4
    assert sent_in(sent)["consent"]["accepted"] is True
    assert "?" not in sent_in(sent)["context"]["page_url"]
    expect(visit.page.locator(".sent h3")).to_be_focused(timeout=SLOW_MS)
    expect(visit.page.locator(".sent")).to_contain_text("anna@example.org")
    with visit.page.expect_response(
        lambda response: "handoffs/status" in response.url and "delivered" in response.text(),
        timeout=SLOW_MS,
    ):
        pass
    letter = place.mailbox.texts()
    assert words in letter
    assert SOURCE in letter


def test_form_says_what_is_missing(visit: Visit) -> None:
    visit.open()
    visit.person.click()
    visit.button("Отправить").click()
    expect(visit.message).to_be_focused()
    expect(visit.message).to_have_attribute("aria-invalid", "true")
    expect(visit.message).to_have_accessible_description("Напишите, что случилось.")
    visit.message.fill("Не работает")
    expect(visit.message).not_to_have_attribute("aria-invalid", "true")
    visit.page.locator("#field-email").fill("не адрес")
    visit.button("Отправить").click()
    expect(visit.page.locator("#error-email")).to_contain_text("Проверьте адрес")
    expect(visit.page.locator("#error-consent")).to_contain_text("Отметьте согласие")


def test_errors_of_the_server_stand_at_their_fields(visit: Visit) -> None:
    problem = {"code": "validation_failed", "errors": [{"pointer": "/contact/email"}]}
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.page.route(HANDOFFS, answer(problem, 422, "application/problem+json"))
    visit.button("Отправить").click()
    expect(visit.page.locator("#error-email")).to_be_visible()
    expect(visit.page.locator("#field-email")).to_be_focused()
    expect(visit.message).to_have_value("Не работает")


def test_known_customer_finds_the_address_filled_in(visit: Visit) -> None:
    visit.open()
    visit.call("identify", {"id": "u1", "name": "Анна", "email": "anna@example.org", "hash": "00"})
    visit.person.click()
    expect(visit.page.locator("#field-email")).to_have_value("anna@example.org")
    expect(visit.page.locator("#field-consent")).not_to_be_checked()


def test_what_was_typed_survives_leaving_the_form(visit: Visit) -> None:
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает пульт")
    visit.button("Назад").click()
    visit.button("Закрыть помощь").click()
    visit.page.locator("button.launcher").click()
    visit.person.click()
    expect(visit.message).to_have_value("Не работает пульт")


def test_old_tokens_do_not_stand_in_the_way(visit: Visit) -> None:
    kept = {"id": "ses_0123456789abcdef", "tokens": ["it_of_yesterday"], "failures": 0}
    visit.page.add_init_script(f"sessionStorage.setItem('help-widget', '{json.dumps(kept)}')")
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)


# Failures: the customer always reaches people


FAILURES: dict[str, Callable[..., None]] = {
    "no network": lambda route: route.abort(),
    "silence": keep_silent,
    "too many": answer({"code": "rate_limited"}, 429, "application/problem+json"),
    "fault": answer({"code": "internal_error"}, 500, "application/problem+json"),
    "wrong key": answer({"code": "key_invalid"}, 401, "application/problem+json"),
    "a page": answer("<!doctype html><h1>502</h1>", 200, "text/html"),
    "other JSON": answer({"hello": 1}),
    "unknown action": answer(suggestion("dance")),
    "answer without text": answer(suggestion("answer")),
}


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
    """What a script can leave on a page."""
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


def fits(visit: Visit) -> bool:
    """Nothing is wider than its place."""
    is_fine: bool = visit.page.locator(".content").first.evaluate(
        "(e) => e.scrollWidth <= e.clientWidth"
        " && document.documentElement.scrollWidth <= innerWidth"
    )
    return is_fine


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
