"""Find and complete: calls the searcher and joins its hits with the catalog. No ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.addresses import article_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.generation import Loaded
from search.model import Filters, Hit, Mode, Repair, Results, Segment, Signals
from search.ranking.options import SearchOptions


@dataclass(frozen=True)
class SectionHit:
    """A section of an article, with its path."""

    heading: str
    url: str


@dataclass(frozen=True)
class ArticleHit:
    """A hit of the searcher with the page it leads to, for a reader of one language."""

    hit: Hit
    page: ArticleVersion
    url: str
    """A path, with the section's anchor."""
    category_title: str
    is_other_language: bool
    others: tuple[SectionHit, ...] = ()
    """Further sections of the same article that match."""

    def url_of(self, anchor: str) -> str:
        """Path of another section of the article, "" for its start, among the same pages."""
        page = self.url.partition("#")[0]
        return f"{page}#{anchor}" if anchor else page

    @property
    def score(self) -> float:
        return self.hit.score

    @property
    def title(self) -> tuple[Segment, ...]:
        return self.hit.title

    @property
    def heading(self) -> str:
        """Innermost heading of the passage; empty for the lead."""
        headings = self.hit.leads_to.headings
        return headings[-1] if headings else ""

    @property
    def marked_heading(self) -> tuple[Segment, ...]:
        """`heading` with the reader's words marked."""
        return self.hit.heading

    @property
    def anchor(self) -> str:
        return self.hit.leads_to.anchor

    @property
    def snippet(self) -> tuple[Segment, ...]:
        return self.hit.snippet

    @property
    def passage_text(self) -> str:
        """Text below `heading`: of the unit that answers best, or of the passage."""
        return self.hit.leads_to.text

    @property
    def signals(self) -> Signals:
        return self.hit.signals


@dataclass(frozen=True)
class ArticleResults:
    """The searcher's answer to one query, its hits joined with pages of the same generation.

    A hit without a page is left out of `hits`.
    """

    results: Results
    hits: tuple[ArticleHit, ...]

    @property
    def query(self) -> str:
        """As typed, cleaned."""
        return self.results.query

    @property
    def repair(self) -> Repair | None:
        """Text that was searched for instead."""
        return self.results.repair

    @property
    def mode(self) -> Mode:
        return self.results.mode

    @property
    def ranked(self) -> tuple[Hit, ...]:
        """The hits as the searcher gave them, for the decision in `kb.suggestions.decision`."""
        return tuple(found.hit for found in self.hits)

    @property
    def total(self) -> int:
        """Number of articles found, on every page of results."""
        return self.results.total

    @property
    def section_counts(self) -> Mapping[str, int]:
        return self.results.section_counts

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids of all articles found, of every page of results, best first."""
        return self.results.ranking

    @property
    def is_degraded(self) -> bool:
        return self.results.is_degraded

    @property
    def took_ms(self) -> float:
        return self.results.took_ms

    @property
    def generation(self) -> str:
        return self.results.generation

    @property
    def is_guess(self) -> bool:
        """The last word was being typed, and might well become another one than searched for."""
        return self.results.is_guess


@dataclass(frozen=True)
class CompletionHit:
    """A title, heading or question offered while typing, with the path it leads to."""

    text: tuple[Segment, ...]
    url: str
    kind: str
    title: str
    lang: str


def find(loaded: Loaded, text: str, options: SearchOptions) -> ArticleResults:
    """Search for what a reader typed; any text is valid.

    The first hits are read, put in order and quoted from.
    """
    return _joined(loaded.answers.search(text, options), loaded, options.lang)


def search_as_you_type(
    loaded: Loaded, text: str, *, lang: str, filters: Filters | None = None, limit: int = 5
) -> ArticleResults:
    """As `find`, for what is being typed: the last word may be unfinished. Quicker, less sure."""
    results = loaded.searcher.search_as_you_type(text, lang=lang, filters=filters, limit=limit)
    return _joined(results, loaded, lang)


def _joined(results: Results, loaded: Loaded, lang: str) -> ArticleResults:
    found = (_article_hit(hit, loaded.catalog, lang) for hit in results.hits)
    return ArticleResults(results, tuple(hit for hit in found if hit))


def complete(loaded: Loaded, text: str, *, lang: str, limit: int = 8) -> tuple[CompletionHit, ...]:
    """Completions of what is being typed; never touches the encoder."""
    found = []
    for completion in loaded.completer.complete(text, lang=lang, limit=limit):
        page = _page_of(completion.document_id, loaded.catalog)
        if page:
            found.append(
                CompletionHit(
                    text=completion.text,
                    url=article_path(page, lang, completion.anchor),
                    kind=completion.kind,
                    title=page.title,
                    lang=page.lang,
                )
            )
    return tuple(found)


def document_id(page: ArticleVersion) -> str:
    """Name of a page in the search layer."""
    return f"{page.lang}/{page.id}"


def _page_of(document: str, catalog: Catalog) -> ArticleVersion | None:
    lang, _, article_id = document.partition("/")
    return catalog.page(article_id, lang)


def _article_hit(hit: Hit, catalog: Catalog, lang: str) -> ArticleHit | None:
    page = _page_of(hit.document_id, catalog)
    if page is None:
        return None
    category = catalog.category(page.section, page.category)
    return ArticleHit(
        hit,
        page,
        url=article_path(page, lang, hit.leads_to.anchor),
        category_title=category.title(lang) if category else page.category,
        is_other_language=page.lang != lang,
        others=tuple(
            SectionHit(other.headings[-1], article_path(page, lang, other.anchor))
            for other in hit.others
            if other.headings
        ),
    )
