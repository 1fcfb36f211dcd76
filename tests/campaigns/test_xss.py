"""Hostile text in a real browser, and its oracle; `python -m bench.torture xss` takes all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from bench.browser import HEADLESS
from bench.torture.report import Tally
from bench.torture.web import xss
from bench.torture.web.watched_browser import ARGUMENTS
from bench.torture.web.xss_library import corpus, sample
from bench.torture.web.xss_sinks import Visit, visits
from tests.support.fixtures.campaigns import Campaign

PAYLOADS = 24
MANY = 480
SEED = 20

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def payloads(campaign: Campaign) -> tuple[str, ...]:
    return sample(campaign.size(PAYLOADS, whole=MANY), SEED)


def test_the_corpus_is_the_whole_one() -> None:
    assert len(corpus()) > 4_400
    assert len(set(corpus())) == len(corpus())


@pytest.mark.campaign
def test_payloads_do_nothing_wherever_they_are_shown(
    browser: Browser, payloads: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tally = Tally(seconds=60)
    with xss.hostile_site(tmp_path_factory.mktemp("xss"), payloads) as (origin, library):
        xss.visit_all(browser, origin, visits(library, payloads), tally)
    assert tally.failures == []
    assert tally.trials > 9 * len(payloads)


@pytest.mark.campaign
def test_the_same_payloads_run_without_protection_and_not_behind_the_policy(
    browser: Browser, payloads: tuple[str, ...]
) -> None:
    tally = Tally(seconds=60)
    xss.prove(browser, payloads, tally)
    assert tally.failures == []
    assert tally.counts["ran unprotected"] >= len(payloads) / 8  # as 500 of the whole corpus
    assert tally.counts["stopped by the policy alone"] >= len(payloads) / 8


NOTICED = {
    "<script>alert(1)</script>": "ran",
    "<script>window.print()</script>": "ran",
    "<script>left = 1; somebodysGlobal = 2</script>": "ran",
    "<iframe srcdoc='<script>parent.confirm(1)</script>'></iframe>": "ran",
    "<img src=https://evil.example/x.png>": "foreign request",
    "<meta http-equiv=refresh content='0;url=/elsewhere'>": "left",
    "<script>location = 'https://evil.example/'</script>": "left",
    "<body onclick=alert(1)>": "dangerous node",
    "<a href='javascript:alert(1)'>x</a>": "dangerous node",
    "<a href='data:text/html,x'>x</a>": "dangerous node",
    "<form action=https://evil.example/><button>x</form>": "dangerous node",
    "<base href=https://evil.example/>": "dangerous node",
    "<style>body { display: none }</style>": "dangerous node",
    "<script type=application/ld+json>{} alert(1)</script>": "dangerous node",
    "<script type=application/ld+json>{'a': 1}</script>": "dangerous node",
    "<script type=importmap>{}</script>": "dangerous node",
    "<script type='application/ld+json'>{}</script><script>alert(1)</script>": "ran",
}


@pytest.mark.campaign(cases=5)
@pytest.mark.parametrize("payload", NOTICED)
def test_the_oracle_notices(browser: Browser, payload: str) -> None:
    seen = xss.seen_raw(browser, payload, wanted=NOTICED[payload])
    assert NOTICED[payload] in {item.kind for item in seen}, seen


def test_the_oracle_lets_harmless_text_pass(browser: Browser) -> None:
    harmless = "<p class=x>&lt;script&gt;alert(1)&lt;/script&gt; <a href=https://a.example/>a</a>"
    assert xss.seen_raw(browser, harmless) == []
    data = '<script type="application/ld+json">{"name":"\\u003c/script>"}</script>'
    assert xss.seen_raw(browser, data) == []


def test_a_sink_that_shows_nothing_is_a_failure(
    browser: Browser, payloads: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tally = Tally(seconds=60)
    with xss.hostile_site(tmp_path_factory.mktemp("blind"), payloads[:4]) as (origin, _):
        blind = Visit("home", "/ru/contact", payloads)
        absent = Visit("article", "/ru/faq/c000/no-such-article", payloads)
        xss.visit_all(browser, origin, [blind, absent], tally)
    assert len(tally.failures) == 2
    assert "404 instead of 200" in tally.failures[0]
    assert "in vain" in tally.failures[1]


def test_without_the_sanitiser_the_campaign_fails(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.content.render.to_html", lambda text, **_: text)
    tally = Tally(seconds=60)
    planted = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    with xss.hostile_site(tmp_path_factory.mktemp("unclean"), planted) as (origin, library):
        some = [one for one in visits(library, planted) if one.sink == "long article"]
        xss.visit_all(browser, origin, some, tally)
    found = " ".join(tally.failures)
    assert "dangerous node: onerror" in found
    assert "policy violation: script-src" in found
