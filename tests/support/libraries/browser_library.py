"""Waiting in a page for what has happened there, instead of a time."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, Request, Route

from tests.support.patience import wait_until

STEP_MS = 20

_SETTLE = """() => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done();
  port2.postMessage(0);
})"""
_AT_REST = """(element) => {
  const going = () => element.getRootNode().getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished);
  const frame = () => new Promise(requestAnimationFrame);
  const rest = () => frame().then(() => {
    const some = going();
    return some.length ? Promise.allSettled(some).then(rest) : undefined;
  });
  return rest();
}"""


class Requests:
    """Requests of a page that are over, answered or not."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._over: list[Request] = []
        page.on("requestfinished", lambda request: self._over.append(request))
        page.on("requestfailed", lambda request: self._over.append(request))

    def wait_for(self, request: Request) -> None:
        """Until it is over and the page's scripts have had their turn."""

        def is_over() -> bool:
            self._page.wait_for_timeout(STEP_MS)  # only meanwhile events are heard of
            return request in self._over

        wait_until(is_over)
        settle(self._page)


def settle(page: Page) -> None:
    """Let what the page has to do at once be done; with its clock stopped, too."""
    for _ in range(3):
        page.evaluate(_SETTLE)


def wait_at_rest(element: Locator) -> None:
    """Until everything beside and in `element` has moved to its place."""
    element.evaluate(_AT_REST)


class HeldScripts:
    """Scripts of a page that do not come before `let_go`: a reader's slow line."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[Route] = []
        page.route("**/*.js*", self._hold)

    def open(self, address: str) -> None:
        """Go there; the page is whole but for its scripts."""
        self._page.goto(address, wait_until="commit")
        wait_until(self._is_asked_for)

    def let_go(self) -> None:
        self._page.unroute("**/*.js*", self._hold)  # which also lets on what is held

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def _is_asked_for(self) -> bool:
        self._page.wait_for_timeout(STEP_MS)  # only meanwhile routes are heard of
        return bool(self._held) and self._page.evaluate("document.readyState") == "interactive"
