"""Searching as readers of the pages do: page by page, within sections, categories and products.

Tells besides which other search would serve the reader better. What is an answer is decided in
`kb.suggestions.decision`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.catalog import finder
from kb.catalog.catalog import Catalog
from kb.catalog.finder import ArticleResults
from kb.catalog.generation import Loaded
from search.model import Filters
from search.ranking.options import SearchOptions
from search.ranking.searcher import WHOLE

PER_PAGE = 10
MAX_RESULTS = 200
"""Readers page no further; nobody finds an answer there."""
LAST_PAGE = MAX_RESULTS // PER_PAGE
MOSTLY = 0.5
"""Share of a query's words below which articles in another language may fit better."""


@dataclass(frozen=True)
class SearchParams:
    """A reader's search, checked, so that any of it may be looked up or linked to."""

    lang: str
    text: str = ""
    section: str | None = None
    category: str | None = None
    """Slug within `section`; only with it."""
    product: str | None = None
    """Slug."""
    page: int = 1
    is_verbatim: bool = False
    """Search for the text as it was typed, errors included."""

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE

    @property
    def is_first_page(self) -> bool:
        return self.page == 1

    def filters(self, catalog: Catalog) -> Filters:
        return Filters(
            section=self.section,
            categories=(f"{self.section}/{self.category}",) if self.category else (),
            groups=_about(catalog, self.product),
        )

    def options(self, catalog: Catalog) -> SearchOptions:
        """Those that find the page of results."""
        return SearchOptions(
            lang=self.lang,
            filters=self.filters(catalog),
            limit=PER_PAGE,
            offset=self.offset,
            is_verbatim=self.is_verbatim,
        )


def find(loaded: Loaded, asked: SearchParams) -> ArticleResults:
    """The page of results that was asked for."""
    return finder.find(loaded, asked.text, asked.options(loaded.catalog))


def last_page(total: int) -> int:
    """Number of the last page of results; at least 1."""
    return max(1, -(-min(total, MAX_RESULTS) // PER_PAGE))


def section_counts(loaded: Loaded, asked: SearchParams, found: ArticleResults) -> Mapping[str, int]:
    """Hits of each section without its filter, so that readers see where else to look."""
    if asked.section is None:
        return found.section_counts
    options = SearchOptions(
        lang=asked.lang,
        filters=Filters(groups=_about(loaded.catalog, asked.product)),
        limit=1,
        is_verbatim=asked.is_verbatim,
    )
    return finder.find(loaded, asked.text, options).section_counts


def alternative(loaded: Loaded, asked: SearchParams, found: ArticleResults) -> str:
    """A likelier spelling; "" for what was repaired or is found as it stands."""
    if not asked.is_first_page or found.repair or _matched_share(found) >= WHOLE:
        return ""
    return loaded.searcher.alternative(asked.text) or ""


def better_language(
    loaded: Loaded, asked: SearchParams, found: ArticleResults, languages: Sequence[str]
) -> str:
    """The first of `languages` in which an article holds all the words, most of which are missing
    from what was found; "" for none."""
    if not asked.is_first_page or asked.section or _matched_share(found) >= MOSTLY:
        return ""
    for lang in languages:
        if lang != asked.lang and _holds_all(loaded, asked.text, lang):
            return lang
    return ""


def _holds_all(loaded: Loaded, text: str, lang: str) -> bool:
    options = SearchOptions(lang=lang, limit=1, mode="lexical", is_verbatim=True)
    found = finder.find(loaded, text, options)
    return _matched_share(found) >= WHOLE and found.hits[0].page.lang == lang


def _about(catalog: Catalog, product: str | None) -> frozenset[str]:
    return catalog.ids_about(product) if product else frozenset()


def _matched_share(found: ArticleResults) -> float:
    return found.hits[0].signals.matched_share if found.hits else 0.0
