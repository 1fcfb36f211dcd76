"""Everything of a site that its pages lead to, asked of the application once. Writes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from kb.exports import links

ORIGIN = "https://export.invalid"
"""The address pages are made with while they have none: no name under `invalid` exists."""
PERMANENT = "/a/"
"""Beginning of links that an export makes pages of itself."""


@dataclass(frozen=True)
class Answer:
    """An answer of the application; `location` is where a redirect leads, "" for none."""

    status: int
    content: bytes
    is_page: bool
    location: str


class Ask(Protocol):
    """Asks the application for a path of the site, as a reader of `lang`."""

    def __call__(self, path: str, lang: str) -> Answer: ...


@dataclass
class Crawl:
    """All that was asked for, by path without query and anchor."""

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)
    """Path → a page that leads there though nothing is."""

    @property
    def known(self) -> set[str]:
        return {*self.pages, *self.files, *self.moved, *self.dead}

    def place(self, path: str) -> str | None:
        """The path of what a path leads to; None for nothing."""
        for _ in range(5):  # redirects of redirects
            if path in self.pages or path in self.files:
                return path
            path = self.moved.get(path, "")
        return None


def bare(path: str) -> str:
    """A path without query and anchor."""
    return path.partition("#")[0].partition("?")[0]


def crawl(ask: Ask, seeds: Iterable[str], languages: tuple[str, ...]) -> Crawl:
    """Ask for the seeds and all that they lead to. What an export makes itself is left alone."""
    found = Crawl()
    waiting = deque((path, "") for path in seeds)
    seen = {path for path, _ in waiting}
    while waiting:
        path, source = waiting.popleft()
        first = path.split("/", 2)[1]
        answer = ask(path, first if first in languages else languages[0])
        following: list[str] = []
        if answer.status in (301, 302, 308) and answer.location.startswith("/"):
            found.moved[path] = bare(answer.location)
            following = [answer.location]
        elif answer.status != 200:
            found.dead[path] = source
        elif answer.is_page:
            html = answer.content.decode()
            found.pages[path] = html
            following = links.site_paths(html, ORIGIN)
        else:
            found.files[path] = answer.content
            if path.endswith(".css"):
                following = [it[1] for it in links.SHEET_URL.findall(answer.content.decode())]
        for other in map(bare, following):
            if other not in seen and not other.startswith(PERMANENT) and not is_made(other):
                seen.add(other)
                waiting.append((other, path))
    return found


def is_made(path: str) -> bool:
    """True for the index of the search, which is no file of the application."""
    return path.endswith("/search/index.js")
