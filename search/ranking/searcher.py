"""Answers a query over one open generation: interpretation, scores, fusion, groups, hits.

Thread-safe and immutable; a new generation gets a new Searcher. Each step stands in a module of
its own beside this one. What the hits mean to a site (addresses, dates) is joined elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace

from search.generation.corpus import BoolArray, Corpus, name_key
from search.generation.open_generation import OpenGeneration
from search.lexical.prefix_query import PrefixReader, TypedQuery
from search.lexical.query_repair import Repairer
from search.model import Filters, Mode, Repair, Results
from search.ranking.candidates import candidates, phrase_holders
from search.ranking.fusion import Fused, fused
from search.ranking.groups import grouped
from search.ranking.hits import HitMaker
from search.ranking.index_reader import IndexReader, Scores
from search.ranking.interpretation import InterpretedQuery, Interpreter, QueryTerms
from search.ranking.options import SearchOptions
from search.ranking.query_vector import MORE_READINGS_S, QueryEncoding, QueryVector, encode
from search.ranking.weights import NAME_BONUS, PHRASE_BONUS, SECTION_PREFERENCE, Weights
from search.text import analysis
from search.text.index_terms import query_terms
from search.text.words import fold

WHOLE = 0.999
"""Share of a query's words from which on they count as all."""


@dataclass(frozen=True)
class Ranked:
    """A ranking with the query as it was read, for whoever looks further into the hits.

    Both others are None where there was nothing to search for.
    """

    results: Results
    query: InterpretedQuery | None = None
    scores: Scores | None = None


