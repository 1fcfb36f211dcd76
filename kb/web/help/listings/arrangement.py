"""Articles of a catalog in the order in which lists show them; made once for each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from weakref import WeakKeyDictionary

from kb.catalog.catalog import ArticleVersion, Catalog

Shelves = Mapping[tuple[str, str], Sequence[ArticleVersion]]

EXAMPLES = 3
MAX_EXAMPLE_CHARS = 32
"""Longer questions do not stand on one line of a phone, three not on one of a desk."""
LISTED = 6
"""Entries of each list on the home page."""


@dataclass(frozen=True)
class Arrangement:
    """A catalog's articles in one language, as lists show them."""

    pages: Sequence[ArticleVersion]
    """Every article once, in the language where it exists; categories in the authors' order."""
    shelves: Shelves
    own: Sequence[ArticleVersion]
    """Those in the language itself; all when there are none."""
    varied: Sequence[ArticleVersion]
    """Of those the first of each category, then the second ones; sections take turns."""
    newest: Sequence[ArticleVersion]
    """The latest changed of those first."""
    examples: Sequence[str]


# A catalog never changes: what takes a millisecond for a thousand articles is done once for each.
_ARRANGED: WeakKeyDictionary[Catalog, dict[str, Arrangement]] = WeakKeyDictionary()


def arranged(catalog: Catalog, lang: str) -> Arrangement:
    """Threads may race: they make the same."""
    known = _ARRANGED.setdefault(catalog, {})
    if lang not in known:
        known[lang] = _arrange(catalog, lang)
    return known[lang]


def by_category(pages: Iterable[ArticleVersion]) -> Shelves:
    """(section, category) → its pages, in the given order."""
    shelves: dict[tuple[str, str], list[ArticleVersion]] = {}
    for page in pages:
        shelves.setdefault((page.section, page.category), []).append(page)
    return shelves


def short_questions(page: ArticleVersion) -> list[str]:
    return [text for text in page.questions if len(text) <= MAX_EXAMPLE_CHARS]


def _arrange(catalog: Catalog, lang: str) -> Arrangement:
    places = {(entry.section, entry.slug): entry.order for entry in catalog.categories}
    pages = sorted(
        catalog.pages(lang),
        key=lambda page: (page.section, places.get((page.section, page.category), 0)),
    )
    own = [page for page in pages if page.lang == lang] or pages
    varied = _one_of_each_category(own)
    # Stable: of articles changed at the same moment come first those not shown beside, varied.
    newest = sorted(
        (*varied[LISTED:], *varied[:LISTED]), key=lambda page: page.ordering_date, reverse=True
    )
    return Arrangement(pages, by_category(pages), own, varied, newest, _varied_examples(varied))


def _one_of_each_category(pages: Iterable[ArticleVersion]) -> list[ArticleVersion]:
    """First article of each category, then the second ones; sections take turns."""
    queues: dict[str, list[Sequence[ArticleVersion]]] = {}
    for (section, _category), shelf in by_category(pages).items():
        queues.setdefault(section, []).append(shelf)
    in_turn = [
        [page for row in zip_longest(*shelves) for page in row if page]
        for shelves in queues.values()
    ]
    return [page for row in zip_longest(*in_turn) for page in row if page]


def _varied_examples(varied: Sequence[ArticleVersion]) -> list[str]:
    """Questions that authors say their articles answer, so that trying one does not fail.

    Taken evenly from all categories, to show how wide one may ask.
    """
    in_turn = [page for page in varied if short_questions(page)]
    distance = len({page.category for page in in_turn}) // EXAMPLES | 1  # odd: sections alternate
    return [short_questions(page)[0] for page in in_turn[::distance][:EXAMPLES]]
