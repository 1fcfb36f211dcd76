"""All advice on a library, and on one article of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kb.content.advice import alt_texts, empties, lengths, openings
from kb.content.advice.drift import drifted
from kb.content.advice.orphans import orphans
from kb.content.advice.overdue import overdue, to_come
from kb.content.advice.page import ReadPage
from kb.content.advice.placeholders import placeholders
from kb.content.model import Article, Library, Problem
from kb.content.remarks.leftover import problems

KINDS = (alt_texts, empties, openings, lengths)


@dataclass(frozen=True)
class Review:
    """The day on which a library is gone over, and the language that it is first written in."""

    today: date
    default_language: str

    def of_library(self, library: Library, html: Mapping[str, str]) -> Iterator[Problem]:
        """Remarks that need more than one page; `html` is that of the pages there are, by path."""
        yield from overdue(library, self.today)
        yield from to_come(library, self.today)
        yield from placeholders(library)
        yield from orphans(library, html)
        pages = {it.path: ReadPage(it, html[it.path]) for it in library.articles if it.path in html}
        yield from drifted(library, pages, self.default_language)


def of_article(article: Article, html: str) -> Iterator[Problem]:
    """Remarks on the text of one article, whose page is `html`."""
    return of_page(ReadPage(article, html))


def of_page(page: ReadPage) -> Iterator[Problem]:
    """The same of a page that was read already."""
    for kind in KINDS:
        yield from problems(kind.leftovers(page), page.source)
