"""The choice of words for a hit that was not read: units of it that hold the query's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from search.answers.unit_index import UnitIndex
from search.generation.corpus import CorpusDocument
from search.model import Quotation
from search.ranking.searcher import Searcher
from search.text import analysis
from search.text.quotation import quotation
from search.text.units import DocumentUnits, unit_text

MOST_UNITS = 3
NEAR = 0.5
"""Units that hold less than this share of what the best one holds are not shown beside it."""
KEPT_DOCUMENTS = 512

UnitTerms = tuple[frozenset[str], ...]
"""Terms that each unit of a document holds, with the heading above it."""


def _document_terms(
    units: UnitIndex, documents: Sequence[CorpusDocument], number: int
) -> UnitTerms:
    """Terms of a document's units; kept, as splitting a long one costs milliseconds."""
    return unit_terms(units.units(number), documents[number].lang)


class WordQuoter:
    """Quotes documents of one generation. Thread-safe."""

    def __init__(self, searcher: Searcher, units: UnitIndex) -> None:
        self._searcher = searcher
        self._units = units
        # Not a method of this object: a cache that held it would keep the generation open.
        reading = partial(_document_terms, units, searcher.corpus.documents)
        self._terms = lru_cache(maxsize=KEPT_DOCUMENTS)(reading)

    def quote(self, document: int, query: str) -> Quotation | None:
        """Quote what holds most of a query's words, each with how telling it is in the index.

        None when the best unit is too long to be shown whole, or there is no text at all.
        """
        weights = self._searcher.term_weights(query, self._lang(document))
        return quotation(self._units.units(document), holding(self._terms(document), weights))

    def _lang(self, document: int) -> str:
        return self._searcher.corpus.documents[document].lang


def unit_terms(document: DocumentUnits, lang: str) -> UnitTerms:
    blocks = ((document.blocks[unit.block], unit) for unit in document.units)
    texts = (f"{''.join(block.headings[-1:])}\n{unit_text(block, unit)}" for block, unit in blocks)
    return tuple(frozenset(it.term for it in analysis.tokens(text, lang)) for text in texts)


def holding(units: Sequence[frozenset[str]], weights: Mapping[str, float]) -> list[int]:
    """Numbers of the units that hold most of the weighted terms, best first; at most MOST_UNITS.

    Without any of the terms they are the first units.
    """
    held = [sum(weights[term] for term in sorted(own & weights.keys())) for own in units]
    ranked = sorted(range(len(held)), key=lambda number: -held[number])[:MOST_UNITS]
    return [number for number in ranked if held[number] >= NEAR * held[ranked[0]]]
