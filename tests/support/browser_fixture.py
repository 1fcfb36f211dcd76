"""One headless Chromium for a test process, and a way to serve an application to it.

A pytest plugin module. Tests ask for contexts of their own: those share neither cookies nor
storage.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from bench.browser import HEADLESS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""What axe holds pages against."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers. It leaves an event loop in this thread, which can run no other."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
    yield browser
    browser.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Address of `app`, answered by threads of this process while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def accessibility_faults(page: Page, options: Mapping[str, Any] = RULES) -> list[tuple[str, str]]:
    """Faults axe finds on an open page, with the element; the context must bypass the CSP."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page, options={**options, "resultTypes": ["violations"]}).response
    assert len(results["passes"]) > 10
    return [
        (fault["id"], node["html"]) for fault in results["violations"] for node in fault["nodes"]
    ]
