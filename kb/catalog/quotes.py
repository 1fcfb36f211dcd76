"""The choice of words that answer, for hits that were not read (`search/answers`): units of an
article that hold the question's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.catalog.catalog import ArticleVersion
from search.model import Document, Quotation
from search.text import analysis
from search.text.quotation import MAX_CHARS, quotation
from search.text.units import DocumentUnits, document_units, unit_text

MOST_UNITS = 3
NEAR = 0.5
"""Units that hold less than this share of what the best one holds are not shown beside it."""
KEPT_ARTICLES = 512


@dataclass(frozen=True)
class _Article:
    """Units of an article, and the terms that each holds with the heading above it."""

    units: DocumentUnits
    terms: tuple[frozenset[str], ...]


def quote(
    page: ArticleVersion,
    terms: Mapping[str, float],
    *,
    most: int = MOST_UNITS,
    max_chars: int = MAX_CHARS,
) -> Quotation | None:
    """Quote the units of an article that hold most of `terms`, each with how telling it is.

    None when the best of them is too long to be shown whole, or there is no text at all.
    """
    article = _article(page.lang, page.title, page.summary, page.html)
    held = [sum(terms[term] for term in sorted(own & terms.keys())) for own in article.terms]
    ranked = sorted(range(len(held)), key=lambda number: -held[number])[:most]
    near = [number for number in ranked if held[number] >= NEAR * held[ranked[0]]]
    return quotation(article.units, near, max_chars=max_chars)


@lru_cache(maxsize=KEPT_ARTICLES)
def _article(lang: str, title: str, summary: str, html: str) -> _Article:
    """Kept: reading an article again costs milliseconds."""
    units = document_units(Document("", "", lang, title, html, summary=summary))
    texts = (
        f"{' '.join(units.blocks[unit.block].headings[-1:])}\n"
        f"{unit_text(units.blocks[unit.block], unit)}"
        for unit in units.units
    )
    return _Article(
        units, tuple(frozenset(it.term for it in analysis.tokens(text, lang)) for text in texts)
    )
