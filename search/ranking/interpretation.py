"""Interpretation of a query: its repair, what the site's words also mean, and its terms.

Reads words only; encoding them is `search.ranking.query_vector`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.lexical.query_repair import Repairer
from search.model import Repair
from search.text import analysis
from search.text.index_terms import also_terms, query_terms
from search.text.synonyms import Synonyms


@dataclass(frozen=True)
class QueryTerms:
    """Terms that postings are asked for. Those of `also` add to a score and are not missed:
    synonyms, and the query's words as documents in other languages have them."""

    own: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class InterpretedQuery:
    """A query as it is searched for."""

    query: str
    """As typed, cleaned."""
    repair: Repair | None
    meanings: tuple[str, ...]
    """Phrases that synonyms of the site add."""
    terms: QueryTerms

    @property
    def text(self) -> str:
        """The query, repaired where it was."""
        return self.repair.text if self.repair else self.query


class Interpreter:
    """Interprets the queries to one index. Immutable, safe for many threads."""

    def __init__(self, repairer: Repairer, synonyms: Synonyms, langs: Iterable[str]) -> None:
        """`langs` are those of the documents."""
        self._repairer = repairer
        self._synonyms = synonyms
        self._stemmers = {analysis.stemmer_of(lang): lang for lang in langs}
        """Stemmers of the documents, each with a language that has it."""

    def interpret(self, query: str, lang: str, *, is_verbatim: bool = False) -> InterpretedQuery:
        """Read a cleaned query of a reader in `lang`; `is_verbatim` leaves it as it was typed."""
        repair = None if is_verbatim else self._repairer.repair(query, lang)
        # A name that the site knows may look like an error to the repairer: what was typed counts.
        readings = (query, repair.text) if repair else (query,)
        found = (self._synonyms.meanings(reading) for reading in readings)
        meanings = tuple(dict.fromkeys(meaning for some in found for meaning in some))
        own = query_terms(readings[-1], lang)
        also = self._also(readings[-1], meanings, lang)
        added = tuple(term for term in dict.fromkeys(also) if term not in own)
        return InterpretedQuery(query, repair, meanings, QueryTerms(tuple(own), added))

    def _also(self, text: str, meanings: Sequence[str], lang: str) -> list[str]:
        found = [*also_terms(text, lang), *query_terms("\n".join(meanings), lang)]
        for stemmer, other in self._stemmers.items():
            if stemmer != analysis.stemmer_of(lang):
                found += query_terms(text, other)
        return found
