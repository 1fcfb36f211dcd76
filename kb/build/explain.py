"""Ranks a query over the current generation and says in plain text why: for `kb search`."""

from __future__ import annotations

from collections.abc import Iterator

from kb.build.open_index import open_searcher
from kb.config import Config
from search.model import Hit, Results
from search.ranking.options import SearchOptions


def explained(config: Config, query: str, *, lang: str, limit: int) -> Iterator[str]:
    """Lines for a terminal. Raises what `open_searcher` raises."""
    searcher = open_searcher(config)
    results = searcher.search(query, SearchOptions(lang=lang, limit=limit, is_explained=True))
    yield from _about(results)
    for place, hit in enumerate(results.hits, start=1):
        yield f"{place}. {''.join(s.text for s in hit.title)}  {hit.group}"
        yield from _why(hit)


def _about(results: Results) -> Iterator[str]:
    yield f"{results.total} found in {results.took_ms:.0f} ms, {results.mode}"
    if results.repair:
        yield f"searched for: {results.repair.text} ({', '.join(results.repair.kinds)})"


def _why(hit: Hit) -> Iterator[str]:
    explanation = hit.explanation
    if explanation is None:
        return
    parts = ", ".join(
        f"{name} {value:+.2f}" for name, value in explanation.parts.items() if abs(value) > 0.005
    )
    yield f"   {hit.signals.fused:+.2f} = {parts}"
    section = " › ".join(hit.passage.headings) or "lead"
    cosine = "" if hit.signals.cosine is None else f", cosine {hit.signals.cosine:.3f}"
    yield f"   passage {hit.passage.ordinal} ({section}){cosine}"
    for term in explanation.terms:
        where = f"in {', '.join(term.fields)}" if term.fields else "not in it"
        meant = " (synonym)" if term.is_synonym else ""
        yield f"   {term.term}{meant}: {term.score:.2f}, idf {term.idf:.2f}, {where}"
