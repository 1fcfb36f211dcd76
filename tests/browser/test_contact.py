"""The contact page in a real browser: suggestions while writing, keyboard, no script, contrast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from kb.database.tables import handoffs
from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries import api_library
from tests.support.libraries.api_library import COURIER, services_of
from tests.support.libraries.browser_library import Requests
from tests.support.likelihood import make_likely

QUESTION = "when does the refund reach my card"
SUGGESTIONS = "**/contact/suggestions"
PART = (
    '<div data-offer data-announce="{0}"><input type="hidden" name="shown" value="{0}">'
    '<h2>{0}</h2><a href="/en/">{0}</a></div>'
)

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    app: Flask
    address: str

    def messages(self) -> list[str]:
        """Messages sent, masked."""
        with services_of(self.app).database.read() as connection:
            return list(connection.execute(select(handoffs.c.message)).scalars())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root: Path = tmp_path_factory.mktemp("contact-browser")
    api_library.build(root, with_encoder=False)
    patch = pytest.MonkeyPatch()
    make_likely(patch, 0.5, 0.9)
    app = api_library.application(
        root, smtp_url="smtp://mail.example.com", contact_email="help@example.com"
    )
    with served(app) as address:
        yield Site(app, address)
    api_library.close(app)
    patch.undo()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=site.address, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/en/contact")
    return page


def fill(page: Page, message: str = QUESTION) -> None:
    page.get_by_label("Your message", exact=True).fill(message)
    page.get_by_label("E-mail", exact=True).fill("anna@example.org")
    page.get_by_role("checkbox").check()


def test_writing_brings_suggestions_and_moves_no_focus(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    message = page.get_by_label("Your message", exact=True)
    message.press_sequentially(QUESTION)
    offer = page.get_by_role("region", name="What may answer your message")
    expect(offer.get_by_role("link", name="When the refund arrives")).to_be_visible()
    expect(page.locator("[data-contact-status]")).to_contain_text("may answer this")
    expect(message).to_be_focused()
    expect(message).to_have_value(QUESTION)
    assert "refund" not in page.url
    message.fill("call a human please")
    expect(offer).to_have_count(0)
    assert complaints == []


def test_a_danger_is_told_of_at_once_above_the_suggestions(page: Page) -> None:
    message = page.get_by_label("Your message", exact=True)
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(0)
    message.press_sequentially("smoke!")
    expect(alert).to_contain_text("Stop using the device")
    box = alert.element_handle()
    message.fill(f"smoke comes out of my charger, {QUESTION}")
    offer = page.get_by_role("region", name="What may answer your message")
    expect(offer.get_by_role("link", name="When the refund arrives")).to_be_visible()
    expect(offer.get_by_role("button")).to_have_count(0)
    tops = [one.bounding_box() for one in (alert, page.locator("[data-offer]"))]
    assert tops[0]
    assert tops[1]
    assert tops[0]["y"] + tops[0]["height"] <= tops[1]["y"]
    is_same = "(it) => it === document.querySelector('[data-safety]')"
    assert box.evaluate(is_same)  # so that it is not read out twice
    expect(message).to_be_focused()
    message.fill(QUESTION)
    expect(page.get_by_role("button", name="This answered it")).to_be_visible()
    expect(alert).to_be_empty()


def test_a_danger_is_told_of_when_asking_too_often_is_over(page: Page) -> None:
    answers = [429]

    def refuse_once(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(), headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route(SUGGESTIONS, refuse_once)
    page.get_by_label("Your message", exact=True).fill("smoke comes out of my charger")
    expect(page.get_by_role("alert")).to_contain_text("Stop using the device")
    assert answers == []


def test_an_answer_to_older_text_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.fulfill(status=200, content_type="text/html", body=PART.format("new"))
        else:
            held.append(route)

    requests = Requests(page)
    page.route(SUGGESTIONS, hold_the_first)
    message = page.get_by_label("Your message", exact=True)
    with page.expect_request(SUGGESTIONS):
        message.fill("the first question")
    message.fill("another question altogether")
    expect(page.locator("[data-offers] h2")).to_have_text("new")
    held[0].fulfill(status=200, content_type="text/html", body=PART.format("old"))
    requests.wait_for(held[0].request)
    expect(page.locator("[data-offers] h2")).to_have_text("new")


def test_only_the_message_is_sent_while_writing(page: Page) -> None:
    bodies: list[str] = []

    def note(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route(SUGGESTIONS, note)
    fill(page)
    with page.expect_response(SUGGESTIONS):
        page.get_by_label("Your message", exact=True).press_sequentially("?")
    assert QUESTION in bodies[-1]
    assert "anna@example.org" not in bodies[-1]


def test_the_form_is_sent_when_suggestions_fail(page: Page) -> None:
    page.route(SUGGESTIONS, lambda route: route.abort())
    fill(page, "call a human")
    with page.expect_request(SUGGESTIONS):
        page.get_by_label("Your message", exact=True).press_sequentially(" please")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your message has been sent")).to_be_visible()


def test_what_was_seen_while_writing_is_no_detour(page: Page, site: Site) -> None:
    before = len(site.messages())
    fill(page)
    expect(page.locator("[data-offer]")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your message has been sent")).to_be_visible()
    expect(page.get_by_text("Reference number: ho_")).to_be_visible()
    page.reload()
    assert len(site.messages()) == before + 1
    page.goto("/en/contact")
    expect(page.get_by_label("Your message", exact=True)).to_have_value(
        ""
    )  # the draft is forgotten


def test_this_answered_it_ends_the_matter(page: Page, site: Site) -> None:
    before = len(site.messages())
    page.get_by_label("Your message", exact=True).fill(QUESTION)
    page.get_by_role("button", name="This answered it").click()
    expect(page.get_by_role("heading", name="Good to know that it helped")).to_be_visible()
    assert len(site.messages()) == before
    page.goto("/en/contact")
    expect(page.get_by_label("Your message", exact=True)).to_have_value("")


def test_the_draft_survives_a_look_at_an_article(page: Page) -> None:
    fill(page)
    expect(page.locator("[data-offer]")).to_be_visible()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="When the refund arrives").click()
    popup.value.wait_for_url("**/refund-timing*")
    expect(page.get_by_label("Your message", exact=True)).to_have_value(QUESTION)
    page.goto("/en/")
    page.goto("/ru/contact")
    expect(page.get_by_label("Ваше сообщение", exact=True)).to_have_value(QUESTION)
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def test_it_is_sent_by_keyboard_alone(page: Page) -> None:
    page.get_by_label("Your message", exact=True).focus()
    page.keyboard.type("call a human please, from the keyboard")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "email":
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # in a text field: as the button Send
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    page.keyboard.type("anna@example.org")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your message has been sent")).to_be_visible()


def test_all_of_it_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/en/contact?about={COURIER}")
    expect(page.get_by_text("About: Courier delivery")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    fill(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Before you send: this may answer it")).to_be_visible()
    page.get_by_text("Look over or change what you wrote").click()
    expect(page.get_by_label("Your message", exact=True)).to_have_value(QUESTION)
    page.get_by_label("Order number").fill("A-17")
    page.get_by_role("button", name="Send to a person").click()
    expect(page.get_by_text("Reference number: ho_")).to_be_visible()
    assert site.messages()[-1] == QUESTION
    context.close()


@pytest.mark.campaign
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_state_has_accessibility_faults_or_is_too_wide(
    browser: Browser, site: Site, theme: str, campaign: Campaign
) -> None:
    context = browser.new_context(
        base_url=site.address,
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
        bypass_csp=True,  # the checker is a script of its own
    )
    page = context.new_page()
    messages = (("en", QUESTION), ("ru", "Когда вернутся деньги на карту"))
    for lang, text in campaign.some(messages, 1):
        page.goto(f"/{lang}/contact?about={COURIER}")
        check(page, f"{lang} empty")
        main = page.locator(".contact-main")
        main.click()
        page.get_by_role("alert").wait_for()
        check(page, f"{lang} errors")
        page.route(SUGGESTIONS, lambda route: route.abort())
        page.locator("#message").fill(text)
        page.locator("#email").fill("anna@example.org")
        page.locator("#consent").check()
        main.click()
        page.locator(".contact-offered").wait_for()
        check(page, f"{lang} offered")
        page.locator("summary").last.click()
        check(page, f"{lang} offered and opened")
        main.click()
        page.locator(".contact-done").wait_for()
        check(page, f"{lang} sent")
        page.unroute(SUGGESTIONS)
        page.goto(f"/{lang}/contact")
        page.locator("#message").fill(text)
        page.locator("[data-offer]").wait_for()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            check(page, f"{lang} while writing at {width}")
            page.locator("#message").fill(f"smoke comes out, {text}")
            page.locator(".contact-safety").wait_for()
            check(page, f"{lang} while writing of a danger at {width}")
            page.locator("#message").fill(text)
            page.locator("[data-solved]").wait_for()
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator("#message").fill("")
    context.close()


def check(page: Page, state: str) -> None:
    assert accessibility_faults(page) == [], state
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, state
