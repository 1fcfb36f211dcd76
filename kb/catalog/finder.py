"""Find and complete: calls the searcher and joins its hits with the catalog. No ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.addresses import article_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.generation import Loaded
from search.model import Filters, Hit, Mode, Repair, Results, Segment, Signals


@dataclass(frozen=True)
class SectionHit:
    """A section of an article, with its path."""

    heading: str
    url: str


@dataclass(frozen=True)
class ArticleHit:
    """One hit as a reader sees it. `url` is a path, with the section's anchor."""

    page: ArticleVersion
    url: str
    score: float
    title: tuple[Segment, ...]
    heading: str
    """Innermost heading of the passage; empty for the lead."""
    anchor: str
    snippet: tuple[Segment, ...]
    passage_text: str
    category_title: str
    is_other_language: bool
    signals: Signals
    marked_heading: tuple[Segment, ...] = ()
    """`heading` with the reader's words marked."""
    others: tuple[SectionHit, ...] = ()
    """Further sections of the same article that match."""


@dataclass(frozen=True)
class ArticleResults:
    """The answer to one query, cut to the asked window. All hits are of one generation."""

    query: str
    """As typed, cleaned."""
    repair: Repair | None
    """What was searched for instead."""
    mode: Mode
    hits: tuple[ArticleHit, ...]
    ranked: tuple[Hit, ...]
    """The same hits as the searcher gave them, for the decision in `kb.suggestions.decision`."""
    total: int
    section_counts: Mapping[str, int]
    groups: tuple[str, ...]
    """Ids of all articles found, of every page of results, best first."""
    is_degraded: bool
    encode_ms: float
    took_ms: float
    generation: str
    is_guess: bool
    """The last word was being typed, and might well become another one than was searched for."""


@dataclass(frozen=True)
class CompletionHit:
    """A title, heading or question offered while typing, with the path it leads to."""

    text: tuple[Segment, ...]
    url: str
    kind: str
    title: str
    lang: str


def find(
    loaded: Loaded,
    text: str,
    *,
    lang: str,
    filters: Filters | None = None,
    limit: int = 10,
    offset: int = 0,
    mode: Mode = "hybrid",
    is_verbatim: bool = False,
    preferred_section: str = "",
) -> ArticleResults:
    """Search for what a reader of `lang` typed; any text is valid."""
    results = loaded.searcher.search(
        text,
        lang=lang,
        filters=filters,
        limit=limit,
        offset=offset,
        mode=mode,
        is_verbatim=is_verbatim,
        preferred_section=preferred_section,
    )
    return _findings(results, loaded, lang)


def search_as_you_type(
    loaded: Loaded, text: str, *, lang: str, filters: Filters | None = None, limit: int = 5
) -> ArticleResults:
    """As `find`, for what is being typed: the last word may be unfinished. Quicker, less sure."""
    results = loaded.searcher.look(text, lang=lang, filters=filters, limit=limit)
    return _findings(results, loaded, lang)


def _findings(results: Results, loaded: Loaded, lang: str) -> ArticleResults:
    pairs = [(hit, found) for hit in results.hits if (found := _found(hit, loaded.catalog, lang))]
    return ArticleResults(
        query=results.query,
        repair=results.repair,
        mode=results.mode,
        hits=tuple(found for _, found in pairs),
        ranked=tuple(hit for hit, _ in pairs),
        total=results.total,
        section_counts=results.section_counts,
        groups=results.ranking,
        is_degraded=results.is_degraded,
        encode_ms=results.encode_ms,
        took_ms=results.took_ms,
        generation=results.generation,
        is_guess=results.is_guess,
    )


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


def _found(hit: Hit, catalog: Catalog, lang: str) -> ArticleHit | None:
    page = _page_of(hit.document_id, catalog)
    if page is None:
        return None
    category = catalog.category(page.section, page.category)
    return ArticleHit(
        page=page,
        url=article_path(page, lang, hit.passage.anchor),
        score=hit.score,
        title=hit.title,
        heading=hit.passage.headings[-1] if hit.passage.headings else "",
        anchor=hit.passage.anchor,
        snippet=hit.snippet,
        passage_text=hit.passage.text,
        category_title=category.title(lang) if category else page.category,
        is_other_language=page.lang != lang,
        signals=hit.signals,
        marked_heading=hit.heading,
        others=tuple(
            SectionHit(other.headings[-1], article_path(page, lang, other.anchor))
            for other in hit.others
            if other.headings
        ),
    )
