"""Articles written in a real browser: preview, pictures, review, conflict, keys, no script."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.drafts import changes, saves
from tests.support.fixtures.browser_fixture import accessibility_faults, served
from tests.support.libraries.browser_library import HeldScripts
from tests.support.patience import wait_until
from tests.support.repositories import ANNA, ARTICLE, BEN, LENA, OTHER, RITA, Workplace
from tests.support.web import editor_library
from tests.support.web.editor_pages import (
    EDIT,
    PNG,
    Open,
    opening,
    paste_picture,
    ready,
    save,
    sign_in,
    write,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, str]]:
    prepared = tmp_path_factory.mktemp("editor-browser")
    editor_library.prepare(prepared)
    folder = tmp_path_factory.mktemp("editor-copy")
    place, app = editor_library.copied(prepared, folder)
    chosen = editor_library.config(place, folder)
    with editor_library.trying(chosen), served(app) as address:
        yield place, address
    editor_library.close(app)


@pytest.fixture
def open_as(browser: Browser, site: tuple[Workplace, str]) -> Iterator[Open]:
    with opening(browser, site[1]) as opened:
        yield opened


def test_from_the_first_word_to_readers(open_as: Open, site: tuple[Workplace, str]) -> None:
    """Write, see, paste a picture, save, ask for review, publish, bring back."""
    page = open_as(ANNA, EDIT)
    write(page, "\n\n## A new part\n\nSee [it](gone.md).\n")
    preview = page.locator("[data-look-place]")
    expect(preview.get_by_role("heading", name="A new part")).to_be_visible()
    expect(page.locator("[data-problem-count]")).to_have_text("1")
    page.get_by_role("tab", name="Problems").click()
    page.get_by_role("button", name="Line").click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.insert_text("All is well.")
    expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible()
    page.get_by_role("tab", name="Search").click()
    expect(page.locator("[data-search-place]")).to_contain_text("Refund")
    paste_picture(page, "A box [closed]")
    expect(page.locator(".cm-content")).to_contain_text("![A box \\[closed\\]](../../../media/")
    page.get_by_role("tab", name="Look").click()
    expect(preview.get_by_alt_text("A box [closed]")).to_be_visible()
    save(page)
    page.reload()
    ready(page)
    page.get_by_role("link", name="Look at the change").click()
    page.get_by_label("A word about it").fill("Please look")
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_text("Sent to review.")).to_be_visible()
    reviewer = open_as(RITA, f"/staff/articles/review/{ARTICLE}")
    expect(reviewer.get_by_text("Please look")).to_be_visible()
    reviewer.get_by_role("button", name="Publish").click()
    expect(reviewer.get_by_text("Published. Readers have it")).to_be_visible()
    assert "All is well." in site[0].remote_text(f"articles/{ARTICLE}.md")
    page.goto(f"/staff/articles/history/{ARTICLE}")
    page.get_by_role("button", name="Bring back").last.click()
    expect(page.get_by_text("That version was saved anew.")).to_be_visible()
    ready(page)
    expect(page.locator(".cm-content")).not_to_contain_text("All is well.")


def test_two_at_once_settle_their_places(open_as: Open) -> None:
    anna, ben = (open_as(one, f"/staff/articles/edit/{OTHER}") for one in (ANNA, BEN))
    for page in (anna, ben):
        expect(page.locator(".cm-content")).to_contain_text("First paragraph.")
    write(anna, "Anna: ", at="Control+Home")
    save(anna)
    write(ben, "Ben: ", at="Control+Home")
    ben.keyboard.press("Control+s")
    place = ben.locator("[data-conflict]")
    expect(place).to_contain_text("Anna: First paragraph.")
    expect(place).to_contain_text("Ben: First paragraph.")
    ben.get_by_role("button", name="Take both").click()
    expect(ben.locator("[data-left]")).to_be_empty()
    ben.keyboard.press("Control+s")
    expect(ben.locator(".cm-content")).to_contain_text("Ben: First paragraph.")
    expect(ben.locator(".cm-content")).to_contain_text("Anna: First paragraph.")


def test_words_outlive_the_page(open_as: Open) -> None:
    page = open_as(ANNA, EDIT)
    write(page, "Words nobody saved.")
    wait_until(lambda: page.evaluate("sessionStorage.length") == 1)
    page.on("dialog", lambda dialog: dialog.accept())  # the page asks before it is left
    page.reload()
    ready(page)
    page.get_by_role("button", name="Take them back").click()
    expect(page.locator(".cm-content")).to_contain_text("Words nobody saved.")


def test_a_session_that_ended_keeps_the_words(open_as: Open) -> None:
    page = open_as(ANNA, EDIT)
    write(page, "Words of a long day.")
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-said]")).to_contain_text("you are signed out")
    expect(page.locator("[data-said]").get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("Words of a long day.")


def test_by_keys_alone(open_as: Open) -> None:
    page = open_as(ANNA, EDIT)
    page.get_by_label("Title").focus()
    page.get_by_label("Who may read it").focus()
    page.keyboard.press("Tab")
    for _ in range(20):  # through the tools into the text
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n- one\ntwo\n")
    page.keyboard.press("Tab")  # leads out of the text
    assert not page.evaluate("document.activeElement.classList.contains('cm-content')")
    expect(page.locator("[data-look-place] li", has_text="two")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-said]")).to_contain_text("Saved.")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["1. one", "two", "three", "", "after"], "1. one\n2. two\n3. three\n\nafter"),
        (["1. one", "", "after"], "1. one\n\nafter"),
        (["- one", "two", "", "after"], "- one\n- two\n\nafter"),
        (["> - one", "two", "", "after"], "> - one\n> - two\n>\n> after"),
    ],
)
def test_enter_twice_leaves_a_list(open_as: Open, typed: list[str], kept: str) -> None:
    page = open_as(ANNA, EDIT)
    write(page, "", at="Control+a")
    page.keyboard.press("Delete")
    for number, line in enumerate(typed):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.type(line)
    shown = page.locator(".cm-line").all_text_contents()
    assert "\n".join(line.rstrip() for line in shown) == kept


STATES = {
    "desk": EDIT,
    "problems": EDIT,
    "picture": "",
    "file": f"{EDIT}?as=file",
    "review": f"/staff/articles/review/{ARTICLE}",
    "place": f"/staff/articles/place/{ARTICLE}",
    "history": f"/staff/articles/history/{ARTICLE}",
    "list": "/staff/articles?done=unsent",
    "new": "/staff/articles/new",
    "people": "/staff/people",
    "refusal": "/staff/articles/edit/en/guides/none/none",
    "conflict": "",
}
"""Every page and what opens on it, with the address it is reached by; "" from the one before."""


def go_into_conflict(page: Page, place: Workplace) -> None:
    """Write what somebody else has changed meanwhile, and save it."""
    page.goto(f"/staff/articles/edit/{OTHER}")
    ready(page)
    opened = changes.opened(place.clone, OTHER, author=BEN)
    theirs = opened.text.replace("paragraph", "paragraph of Ben's, changed again")
    saves.save(place.clone, OTHER, theirs, base=opened.revision, author=BEN)
    write(page, "Mine. ", at="Control+a")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-settle]")).to_be_attached()


def faults_of(page: Page) -> list[tuple[str, ...]]:
    """All rules in light; in dark, which differs by colours alone, those of contrast."""
    found: list[tuple[str, ...]] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found += [("light", *one) for one in accessibility_faults(page)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    return found + [("dark", *one) for one in accessibility_faults(page, contrast, least=0)]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_page_is_accessible_in_light_and_dark(
    open_as: Open, site: tuple[Workplace, str], tmp_path: Path, lang: str
) -> None:
    page = open_as(LENA, bypass_csp=True, locale=lang)
    picture = tmp_path / "box.png"
    picture.write_bytes(base64.b64decode(PNG))

    for number, (state, address) in enumerate(STATES.items()):
        width = (1280, 390)[number % 2]
        page.set_viewport_size({"width": width, "height": 900})
        if address:
            page.goto(address)
            ready(page)
        if state == "problems":
            page.locator("#tab-problems").click()
        elif state == "picture":
            page.locator("[data-picture-file]").set_input_files(picture)
            expect(page.locator("[data-picture-shown]")).to_be_visible()
        elif state == "conflict":
            go_into_conflict(page, site[0])
        assert page.locator("html").get_attribute("lang") == lang, state
        assert faults_of(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state


def test_without_scripts_it_is_a_form(open_as: Open) -> None:
    page = open_as(BEN, EDIT, java_script_enabled=False)
    page.get_by_label("Text", exact=True).fill("Written by hand.\n\n## Plain\n")
    page.get_by_role("button", name="Try it without saving").click()
    expect(page.get_by_role("heading", name="Plain")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Readers do not see it")).to_be_visible()


def test_pictures_are_refused_with_a_sentence(open_as: Open, tmp_path: Path) -> None:
    page = open_as(ANNA, EDIT)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.locator("[data-picture-file]").set_input_files(broken)
    said = page.locator("[data-picture-said]")
    expect(said).not_to_have_text("The picture is being kept…")
    expect(said).to_be_visible()
    expect(page.get_by_role("button", name="Put it into the text")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()


def test_what_is_typed_and_chosen_before_the_scripts_counts(open_as: Open, tmp_path: Path) -> None:
    page = open_as(BEN)
    scripts = HeldScripts(page)
    scripts.open(EDIT)
    area = page.locator("textarea[data-text]")
    area.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Early words. ")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.locator("[data-picture-file]").set_input_files(broken)
    scripts.let_go()
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-said]")).to_have_text("Not saved yet")
    expect(page.locator(".cm-focused")).to_be_visible()  # the caret is back where it was
    page.keyboard.insert_text("And later ones. ")
    expect(page.locator(".cm-content")).to_contain_text("Early words. And later ones. ")
    wait_until(lambda: "Early words" in page.evaluate("JSON.stringify(sessionStorage)"))


def test_no_press_takes_away_what_was_settled_by_hand(open_as: Open) -> None:
    """Also not what was written before the scripts came."""
    anna, ben = (open_as(one, f"/staff/articles/edit/{OTHER}") for one in (ANNA, BEN))
    write(anna, "Anna again: ", at="Control+Home")
    save(anna)
    write(ben, "Ben again: ", at="Control+Home")
    scripts = HeldScripts(ben)
    ben.keyboard.press("Control+s")
    area = ben.locator("textarea[data-text]")
    expect(area).to_have_value(re.compile("<<<<<<<"))
    area.focus()
    ben.keyboard.press("Control+End")
    ben.keyboard.insert_text("Before the scripts.")
    scripts.let_go()
    ben.get_by_role("button", name="Take mine").click()
    expect(area).to_have_value(re.compile("Ben again.*Before the scripts[.]$", re.DOTALL))
    area.focus()
    ben.keyboard.press("Control+End")
    ben.keyboard.insert_text(" After them.")
    ben.get_by_role("button", name="Take theirs").click()
    expect(area).to_have_value(re.compile("Anna again.*scripts[.] After them[.]$", re.DOTALL))
    area.fill("Nothing of it is left.")
    expect(ben.get_by_role("button", name="Take mine")).to_be_disabled()
    expect(ben.locator("[data-taken]")).to_contain_text("by hand")


def test_without_scripts_from_the_first_word_to_readers_and_back(
    open_as: Open, site: tuple[Workplace, str]
) -> None:
    """Write, outlive a session, publish and bring back, by plain forms."""
    page = open_as(RITA, f"/staff/articles/edit/{OTHER}", java_script_enabled=False)
    page.get_by_label("Text", exact=True).fill("Words of a long day.\n")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Words of a long day.\n")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in").click()
    sign_in(opened.value, RITA)
    opened.value.wait_for_url(f"{site[1]}/staff/articles")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Readers do not see it")).to_be_visible()
    page.get_by_role("link", name="Look at the change").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. Readers have it")).to_be_visible()
    assert "Words of a long day." in site[0].remote_text(f"articles/{OTHER}.md")
    page.goto(f"/staff/articles/history/{OTHER}")
    page.get_by_role("button", name="Bring back").last.click()
    expect(page.get_by_text("That version was saved anew.")).to_be_visible()
