"""Every place that shows text, as pages to open: what is there, and how to get there.

Opens nothing itself; whether a page is harmless is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Page
from playwright.sync_api import Response as Reply

from bench.torture.web.xss_library import BATCH, HostileLibrary
from kb.feedback.votes import MAX_COMMENT_CHARS
from search.text.analysis import MAX_NORMALISED_CHARS

OPENED = 4
"""Of so many articles with one payload one is opened."""
TYPED = 10
"""Markers typed into one page."""
MAX_ADDRESS_CHARS = 30_000
MAX_FORM_CHARS = 20_000

Step = Callable[[Page], Reply | None]


@dataclass(frozen=True)
class Visit:
    """One page that shows payloads, and how to get to it."""

    sink: str
    address: str
    payloads: tuple[str, ...]
    status: int = 200
    go: Step | None = None
    """Instead of just opening the address."""
    then: Callable[[Page], str] | None = None
    """Something to do there before the page is judged; returns what it showed meanwhile."""


ECHOLESS = frozenset({"not found", "queried JSON problem"})
"""Sinks that take payloads in and are not expected to show them."""


# --- where payloads are shown --------------------------------------------------------------------


def visits(library: HostileLibrary, payloads: Sequence[str]) -> Iterator[Visit]:
    """All pages to open. Articles with one payload only are many: each fourth is opened itself,
    and all are seen in lists and results."""
    yield from _articles(library)
    yield from _lists(library)
    yield from _results(library)
    yield from _echoes(payloads)
    yield from _comments(library, payloads)


def _articles(library: HostileLibrary) -> Iterator[Visit]:
    for article in library.articles[::OPENED]:
        yield Visit("article", f"/ru/{article.address}", article.payloads)
    for article in library.long_articles:
        yield Visit("long article", f"/ru/{article.address}", article.payloads)
        address = f"/api/v1/articles/{article.slug}?locale=ru&format=html"
        yield Visit("article JSON", address, article.payloads)


def _lists(library: HostileLibrary) -> Iterator[Visit]:
    some = library.shelves[0].payloads
    for lang in ("ru", "en"):
        yield Visit("home", f"/{lang}/", some[:1])
        yield Visit("section", f"/{lang}/faq/", some[:3])
    for shelf in library.shelves:
        yield Visit("category", f"/ru/{shelf.address}", shelf.payloads)
        slug = shelf.address.split("/")[1]
        address = f"/api/v1/articles?locale=ru&limit=100&category={slug}"
        yield Visit("articles JSON", address, shelf.payloads)


def _results(library: HostileLibrary) -> Iterator[Visit]:
    for marker, payloads in library.groups:
        yield Visit("results", f"/ru/search?q={marker}", payloads)
        yield Visit("results JSON", f"/api/v1/search?locale=ru&limit=20&q={marker}", payloads)
    for at in range(0, len(library.groups), TYPED):
        groups = library.groups[at : at + TYPED]
        payloads = tuple(payload for _, some in groups for payload in some)
        yield Visit("typed", "/ru/contact", payloads, then=_typing([name for name, _ in groups]))


def _echoes(payloads: Sequence[str]) -> Iterator[Visit]:
    for batch in _joined(payloads, MAX_NORMALISED_CHARS):
        query = quote(" ".join(batch), safe="")
        yield Visit("query", f"/ru/search?q={query}", batch)
        yield Visit("queried JSON", f"/api/v1/search?locale=ru&q={query}", batch)
    for batch in _joined(payloads, MAX_ADDRESS_CHARS):
        path = quote(" ".join(batch), safe="")
        yield Visit("not found", f"/ru/faq/c000/{path}", batch, status=404)
        address = f"/api/v1/search?mode={path}"
        yield Visit("queried JSON problem", address, batch, status=422)


def _comments(library: HostileLibrary, payloads: Sequence[str]) -> Iterator[Visit]:
    article = library.long_articles[-1]
    address, action = f"/ru/{article.address}", f"/ru/vote/{article.id}"
    storable = [payload for payload in payloads if "\0" not in payload]
    for batch in _joined(storable, MAX_COMMENT_CHARS):
        yield Visit("comment", address, batch, go=_vote(address, action, " ".join(batch)))
    for batch in _joined(storable, MAX_FORM_CHARS):
        text = " ".join(batch).ljust(MAX_COMMENT_CHARS + 1, "x")
        go = _vote(address, action, text)
        yield Visit("refused comment", action, batch, status=400, go=go)


def _joined(payloads: Iterable[str], most_chars: int) -> Iterator[tuple[str, ...]]:
    """Batches that fit, joined by spaces; what is too long alone is left out."""
    batch: list[str] = []
    size = 0
    for payload in payloads:
        if len(payload) > most_chars:
            continue
        if batch and (size + len(payload) + 1 > most_chars or len(batch) == BATCH):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(payload)
        size += len(payload) + 1
    if batch:
        yield tuple(batch)


def _typing(markers: Sequence[str]) -> Callable[[Page], str]:
    def type_all(page: Page) -> str:
        """Text that the list of completions says after each of the markers."""
        shown = []
        for marker in markers:
            page.locator("#q").fill(marker)
            page.locator("[role=option]", has_text=marker).first.wait_for()
            shown.append(page.locator("[role=listbox]").text_content() or "")
        return " ".join(shown)

    return type_all


def _vote(address: str, action: str, comment: str) -> Step:
    """Send the form as a browser without script does, and see what comes back."""
    send = """([action, comment]) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of Object.entries({ value: "no", reason: "other", comment })) {
            const field = document.createElement("textarea");
            form.append(Object.assign(field, { name, value }));
        }
        document.body.append(form);
        form.submit();
    }"""

    def go(page: Page) -> Reply | None:
        page.goto(address)
        with page.expect_navigation() as navigation:
            page.evaluate(send, [action, comment])
        return navigation.value

    return go
