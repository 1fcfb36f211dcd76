"""Answers a query over one open generation: candidates, fusion, best passage, snippet.

Thread-safe and immutable; a new generation gets a new Searcher. What the hits mean to a site
(addresses, dates) is joined elsewhere.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from search.errors import EncoderUnavailable, IndexCorrupt
from search.generation.corpus import BoolArray, Corpus, IntArray, load_corpus, name_key
from search.generation.files import LABEL_VECTORS, LEXICAL, PASSAGE_VECTORS, SYNONYMS, WORDS
from search.generation.store import REBUILD, OpenGeneration
from search.lexical.bm25 import FloatArray, LexicalIndex
from search.lexical.prefix_query import PrefixReader, TypedQuery
from search.lexical.query_repair import Repairer
from search.model import Explanation, Filters, Hit, Mode, Passage, Repair, Results, Signals
from search.ranking.calibration import Calibration
from search.ranking.fusion import FLOOR, standardise, weighted
from search.ranking.grouping import Groups
from search.semantic.vectors import Vectors
from search.text import analysis
from search.text.snippets import highlight, snippet
from search.text.synonyms import Synonyms
from search.text.words import Matcher, Words, fold

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weights:
    """How much each ranker says. Origin: `bench/relevance/tune.py` on the dev queries of both
    corpora.

    The first three are shares of standardised scores; `coverage` is added in full when a passage
    holds every word of the query: a rare name typed exactly is what the reader wants, whatever
    resembles it in meaning. `category` is the weight of what the best documents of the same
    category have in common with the query: where they are near, the subject is right.
    """

    passage: float = 0.48
    lexical: float = 0.4
    label: float = 0.12
    coverage: float = 1.5
    category: float = 0.4


CANDIDATES = 50
"""Documents each ranker proposes; only proposed ones are hits."""
MAX_HITS = 200
CATEGORY_CANDIDATES = 200
CATEGORY_DOCUMENTS = 3
"""A category is as near as its so many best documents are on average, among the nearest of all."""
LEAD_PLACES = 9
NAME_BONUS = 10.0
"""For a document whose whole title or id was typed: above anything that is merely like it."""
PHRASE_BONUS = 4.0
"""For a document that holds a phrase typed in quotes, word for word."""
MAX_PHRASES = 3
WHOLE = 0.999
"""Share of a query's words from which on they count as all."""
MAX_OTHERS = 2
"""Further passages shown of one document."""
MAX_OTHERS_READ = 6
"""Passages of one document that are looked into for them, best ones first."""
MORE_READINGS_S = 0.1
"""An encoder that is slower reads a query in one way only, so that nobody waits for it."""
UNHURRIED_S = math.inf
"""The same where nobody waits, and results must not depend on how quick the machine is."""
_PHRASE = re.compile(r"[\"“„«]([^\"“”„«»]{2,})[\"”“»]")

OTHER_LANGUAGE_PENALTY = 0.25
"""Taken from the fused score of a document the reader's language lacks: own language first, but
a plain match in the other one stays above what merely resembles."""
SECTION_PREFERENCE = 0.5
"""Added to the fused score of documents in the section a reader came for: half the spread of the
rankers, so that it decides between equals and hides no better answer. Not tuned: the judged
libraries have one section."""


class QueryEncoding(Protocol):
    """Gives a query vector or raises EncoderUnavailable, in bounded time."""

    def encode_query(self, text: str) -> FloatArray: ...


@dataclass(frozen=True)
class _Scores:
    """Per passage and per document of the corpus; vectors are None without an encoder."""

    bm25: FloatArray
    matched: FloatArray
    cosine: FloatArray | None
    document_bm25: FloatArray
    document_matched: FloatArray
    document_cosine: FloatArray | None
    """Mean of the two best passages: steadier than the best alone."""
    label_cosine: FloatArray | None


