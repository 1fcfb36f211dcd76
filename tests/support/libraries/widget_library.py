"""The widget in a demo shop, on another origin than the help centre: a visit, and answers that a
healthy server never gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

ANSWERED = "Когда вернутся деньги за возврат на карту?"
SOURCE = "Когда вернутся деньги за возврат"
OFFERED = "гарантия"
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
    """Addresses of all that runs: the help centre, the shop, and the mailbox of the people."""

    help: str
    shop: str
    mailbox: Mailbox


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


def visitor(context: BrowserContext, place: Place) -> Visit:
    context.add_init_script(WATCH)
    visit = Visit(context.new_page(), place)
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    return visit


def answer(body: object, status: int = 200, kind: str = "application/json") -> Callable[..., None]:
    """Reply a route gives instead of the server, to any origin."""
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


def fits(visit: Visit) -> bool:
    """Nothing is wider than its place."""
    is_fine: bool = visit.page.locator(".content").first.evaluate(
        "(e) => e.scrollWidth <= e.clientWidth"
        " && document.documentElement.scrollWidth <= innerWidth"
    )
    return is_fine


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
