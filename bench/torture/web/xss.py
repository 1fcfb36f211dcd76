"""Every payload of a public corpus through everything that shows text, in a real browser.

Authors write payloads into articles, readers into queries, addresses and comments. A failure is
any script that runs, any node that could run one, any request to another host, any page left, and
any violation of the content policy: the policy is the second line and must have nothing to do.

The campaign proves itself in the same run: the same payloads in pages without protection must run
by the hundred, and behind the policy alone not at all. The corpus is finite, so that `--seconds`
does not matter; `--trials` takes so many payloads of it.
"""

from __future__ import annotations

import html
import json
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from app import create_app
from bench.browser import HEADLESS
from bench.torture.report import Tally, main
from bench.torture.web.watched_browser import ARGUMENTS, Seen, WatchedPage, watched
from bench.torture.web.xss_library import BATCH, HostileLibrary, corpus, sample, write
from bench.torture.web.xss_sinks import ECHOLESS, Visit, visits
from kb.build import build
from kb.build.encoder_choice import NO_ENCODER
from kb.config import Config
from kb.web.http.security import PAGE_POLICY
from kb.web.services import EXTENSION, Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LEAST_SHARE_RUN = 500 / 4462
"""Of the payloads in unprotected pages: fewer, and the oracle must be blind."""
LEAST_SHARE_SHOWN = 0.6
"""Of the payloads of a sink, verbatim: fewer, and it does not show what it is thought to.

Markdown resolves entities and drops tags, queries are cut and normalised."""
RAW_SETTLE_MS = 500
"""For what runs late in a page without protection."""
LOOKS = 40
"""So often a page is looked at for what is known to come; a busy machine takes its time."""
FEW = 500


# --- judging -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """Number of payloads of a visit that its page showed verbatim, and what the page did."""

    shown: int
    seen: tuple[Seen, ...]


def visit(tab: WatchedPage, one: Visit) -> Outcome:
    """Open the page, act there, look. Raises WrongStatus."""
    reply = one.go(tab.page) if one.go else tab.page.goto(one.address)
    if reply is None or reply.status != one.status:
        raise WrongStatus(f"{reply and reply.status} instead of {one.status}")
    said = one.then(tab.page) if one.then else ""
    seen = tab.settle(one.address)
    if any(item.kind == "left" for item in seen):
        return Outcome(0, tuple(seen))
    text = _flat(tab.text() + said)
    shown = sum(any(form in text for form in _forms(payload)) for payload in one.payloads)
    return Outcome(shown, tuple(seen))


class WrongStatus(Exception):
    """A page that was to show payloads is not there."""


def _forms(payload: str) -> set[str]:
    """A payload as it reads in a page, in JSON, and as HTML within JSON."""
    escaped = html.escape(payload, quote=False)
    return {
        _flat(payload),
        *(_flat(json.dumps(t, ensure_ascii=False)[1:-1]) for t in (payload, escaped)),
    }


def _flat(text: str) -> str:
    """Without white space and control characters, which no sink keeps as they were."""
    return "".join(char for char in text if char.isprintable() and char != " ")


def visit_all(browser: Browser, origin: str, plan: Iterable[Visit], tally: Tally) -> None:
    """Make the visits; each payload on each page is a trial of its sink."""
    shown: Counter[str] = Counter()
    with ExitStack() as stack:
        tab = stack.enter_context(watched(browser, origin))
        for one in plan:
            if len(tally.failures) >= tally.most_failures:
                return
            try:
                outcome = visit(tab, one)
            except (WrongStatus, BrowserError) as error:
                tally.fail(f"{one.sink}: {one.address[:200]}: {error}")
                stack.close()
                tab = stack.enter_context(watched(browser, origin))
                continue
            shown[one.sink] += outcome.shown
            for _ in one.payloads:
                tally.add(one.sink)
            for item in outcome.seen:
                tally.fail(f"{one.sink}: {one.address[:200]}: {item.kind}: {item.detail}")
    for sink in shown.keys() - ECHOLESS:
        if shown[sink] < LEAST_SHARE_SHOWN * tally.counts[sink]:
            tally.fail(f"{sink}: shows {shown[sink]} of {tally.counts[sink]}: looked at in vain")
    tally.counts["shown verbatim"] = sum(shown.values())


# --- the oracle proves itself --------------------------------------------------------------------


@dataclass(frozen=True)
class Unprotected:
    """Numbers of payloads that did something in a page that shows them raw."""

    ran: frozenset[int]
    asked_elsewhere: frozenset[int]
    stopped: frozenset[int]
    """By the content policy."""