class Searcher:
    """Searches one generation. Raises IndexCorrupt when its parts do not fit together."""

    def __init__(
        self,
        generation: OpenGeneration,
        encoder: QueryEncoding | None,
        weights: Weights | None = None,
        *,
        more_readings_s: float = MORE_READINGS_S,
    ) -> None:
        """With `more_readings_s` of UNHURRIED_S results do not depend on the machine's speed."""
        self.weights = weights or Weights()
        self.more_readings_s = more_readings_s
        self.generation = generation
        self.name = generation.manifest.name
        self.encoder = encoder
        self.index = IndexReader(generation)
        self.calibration = self.index.calibration
        self._repairer = Repairer(self.index.words, self.index.lexical)
        self._unfinished = PrefixReader(self._repairer, self.index.lexical)
        self._interpreter = Interpreter(
            self._repairer, self.index.synonyms, [d.lang for d in self.corpus.documents]
        )

    def warm_up(self) -> None:
        """Make now what the first queries would wait for."""
        self._repairer.warm_up()
        self._unfinished.warm_up()

    @property
    def corpus(self) -> Corpus:
        return self.index.corpus

    @property
    def has_vectors(self) -> bool:
        return self.index.passage_vectors is not None

    def term_weights(self, query: str, lang: str = "") -> dict[str, float]:
        """The terms of a query in `lang`, each with how telling it is in this index: its idf."""
        return {term: self.index.lexical.idf(term) for term in query_terms(query, lang)}

    def search(self, text: str, options: SearchOptions) -> Results:
        """Rank documents for what a reader typed; any text is valid, an empty one finds nothing.

        What was typed in the wrong layout, in Latin letters or with errors is repaired, unless it
        is to be searched for verbatim; the results say so. Translations count as one hit, shown in
        the reader's language where that exists. Without a query vector semantic and hybrid
        searches fall back to lexical ones, marked degraded.
        """
        return self.rank(text, options).results

    def rank(self, text: str, options: SearchOptions) -> Ranked:
        """As `search`, with the query as it was read."""
        started = time.perf_counter()
        query, mode = analysis.clean(text), options.mode
        allowed = self.corpus.allowed(options.filters)
        if not query or not allowed.any():
            return Ranked(Results(query, mode, (), 0, self.name, took_ms=_ms_since(started)))
        asked = self._interpreter.interpret(query, options.lang, is_verbatim=options.is_verbatim)
        vector = self._vector(asked, mode)
        is_lexical = vector.values is None or mode != "semantic"
        counted = asked.terms if is_lexical and asked.terms.own else QueryTerms()
        scores = self.index.scores(counted, vector.values)
        totals, ranking = self._ranked(query, scores, allowed, options)
        maker = HitMaker(
            self.index, self.weights, asked, counted, scores=scores, fused=totals, ranking=ranking
        )
        places = range(options.offset, min(options.offset + options.limit, len(ranking)))
        documents = [self.corpus.documents[number] for number in ranking]
        results = Results(
            query=query,
            mode="lexical" if vector.values is None else mode,
            hits=tuple(maker.hit(place, options) for place in places),
            total=len(ranking),
            generation=self.name,
            is_degraded=vector.is_degraded,
            encode_ms=vector.encode_ms,
            took_ms=_ms_since(started),
            repair=asked.repair,
            ranking=tuple(document.group for document in documents),
            section_counts=Counter(document.section for document in documents),
        )
        return Ranked(results, asked, scores)

    def search_as_you_type(
        self,
        text: str,
        *,
        lang: str,
        filters: Filters | None = None,
        limit: int = 5,
    ) -> Results:
        """As `search`, for a text that is being typed: its last word may be unfinished.

        The encoder is asked about finished words only, or when the first document lacks one of
        them. Stop words alone find nothing yet. The repair of the results leaves the end as it was
        typed, in its right letters.
        """
        query = analysis.clean(text)
        # A blank or a mark behind a word finishes it.
        reading = self._unfinished.read(query) if text[-1:].isalnum() else TypedQuery(query)
        if all(map(analysis.stop_terms().__contains__, analysis.terms(reading.text))):
            return Results(query, "lexical", (), 0, self.name)
        options = SearchOptions(lang=lang, filters=filters or Filters(), limit=limit)
        by_words = replace(options, mode="lexical")
        results = self.search(reading.text, by_words if reading.beginning else options)
        if not results.hits or results.hits[0].signals.matched_share < WHOLE:
            results = self.search(reading.text, options)
        repair = _repair_as_typed(results.repair, reading)
        return replace(results, query=query, repair=repair, is_guess=not reading.is_clear)

    def alternative(self, text: str) -> str | None:
        """A likelier query than one that is searched as it was typed; None without one."""
        query = analysis.clean(text)
        if other := self._repairer.alternative(query):
            return other
        last = fold(query.rpartition(" ")[2])
        if not last.isalpha() or analysis.term_of(last) in self.index.lexical:
            return None
        finished = self._unfinished.finish(query)
        return finished.text if finished and finished.is_clear and finished.beginning else None

    def _vector(self, query: InterpretedQuery, mode: Mode) -> QueryVector:
        vectors = self.index.passage_vectors
        if mode == "lexical" or vectors is None:
            return QueryVector()
        return encode(self.encoder, query, dim=vectors.dim, more_readings_s=self.more_readings_s)

    def _ranked(
        self, query: str, scores: Scores, allowed: BoolArray, options: SearchOptions
    ) -> tuple[Fused, list[int]]:
        """Fused scores, and the numbers of documents to show, best first."""
        corpus = self.corpus
        found = fused(scores, weights=self.weights, allowed=allowed, categories=corpus.categories)
        named = [d for d in corpus.named.get(name_key(query), ()) if allowed[d]]
        found.add("name", named, NAME_BONUS)
        proposed = sorted(candidates(scores, allowed).union(named))
        if preferred := options.preferred_section:
            own = [d for d in proposed if corpus.documents[d].section == preferred]
            found.add("section", own, SECTION_PREFERENCE)
        for holders in phrase_holders(query, corpus, proposed):
            found.add("phrase", holders, PHRASE_BONUS)
        return found, grouped(
            proposed, found.total, corpus=corpus, allowed=allowed, lang=options.lang
        )


def _repair_as_typed(repair: Repair | None, reading: TypedQuery) -> Repair | None:
    """The repair of a search as you type: its last word as far as it was typed."""
    if reading.kinds:
        repair = Repair(reading.text, reading.kinds)
    if repair and reading.beginning:
        before = repair.text.rpartition(" ")[0]
        return replace(repair, text=f"{before} {reading.beginning}".strip())
    return repair


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
