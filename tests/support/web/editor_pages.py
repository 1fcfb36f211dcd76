"""Pages of the editor in a real browser: people who sign in there, write, paste and save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from kb.drafts.model import Author
from tests.support.repositories import ARTICLE
from tests.support.web.editor_library import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

EDIT = f"/staff/articles/edit/{ARTICLE}"
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAA"
    "AABJRU5ErkJggg=="
)
_PASTE = """
([target, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "box.png", { type: "image/png" }));
  const options = { clipboardData: carried, bubbles: true, cancelable: true };
  const event = new ClipboardEvent("paste", options);
  document.querySelector(target).dispatchEvent(event);
}
"""


class Open(Protocol):
    """Opens a page of somebody, signed in; options are those of a browser context."""

    def __call__(self, person: Author, path: str = "", **options: object) -> Page: ...


@contextmanager
def opening(browser: Browser, base_url: str) -> Iterator[Open]:
    """Pages of people who have signed in; nothing goes wrong in them unnoticed."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(person: Author, path: str = "", **options: object) -> Page:
        given = {"base_url": base_url, "locale": "en-GB", "bypass_csp": False, **options}
        context = browser.new_context(**given)  # type: ignore[arg-type]  # as Playwright has them
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto("/agent/sign-in")
        sign_in(page, person)
        page.wait_for_url(f"{base_url}/staff/articles")
        if path:
            page.goto(path)
            if options.get("java_script_enabled", True):
                ready(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in complaints if "Failed to load resource" not in one] == []


def sign_in(page: Page, person: Author) -> None:
    """Fill the form of a page that asks for it."""
    page.locator("#email").fill(person.email)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")


def ready(page: Page) -> None:
    """Wait for the scripts of the editor, where the page is one; it waits for others by itself."""
    from playwright.sync_api import expect

    scripted = page.evaluate("Boolean(document.querySelector('[data-desk]'))")
    if scripted:
        expect(page.locator("[data-desk].is-enhanced")).to_be_attached()


def write(page: Page, words: str, *, at: str = "Control+End") -> None:
    page.locator(".cm-content").click()
    page.keyboard.press(at)
    page.keyboard.insert_text(words)


def save(page: Page) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("Control+s")
    expect(page.locator("[data-said]")).to_contain_text("Saved.")


def paste_picture(page: Page, description: str) -> None:
    """Paste one into the text and say what it shows."""
    page.evaluate(_PASTE, [".cm-content", PNG])
    page.get_by_label("What it shows").fill(description)
    page.get_by_role("button", name="Put it into the text").click()