@dataclass(frozen=True)
class _Fused:
    """What documents are ordered by, (n_documents,), and what it is the sum of.

    `total` is -inf for documents that the filters exclude; parts are 0 there.
    """

    total: FloatArray
    parts: dict[str, FloatArray]


@dataclass(frozen=True)
class _KnownTerms:
    """How much of a query the index knows."""

    terms: int
    unknown_share: float


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
        self.weights = weights or Weights()
        self.more_readings_s = more_readings_s
        self.generation = generation
        self.name = generation.manifest.name
        self.encoder = encoder
        self.corpus: Corpus = load_corpus(generation)
        self._stemmers = {analysis.stemmer_of(d.lang): d.lang for d in self.corpus.documents}
        """Stemmers of the documents, each with a language that has it."""
        keys = self.corpus.passage_keys()
        self._groups = Groups(self.corpus.first_passages, len(keys))
        try:
            self._lexical = LexicalIndex.open(
                generation.paths(f"{LEXICAL}/postings/"), keys, self.corpus.first_passages
            )
            self._words = Words.load(generation.path(WORDS))
            self._synonyms = Synonyms.from_json(generation.path(SYNONYMS).read_bytes())
            self._repairer = Repairer(self._words, self._lexical)
            self._unfinished = PrefixReader(self._repairer, self._lexical)
            self.calibration = Calibration.from_dict(generation.manifest.facts["calibration"])
            self._passage_vectors, self._label_vectors = _open_vectors(generation)
            if self._passage_vectors is not None and len(self._passage_vectors) != len(keys):
                raise ValueError("one embedding a passage is needed")
            if self._label_vectors is not None and len(self._label_vectors) != len(
                self.corpus.label_documents
            ):
                raise ValueError("one embedding a label is needed")
        except (ValueError, TypeError, OSError, KeyError) as error:
            raise IndexCorrupt(f"{generation.folder}: {error}; {REBUILD}") from error

    def warm_up(self) -> None:
        """Make now what the first queries would wait for."""
        self._repairer.warm_up()
        self._unfinished.warm_up()

    @property
    def has_vectors(self) -> bool:
        return self._passage_vectors is not None

    def term_weights(self, query: str, lang: str = "") -> dict[str, float]:
        """The terms of a query in `lang`, each with how telling it is in this index: its idf."""
        return {term: self._lexical.idf(term) for term in analysis.query_terms(query, lang)}

    def search(
        self,
        text: str,
        *,
        lang: str,
        filters: Filters | None = None,
        limit: int = 10,
        offset: int = 0,
        mode: Mode = "hybrid",
        is_verbatim: bool = False,
        is_explained: bool = False,
        preferred_section: str = "",
    ) -> Results:
        """Rank documents for what a reader typed; any text is valid, an empty one finds nothing.

        What was typed in the wrong layout, in Latin letters or with errors is repaired, unless
        `is_verbatim`; the results say so. With `is_explained` every hit says why it stands there.
        Documents of `preferred_section` come before equals of others.
        Translations count as one hit, shown in `lang` where that exists. Semantic and hybrid
        searches fall back to lexical ones, marked degraded, when no query vector can be had.
        """
        started = time.perf_counter()
        query = analysis.clean(text)
        allowed = self.corpus.allowed(filters or Filters())
        if not query or not allowed.any():
            return Results(query, mode, (), 0, self.name, took_ms=_ms_since(started))
        repair = None if is_verbatim else self._repairer.repair(query, lang)
        repaired = repair.text if repair else query
        # A name that the site knows may look like an error to the repairer: what was typed counts.
        asked = (query, repaired) if repair else (query,)
        meanings = tuple(
            dict.fromkeys(name for one in asked for name in self._synonyms.meanings(one))
        )
        encoding_started = time.perf_counter()
        vector, is_degraded = self._query_vector(query, repair, meanings, mode)
        encode_ms = _ms_since(encoding_started)
        own_terms = analysis.query_terms(repaired, lang)
        terms = own_terms if mode != "semantic" or vector is None else []
        also = self._also(repaired, meanings, lang, terms)
        scores = self._scores(terms, vector, also if terms else ())
        fused = self._fused(scores, allowed)
        named = [d for d in self.corpus.named.get(name_key(query), ()) if allowed[d]]
        _add(fused, "name", named, NAME_BONUS)
        candidates = sorted({*self._candidates(scores, allowed), *named})
        if preferred_section:
            preferred = [d for d in candidates if self._is_in(d, preferred_section)]
            _add(fused, "section", preferred, SECTION_PREFERENCE)
        for holders in self._phrase_holders(query, candidates):
            _add(fused, "phrase", holders, PHRASE_BONUS)
        ranking = self._ranking(fused.total, candidates, allowed, lang)
        known = self._known(own_terms)
        matcher = self._words.matcher([*own_terms, *also])
        places = range(offset, min(offset + limit, len(ranking)))
        hits = [self._hit(ranking, place, scores, fused.total, known, matcher) for place in places]
        if is_explained:
            hits = [
                replace(hit, explanation=self._explanation(hit, ranking[place], fused, terms, also))
                for hit, place in zip(hits, places, strict=True)
            ]
        return Results(
            query=query,
            mode="lexical" if vector is None else mode,
            hits=tuple(hits),
            total=len(ranking),
            generation=self.name,
            is_degraded=is_degraded,
            encode_ms=encode_ms,
            took_ms=_ms_since(started),
            repair=repair,
            ranking=tuple(self.corpus.documents[d].group for d in ranking),
            section_counts=Counter(self.corpus.documents[d].section for d in ranking),
        )

    def _also(
        self, query: str, meanings: Sequence[str], lang: str, terms: Sequence[str]
    ) -> list[str]:
        """What adds to a score and is not missed: synonyms, and the query's words as documents in
        other languages have them."""
        found = analysis.query_terms("\n".join(meanings), lang)
        for stemmer, other in self._stemmers.items():
            if stemmer != analysis.stemmer_of(lang):
                found += analysis.query_terms(query, other)
        return [term for term in dict.fromkeys(found) if term not in terms]

    def look(
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
        search = partial(self.search, reading.text, lang=lang, filters=filters, limit=limit)
        results = search(mode="lexical" if reading.beginning else "hybrid")
        if not results.hits or results.hits[0].signals.matched_share < WHOLE:
            results = search()
        repair = results.repair
        if reading.kinds:
            repair = Repair(reading.text, reading.kinds)
        if repair and reading.beginning:
            before = repair.text.rpartition(" ")[0]
            repair = replace(repair, text=f"{before} {reading.beginning}".strip())
        return replace(results, query=query, repair=repair, is_guess=not reading.is_clear)

    def alternative(self, text: str) -> str | None:
        """What a reader may have meant by a query that is searched as it was typed."""
        query = analysis.clean(text)
        if other := self._repairer.alternative(query):
            return other
        last = fold(query.rpartition(" ")[2])
        if not last.isalpha() or analysis.term_of(last) in self._lexical:
            return None
        finished = self._unfinished.finish(query)
        return finished.text if finished and finished.is_clear and finished.beginning else None

    def _query_vector(
        self, query: str, repair: Repair | None, meanings: Sequence[str], mode: Mode
    ) -> tuple[FloatArray | None, bool]:
        """The vector, or None; and whether one was wanted in vain."""
        if mode == "lexical" or self._passage_vectors is None:
            return None, False
        if self.encoder is None:
            return None, True
        try:
            vector = _encoded(self.encoder, query, repair, meanings, self.more_readings_s)
        except EncoderUnavailable as error:
            log.warning("search is lexical only: %s", error)
            return None, True
        if vector.shape != (self._passage_vectors.dim,):
            log.error("query encoder and index differ in dimension; %s", REBUILD)
            return None, True
        return vector, False

    def _scores(
        self, terms: Sequence[str], vector: FloatArray | None, also: Sequence[str] = ()
    ) -> _Scores:
        bm25, matched, document_bm25 = self._lexical.scores(terms, also)
        document_matched = self._groups.maxima(matched)
        if vector is None or self._passage_vectors is None or self._label_vectors is None:
            return _Scores(bm25, matched, None, document_bm25, document_matched, None, None)
        cosine = self._passage_vectors.cosines(vector)
        labels = np.full(len(document_bm25), -1.0, dtype=np.float32)
        of_labels = self._label_vectors.cosines(vector)
        np.maximum.at(labels, self.corpus.label_documents, of_labels)
        pairs = self._groups.means_of_two_best(cosine)
        return _Scores(bm25, matched, cosine, document_bm25, document_matched, pairs, labels)

    def _fused(self, scores: _Scores, allowed: BoolArray) -> _Fused:
        """One score a document; only allowed ones set the scale."""
        weights = self.weights
        rankers = {"words": (weights.lexical, standardise(scores.document_bm25[allowed]))}
        extra = {"coverage": weights.coverage * scores.document_matched[allowed]}
        if scores.document_cosine is not None and scores.label_cosine is not None:
            nearness = standardise(scores.document_cosine[allowed])
            rankers["meaning"] = (weights.passage, nearness)
            rankers["labels"] = (weights.label, standardise(scores.label_cosine[allowed]))
            categories = self.corpus.categories[allowed]
            extra["category"] = weights.category * _category_nearness(nearness, categories)
        parts = {}
        for name, values in {**weighted(rankers), **extra}.items():
            parts[name] = np.zeros(len(allowed), dtype=np.float32)
            parts[name][allowed] = values
        total = np.where(allowed, sum(parts.values()), np.float32(-np.inf))
        return _Fused(np.asarray(total, dtype=np.float32), parts)

    def _phrase_holders(self, query: str, candidates: Sequence[int]) -> Iterator[list[int]]:
        """Of each phrase that the query has in quotes, the candidates that hold it."""
        for phrase in [fold(p).strip() for p in _PHRASE.findall(query)[:MAX_PHRASES]]:
            holders = []
            for number in candidates:
                document = self.corpus.documents[number]
                passages = self.corpus.passages[document.first : document.end]
                if any(phrase in fold(text) for text in (document.title, *_texts(passages))):
                    holders.append(number)
            yield holders

    def _explanation(
        self,
        hit: Hit,
        number: int,
        fused: _Fused,
        terms: Sequence[str],
        also: Sequence[str],
    ) -> Explanation:
        """Why a document stands where it does; what is left is what its translations change."""
        parts = {name: float(values[number]) for name, values in fused.parts.items()}
        parts["language"] = hit.signals.fused - sum(parts.values())
        return Explanation(parts, self._lexical.explain(number, terms, also))

    def _ranking(
        self, fused: FloatArray, candidates: Sequence[int], allowed: BoolArray, lang: str
    ) -> list[int]:
        """Documents to show, best first, one a group, at most MAX_HITS."""
        documents = self.corpus.documents
        best_by_group: dict[str, float] = {}
        for number, score in zip(candidates, fused[candidates].tolist(), strict=True):
            group = documents[number].group
            best_by_group[group] = max(best_by_group.get(group, -np.inf), score)
        placed = []
        for group, score in best_by_group.items():
            number = self._version(group, fused, allowed, lang)
            if documents[number].lang != lang:
                score -= OTHER_LANGUAGE_PENALTY
            placed.append((-score, documents[number].id, number))
        placed.sort()
        ranking = [number for _, _, number in placed]
        fused[ranking] = [-score for score, _, _ in placed]
        return ranking[:MAX_HITS]

    def _candidates(self, scores: _Scores, allowed: BoolArray) -> list[int]:
        """Union of what each ranker proposes."""
        bm25 = np.where(allowed, scores.document_bm25, 0.0)
        proposed = [d for d in _best(bm25, CANDIDATES) if bm25[d] > 0]
        for similarity in (scores.document_cosine, scores.label_cosine):
            if similarity is not None:
                nearest = _best(np.where(allowed, similarity, -2.0), CANDIDATES)
                proposed += [d for d in nearest if allowed[d]]
        return proposed

    def _is_in(self, number: int, section: str) -> bool:
        return self.corpus.documents[number].section == section

    def _version(self, group: str, fused: FloatArray, allowed: BoolArray, lang: str) -> int:
        """The language version to show: the reader's, else the best allowed one."""
        versions = self.corpus.groups[group]
        if len(versions) == 1:
            return versions[0]
        versions = tuple(d for d in versions if allowed[d])
        own = [d for d in versions if self.corpus.documents[d].lang == lang]
        return own[0] if own else max(versions, key=lambda d: float(fused[d]))

    def _known(self, terms: Sequence[str]) -> _KnownTerms:
        weights = [(self._lexical.idf(term), term in self._lexical) for term in terms]
        total = sum(weight for weight, _ in weights)
        unknown = sum(weight for weight, is_known in weights if not is_known)
        return _KnownTerms(len(weights), unknown / total if total else 0.0)

    def _hit(
        self,
        ranking: Sequence[int],
        place: int,
        scores: _Scores,
        fused: FloatArray,
        known: _KnownTerms,
        matcher: Matcher,
    ) -> Hit:
        number = ranking[place]
        document = self.corpus.documents[number]
        chosen = self._best_passage(number, scores)
        passage = self.corpus.passages[chosen]
        cosine = None if scores.cosine is None else float(scores.cosine[chosen])
        label = None if scores.label_cosine is None else float(scores.label_cosine[number])
        return Hit(
            document_id=document.id,
            group=document.group,
            lang=document.lang,
            section=document.section,
            category=document.category,
            score=float(np.exp(fused[number] - fused[ranking[0]])),
            title=highlight(document.title, matcher),
            passage=passage,
            snippet=snippet(passage.text, matcher),
            signals=Signals(
                cosine=cosine,
                label_cosine=label,
                bm25=float(scores.document_bm25[number]),
                matched_share=float(scores.matched[chosen]),
                fused=float(fused[number]),
                margin=_lead(fused, ranking, place, 1),
                lead=_lead(fused, ranking, place, LEAD_PLACES),
                unknown_share=known.unknown_share,
                terms=known.terms,
            ),
            heading=highlight("".join(passage.headings[-1:]), matcher),
            others=self._others(number, chosen, scores, matcher),
        )

    def _best_passage(self, number: int, scores: _Scores) -> int:
        """Passage of a document that answers best, by words and meaning alike."""
        document = self.corpus.documents[number]
        if document.end - document.first == 1:
            return document.first
        where = slice(document.first, document.end)
        combined = self.weights.lexical * _scaled(scores.bm25[where])
        if scores.cosine is not None:
            combined = combined + self.weights.passage * _scaled(scores.cosine[where])
        return document.first + int(np.argmax(combined))

    def _others(
        self, number: int, chosen: int, scores: _Scores, matcher: Matcher
    ) -> tuple[Passage, ...]:
        """Further passages that hold, below the title, all words that the chosen one holds."""
        document = self.corpus.documents[number]
        where = [n for n in range(document.first, document.end) if scores.bm25[n] > 0]
        where = sorted(where, key=lambda n: -float(scores.bm25[n]))[:MAX_OTHERS_READ]
        wanted = _words_of(self.corpus.passages[chosen], matcher)
        shown = {"", self.corpus.passages[chosen].anchor}
        others: dict[str, Passage] = {}
        for passage in (self.corpus.passages[n] for n in where if wanted):
            if passage.anchor not in shown and wanted <= _words_of(passage, matcher):
                others.setdefault(passage.anchor, passage)
        return tuple(others.values())[:MAX_OTHERS]


def _words_of(passage: Passage, matcher: Matcher) -> set[str]:
    """The query's terms in a passage and its heading."""
    return {t.term for text in (*passage.headings[-1:], passage.text) for t in matcher.find(text)}


def _encoded(
    encoder: QueryEncoding,
    query: str,
    repair: Repair | None,
    meanings: Sequence[str],
    more_readings_s: float,
) -> FloatArray:
    """The meaning of a query; of one in doubt, between its readings.

    An encoder reads small errors well, and a repair can be wrong; a word of the site may be one
    that it does not know, or knows otherwise.
    """
    repaired = repair.text if repair else query
    readings = [repaired]
    if repair and set(repair.kinds) <= {"spelling", "spacing"}:
        readings.append(query)
    if meanings:
        readings.append(" ".join((repaired, *meanings)))
    started = time.perf_counter()
    vectors = [encoder.encode_query(readings[0])]
    for reading in readings[1:]:
        # Others refine the first: they may neither fail a search nor add their own deadlines to it.
        if time.perf_counter() - started > more_readings_s:
            break
        with suppress(EncoderUnavailable):
            vectors.append(encoder.encode_query(reading))
    if len(vectors) == 1:
        return vectors[0]
    total = np.sum(vectors, axis=0)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def _open_vectors(generation: OpenGeneration) -> tuple[Vectors | None, Vectors | None]:
    if not generation.paths(PASSAGE_VECTORS):
        return None, None
    return (
        Vectors.open(generation.path(PASSAGE_VECTORS)),
        Vectors.open(generation.path(LABEL_VECTORS)),
    )


def _add(fused: _Fused, name: str, documents: Sequence[int], bonus: float) -> None:
    """Add a part that few queries have."""
    if documents:
        part = fused.parts.setdefault(name, np.zeros_like(fused.total))
        part[documents] += bonus
        fused.total[documents] += bonus


def _texts(passages: Sequence[Passage]) -> Iterator[str]:
    for passage in passages:
        yield from (*passage.headings, passage.text)


def _best(values: FloatArray, count: int) -> list[int]:
    """Numbers of the `count` highest values, in no order."""
    if len(values) <= count:
        return list(range(len(values)))
    return [int(number) for number in np.argpartition(-values, count)[:count]]


def _category_nearness(nearness: FloatArray, categories: IntArray) -> FloatArray:
    """Per document, the mean of the best CATEGORY_DOCUMENTS of its category; FLOOR for a missing
    one. Only the CATEGORY_CANDIDATES nearest documents count."""
    order = np.arange(len(nearness))
    if len(nearness) > CATEGORY_CANDIDATES:
        order = np.argpartition(-nearness, CATEGORY_CANDIDATES)[:CATEGORY_CANDIDATES]
    order = order[np.argsort(-nearness[order], kind="stable")]
    order = order[np.argsort(categories[order], kind="stable")]
    found = categories[order]
    starts = np.flatnonzero(np.diff(found, prepend=-1))
    place = np.arange(len(found)) - np.repeat(starts, np.diff(np.append(starts, len(found))))
    best = order[place < CATEGORY_DOCUMENTS]
    above = np.bincount(
        categories[best], weights=nearness[best] - FLOOR, minlength=int(categories.max()) + 1
    )
    return np.asarray(FLOOR + above[categories] / CATEGORY_DOCUMENTS, dtype=np.float32)


def _lead(fused: FloatArray, ranking: Sequence[int], place: int, places: int) -> float:
    other = min(place + places, len(ranking) - 1)
    return float(fused[ranking[place]] - fused[ranking[other]])


def _scaled(scores: FloatArray) -> FloatArray:
    """Scores of a document's passages on a common scale: 0 for the weakest, 1 for the best."""
    spread = float(scores.max() - scores.min())
    return (scores - scores.min()) / spread if spread > 1e-6 else np.zeros_like(scores)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
