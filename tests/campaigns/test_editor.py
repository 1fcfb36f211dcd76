"""The campaign of people who write in browsers: two authors, a reviewer, a remote with its moods,
and a server that is killed while they save."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries.server_library import Running
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.repositories import (
    ANNA,
    ARTICLE,
    BEN,
    EXCHANGE,
    OTHER,
    REFUND,
    RITA,
    Workplace,
    git,
)
from tests.support.web import editor_library
from tests.support.web.editor_pages import EDIT, Open, opening, paste_picture, ready, save, write
from tests.support.web.editor_server import Writer, kill, written_at

pytestmark = pytest.mark.browser
LIST = "/staff/articles"
REVIEW = f"/staff/articles/review/{ARTICLE}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, Running]]:
    prepared = tmp_path_factory.mktemp("editor-campaign")
    editor_library.prepare(prepared)
    with written_at(prepared, tmp_path_factory.mktemp("editor-served")) as made:
        yield made


@pytest.fixture
def place(site: tuple[Workplace, Running]) -> Workplace:
    return site[0]


@pytest.fixture
def url(site: tuple[Workplace, Running]) -> str:
    return f"http://127.0.0.1:{site[1].port}"


@pytest.fixture
def open_as(browser: Browser, url: str) -> Iterator[Open]:
    with opening(browser, url) as opened:
        yield opened


@pytest.mark.campaign
def test_a_change_goes_from_two_authors_to_readers_and_back(
    open_as: Open, place: Workplace, url: str
) -> None:
    """Write, paste, look, ask, publish; conflict, settle, publish; bring back, publish."""
    anna, ben = open_as(ANNA, EDIT), open_as(BEN, EDIT)
    rita = open_as(RITA)
    write(anna, "\n\n## From Anna\n\nHer words.\n")
    expect(
        anna.locator("[data-look-place]").get_by_role("heading", name="From Anna")
    ).to_be_visible()
    paste_picture(anna, "A box")
    expect(anna.locator("[data-look-place]").get_by_alt_text("A box")).to_be_visible()
    save(anna)
    _ask(anna, "Please look")
    rita.goto(REVIEW)
    expect(rita.get_by_text("Please look")).to_be_visible()
    _publish(rita)
    _wait_for_readers(url, "Her words.")
    write(ben, "\n\n## From Ben\n\nHis words.\n")
    _settle(ben)
    _ask(ben, "")
    rita.goto(REVIEW)
    _publish(rita)
    _wait_for_readers(url, "Her words.", "His words.")
    _bring_back(ben)
    rita.goto(REVIEW)
    _publish(rita)
    wait_until(lambda: "Her words." not in _reader_page(url))
    assert place.is_clean()


@pytest.mark.campaign
def test_what_a_remote_does_not_take_waits_and_is_sent(open_as: Open, place: Workplace) -> None:
    """A hook refuses, then the remote is gone, then back: told each time, and nothing is lost."""
    rita = open_as(RITA, EDIT)
    hook = place.refuse_pushes("not on Fridays")
    _written_and_published(rita, "\n\nRefused words.\n")
    expect(rita.get_by_text("1 publication waits here")).to_be_visible()
    rita.get_by_text("The answer of git").click()
    expect(rita.get_by_text("not on Fridays")).to_be_visible()
    hook.unlink()
    aside = place.remote.rename(place.remote.with_name("aside.git"))
    rita.goto(EDIT)
    ready(rita)
    _written_and_published(rita, "\n\nWords of a lonely day.\n")
    expect(rita.get_by_role("alert").get_by_text("wait here")).to_be_visible()
    assert place.is_clean()
    aside.rename(place.remote)
    rita.get_by_role("button", name="Send again").click()
    expect(rita.get_by_text("wait here")).to_be_hidden()
    text = place.remote_text(f"articles/{ARTICLE}.md")
    assert "Refused words." in text
    assert "Words of a lonely day." in text


@pytest.mark.campaign
def test_killed_while_people_save_nothing_acknowledged_is_lost(
    site: tuple[Workplace, Running], url: str, campaign: Campaign
) -> None:
    place, running = site
    writers = (Writer(url, ANNA, ARTICLE, REFUND), Writer(url, BEN, OTHER, EXCHANGE))
    for one in writers:
        one.start()
    for _ in range(campaign.size(1, whole=8)):
        before = [one.acknowledged for one in writers]
        wait_until(lambda: all(map(_has_gone_on, writers, before)))  # noqa: B023  # waited for here
        kill(running.workers())
    before = [one.acknowledged for one in writers]
    wait_until(lambda: all(map(_has_gone_on, writers, before)))
    for one in writers:
        one.is_stopped.set()
        one.join(PATIENCE_S)
    assert [one.faults for one in writers] == [[], []]
    assert sum(one.cut for one in writers) > 0
    assert place.is_clean()
    assert git(place.clone.folder, "fsck", "--no-dangling", "--no-progress") == ""


def _has_gone_on(writer: Writer, before: int) -> bool:
    assert writer.is_alive()
    return writer.acknowledged >= before + 2


def _ask(page: Page, note: str) -> None:
    page.goto(REVIEW)
    page.get_by_label("A word about it").fill(note)
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_text("Sent to review.")).to_be_visible()


def _publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile("done="))


def _written_and_published(page: Page, words: str) -> None:
    write(page, words)
    save(page)
    page.goto(REVIEW)
    _publish(page)


def _settle(page: Page) -> None:
    """Save what another's words stand against, and keep both."""
    page.keyboard.press("Control+s")
    expect(page.locator("[data-conflict]")).to_contain_text("Her words.")
    page.get_by_role("button", name="Take both").click()
    page.get_by_role("button", name="Save the settled text").click()
    expect(page.locator(".cm-content")).to_contain_text("His words.")


def _bring_back(page: Page) -> None:
    """Save the first version anew and send it on."""
    page.goto(f"/staff/articles/history/{ARTICLE}")
    page.get_by_role("button", name="Bring back").last.click()
    expect(page.get_by_text("That version was saved anew.")).to_be_visible()


def _reader_page(url: str) -> str:
    return requests.get(f"{url}/{ARTICLE}", timeout=PATIENCE_S).text


def _wait_for_readers(url: str, *words: str) -> None:
    """Return when the built site shows all of them."""
    wait_until(lambda: all(one in _reader_page(url) for one in words))