def unprotected(
    browser: Browser, payloads: Sequence[str], *, with_policy: bool = False
) -> Unprotected:
    """Open every payload raw, each in a frame of its own, with or without our content policy."""
    found: dict[str, set[int]] = {}
    with serving(_RawPages(payloads, with_policy=with_policy)) as origin:
        for at in range(0, len(payloads), BATCH):
            with watched(browser, origin) as tab:
                # A payload may loop for ever, and what the others did counts all the same.
                with suppress(BrowserError):
                    tab.page.goto(f"/frames/{at}")
                    tab.page.wait_for_load_state("networkidle")  # what failed to load as well
                    tab.page.wait_for_timeout(RAW_SETTLE_MS)
                for item in tab.take():
                    if item.frame.isdigit():
                        found.setdefault(item.kind, set()).add(int(item.frame))
    return Unprotected(
        ran=frozenset(found.get("ran", ())),
        asked_elsewhere=frozenset(found.get("foreign request", ())),
        stopped=frozenset(found.get("policy violation", ())),
    )


def seen_raw(browser: Browser, payload: str, *, wanted: str = "") -> list[Seen]:
    """Effects of one payload in a page of its own without any protection.

    Looks until something of the kind `wanted` was seen; without one, once.
    """
    with (
        serving(_RawPages([payload], with_policy=False)) as origin,
        watched(browser, origin) as tab,
    ):
        with suppress(BrowserError):  # for it may have led elsewhere meanwhile
            tab.page.goto("/raw/0")
        seen: list[Seen] = []
        for _ in range(LOOKS):
            with suppress(BrowserError):
                tab.page.wait_for_timeout(RAW_SETTLE_MS)
            seen += tab.settle("/raw/0")
            if not wanted or any(item.kind == wanted for item in seen):
                break
        return seen


class _RawPages:
    """A site that protects nobody: `/raw/<n>` is a payload, `/frames/<n>` shows a batch."""

    def __init__(self, payloads: Sequence[str], *, with_policy: bool) -> None:
        self._payloads = payloads
        # The frames are ours.
        policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        self._headers = {"Content-Security-Policy": policy} if with_policy else {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kind, _, number = Request(environ).path.strip("/").partition("/")
        if not number.isdigit():
            return Response(status=404)(environ, start_response)
        if kind == "raw":
            text = f"<!doctype html><body>{self._payloads[int(number)]}"
            response = Response(text, mimetype="text/html", headers=self._headers)
        else:
            response = Response(self._frames(int(number)), mimetype="text/html")
        return response(environ, start_response)

    def _frames(self, at: int) -> str:
        """Sandboxed against one thing only: that a payload takes all of them somewhere else."""
        last = min(at + BATCH, len(self._payloads))
        return "<!doctype html>" + "".join(
            f'<iframe sandbox="allow-scripts allow-modals allow-forms allow-popups"'
            f' name="{number}" src="/raw/{number}"></iframe>'
            for number in range(at, last)
        )


# --- the campaign --------------------------------------------------------------------------------


@contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """Serve a WSGI application from threads of this process; yields its origin."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Thousands of lines would say nothing."""


@contextmanager
def hostile_site(folder: Path, payloads: Sequence[str]) -> Iterator[tuple[str, HostileLibrary]]:
    """Write, build and serve a library of `payloads`, as `kb build` and `kb serve` do."""
    library = write(folder / "articles", payloads)
    config = Config(
        articles_dir=folder / "articles",
        data_dir=folder / "var",
        encoder=NO_ENCODER,
        rate_limits=False,
    )
    build.build(config)
    app = create_app(config)
    try:
        with serving(app) as origin:
            yield origin, library
    finally:
        services: Services = app.extensions[EXTENSION]
        services.library.close()
        services.database.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=ARGUMENTS)
        yield browser
        browser.close()


def prove(browser: Browser, payloads: Sequence[str], tally: Tally) -> None:
    """Without protection payloads run, and we see it; behind the policy alone none does.

    Of many payloads a quarter is tried behind the policy.
    """
    raw = unprotected(browser, payloads)
    tried = payloads[:: 4 if len(payloads) > FEW else 1]
    behind = unprotected(browser, tried, with_policy=True)
    tally.counts["ran unprotected"] = len(raw.ran)
    tally.counts["asked other hosts unprotected"] = len(raw.asked_elsewhere)
    tally.counts["stopped by the policy alone"] = len(behind.stopped)
    tally.counts["tried behind the policy alone"] = len(tried)
    tally.counts["ran behind the policy alone"] = len(behind.ran)
    if len(raw.ran) < LEAST_SHARE_RUN * len(payloads):
        tally.fail(f"the oracle is blind: {len(raw.ran)} of {len(payloads)} ran unprotected")
    for number in behind.ran:
        tally.fail(f"ran behind the policy: {tried[number][:200]}")


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    payloads = sample(min(tally.most_trials, len(corpus())), seed)
    with chromium() as browser:
        prove(browser, payloads, tally)
        with hostile_site(folder, payloads) as (origin, library):
            visit_all(browser, origin, visits(library, payloads), tally)


if __name__ == "__main__":
    sys.exit(main("xss", campaign))
