"""Reading of a ranking's first hits: their units are scored with the query, and order them.

In two rounds, so that few units are read: the nearest units of every hit say which article
answers, then more of that article say which words do. Without a reader, units are ordered by
meaning and words, and the hits stay as they were.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search.answers.unit_index import UnitIndex, UnitPlace
from search.answers.unit_reader import UnitReader
from search.answers.unit_words import UnitWords, headed_text
from search.errors import ReaderUnavailable
from search.model import Hit, Stage
from search.ranking.searcher import Ranked, Searcher
from search.text import analysis
from search.text.units import MAX_UNIT_CHARS, DocumentUnits, unit_text
from search.text.words import Matcher

log = logging.getLogger(__name__)

FIRST_ROUND = (2, 1, 1, 1, 1, 1)
"""Units read of each hit, by its rank; hits below are left where they are. Origin: with two more
hits nDCG@10 is the same on three of four libraries and .003 higher on one."""
SECOND_ROUND = 4
"""Further units read of the hit that then is first. Origin: of 3, 4 and 6 none shows more of the
words that answer on two of four libraries; 3 shows less to the messages of a shop."""
READER_WEIGHT = 0.45
"""Of the log-odds beside the fused score. Origin: from .35 on nDCG@10 differs by .010 at most on
two libraries and two companies; .35, .45 and .6 differ in the errors shown to everyday messages:
.09, .08, .10."""
LONGER_WEIGHT = 0.5
"""Of the length beside log-odds: of two units that answer alike the longer leaves less out."""
ASKED_INTERCEPT, ASKED_SLOPE = -23.2, 28.1
"""Log-odds that a document answers by the best cosine of its title and questions: what an author
says it answers outweighs a reading of a part of it. Origin: a logistic fit to the first eight hits
of the messages to a mattress shop's chat (SOFMattress of HINT3), whose intents have questions."""
UNREAD_LOGIT = -2.0
"""Log-odds that a document without text answers, beside those that were read."""
WORDS_WEIGHT, LENGTH_WEIGHT = 0.15, 0.05
"""Of the share of the query's words, and of the length, beside a cosine. Origin: with them one of
the first six units holds words that answer for .96 of the dev queries, with a vector of each
unit's own for .97 (docs/relevance.md)."""


@dataclass(frozen=True)
class ScoredUnit:
    """A unit of a document with what speaks for it; `logit` is None where nothing was read."""

    number: int
    cosine: float
    """Of the passage that it stands in, which has a vector already; 0 without one."""
    held: float
    """Share of the query's idf weight found in it, in [0, 1]."""
    length: float
    """In shares of the longest, in [0, 1]."""
    logit: float | None = None
    lacks_code: bool = False
    """True without a code of the query's that another unit of the document holds."""

    @property
    def nearness(self) -> float:
        """Likelihood that it is worth reading, comparable only for one query."""
        return self.cosine + WORDS_WEIGHT * self.held + LENGTH_WEIGHT * self.length

    @property
    def score(self) -> float:
        """Comparable among units that were scored in the same way."""
        if self.logit is None:
            return self.nearness
        return self.logit + LONGER_WEIGHT * self.length


@dataclass(frozen=True)
class HitReading:
    """A hit and its units that were looked at, best first; empty for one that was not read."""

    hit: Hit
    document: int
    units: tuple[ScoredUnit, ...] = ()
    asked_logit: float = -math.inf
    """Log-odds that the document answers, by the questions its author named."""

    @property
    def logit(self) -> float | None:
        """Log-odds that it answers: by its best unit, or by a question it was written for.

        None where nothing was read.
        """
        found = [unit.logit for unit in self.units if unit.logit is not None]
        return max(*found, self.asked_logit) if found else None


@dataclass(frozen=True)
class ReadRanking:
    """Hits in their order after reading, and the furthest stage that was reached."""

    hits: tuple[HitReading, ...]
    stage: Stage


class HitReader:
    """Reads the first hits of rankings of one generation. Thread-safe."""

    def __init__(
        self, searcher: Searcher, units: UnitIndex, reader: UnitReader | None, words: UnitWords
    ) -> None:
        self._searcher = searcher
        self._units = units
        self._reader = reader
        self._words = words

    def read(self, ranked: Ranked) -> ReadRanking:
        """Read a ranking from its first hit on; one that begins further down stays as it is."""
        hits = ranked.results.hits
        if not hits or ranked.query is None:
            return ReadRanking((), "none")
        looked = _Looked(self._searcher, self._units, self._words, ranked)
        places = [self._units.number(hit.document_id) for hit in hits]
        if self._reader and self._units.has_tokens and looked.has_meaning:
            try:
                return self._read(self._reader, looked, hits, places)
            except ReaderUnavailable as error:
                log.warning("nothing was read: %s", error)
        return self._unread(looked, hits, places)

    def _read(
        self, reader: UnitReader, looked: _Looked, hits: Sequence[Hit], places: Sequence[int]
    ) -> ReadRanking:
        """Raises ReaderUnavailable."""
        deadline = reader.deadline()
        counts = FIRST_ROUND[: len(hits)]
        chosen = {
            number: self._readable(looked, number)[:count]
            for number, count in zip(places, counts, strict=False)
        }
        logits = self._logits(reader, looked.text, chosen, deadline)
        read = [
            HitReading(
                hit,
                number,
                looked.units(number, chosen.get(number, ()), logits),
                self._asked_logit(hit, number),
            )
            for hit, number in zip(hits, places, strict=True)
        ]
        order = sorted(range(len(counts)), key=lambda n: (-_total(read[n]), n))
        read[: len(counts)] = [read[n] for n in order]
        first = read[0].document
        more = [n for n in self._readable(looked, first) if n not in chosen[first]]
        more = more[:SECOND_ROUND]
        logits |= self._logits(reader, looked.text, {first: more}, deadline)
        units = looked.units(first, (*chosen[first], *more), logits)
        read[0] = replace(read[0], units=units)
        if not units:  # a title and questions are all there is: nothing could be read
            return self._unread(looked, [one.hit for one in read], [one.document for one in read])
        return ReadRanking(tuple(read), "reader")

    def _unread(self, looked: _Looked, hits: Sequence[Hit], places: Sequence[int]) -> ReadRanking:
        """Hits as they are, the first with its units by meaning and words."""
        first = looked.units(places[0], looked.nearest(places[0]))
        readings = [HitReading(hits[0], places[0], first)]
        readings += [HitReading(h, n) for h, n in zip(hits[1:], places[1:], strict=True)]
        return ReadRanking(tuple(readings), "hybrid" if looked.has_meaning else "lexical")

    def _asked_logit(self, hit: Hit, document: int) -> float:
        cosine = hit.signals.label_cosine
        if cosine is None or not self._searcher.index.has_questions[document]:
            return -math.inf
        return ASKED_INTERCEPT + ASKED_SLOPE * cosine

    def _readable(self, looked: _Looked, document: int) -> list[int]:
        """Units worth reading; none of a document that says no more than its title."""
        return [] if self._units.units(document).is_bare else looked.nearest(document)

    def _logits(
        self,
        reader: UnitReader,
        query: str,
        chosen: Mapping[int, Sequence[int]],
        deadline: float,
    ) -> dict[UnitPlace, float]:
        places = [UnitPlace(document, n) for document, units in chosen.items() for n in units]
        keys = {self._units.key(place): place for place in places}
        tokens = {key: self._units.tokens(place) for key, place in keys.items()}
        found = reader.read(query, tokens, deadline=deadline)
        return {keys[key]: logit for key, logit in found.items()}


class _Looked:
    """The units of a ranking's documents, as one query sees them."""

    def __init__(
        self, searcher: Searcher, units: UnitIndex, words: UnitWords, ranked: Ranked
    ) -> None:
        query = ranked.query
        self.text = query.text if query else ""
        self._units = units
        self._words = words
        self._corpus = searcher.corpus
        self._cosines = ranked.scores.cosine if ranked.scores else None
        terms = query.terms.own if query else ()
        self._codes = {term for term in terms if analysis.is_code(term)}
        self._code_matcher = searcher.index.words.matcher(sorted(self._codes))
        self._weights = {term: searcher.index.lexical.idf(term) for term in terms}
        self._matcher: Matcher = searcher.index.words.matcher(terms)
        self._scored: dict[int, tuple[ScoredUnit, ...]] = {}

    @property
    def has_meaning(self) -> bool:
        return self._cosines is not None

    def nearest(self, document: int) -> list[int]:
        """Numbers of a document's units, those first that are likeliest by meaning and words."""
        units = sorted(
            self._all(document), key=lambda unit: (unit.lacks_code, -unit.nearness, unit.number)
        )
        return [unit.number for unit in units]

    def units(
        self,
        document: int,
        numbers: Sequence[int],
        logits: Mapping[UnitPlace, float] | None = None,
    ) -> tuple[ScoredUnit, ...]:
        """Units with their scores, best first."""
        if not numbers:
            return ()
        logits = logits or {}
        scored = self._all(document)
        found = [
            replace(scored[number], logit=logits.get(UnitPlace(document, number)))
            for number in numbers
        ]
        return tuple(sorted(found, key=lambda u: (u.lacks_code, -u.score, u.number)))

    def _all(self, document: int) -> tuple[ScoredUnit, ...]:
        if document not in self._scored:
            units = self._units.units(document)
            cosines = self._passage_cosines(document)
            lacking = self._lacking_code(units)
            held = self._held(document, units)
            self._scored[document] = tuple(
                self._scored_unit(
                    units, number, cosines, held[number], lacks_code=number in lacking
                )
                for number in range(len(units.units))
            )
        return self._scored[document]

    def _lacking_code(self, units: DocumentUnits) -> frozenset[int]:
        """Units without the query's code, where others of the document hold it: E-04 is no answer
        to E-05. A code in the title, as a product's name is, is what the whole document is about.
        """
        codes = self._codes - set(analysis.terms(units.title))
        if not codes:
            return frozenset()
        texts = [headed_text(units, number) for number in range(len(units.units))]
        held = [{it.term for it in self._code_matcher.find(text)} for text in texts]
        lacking = frozenset(n for n, own in enumerate(held) if not codes & own)
        return lacking if len(lacking) < len(texts) else frozenset()

    def _scored_unit(
        self,
        units: DocumentUnits,
        number: int,
        cosines: Mapping[str, float],
        held: float,
        *,
        lacks_code: bool,
    ) -> ScoredUnit:
        unit = units.units[number]
        block = units.blocks[unit.block]
        cosine = cosines.get(block.anchor, min(cosines.values(), default=0.0))
        length = min(len(unit_text(block, unit)), MAX_UNIT_CHARS) / MAX_UNIT_CHARS
        return ScoredUnit(number, cosine, held, length, lacks_code=lacks_code)

    def _passage_cosines(self, document: int) -> dict[str, float]:
        """Cosine of the best passage under each anchor; empty without a query vector."""
        found: dict[str, float] = {}
        if self._cosines is None:
            return found
        place = self._corpus.documents[document]
        for number in range(place.first, place.end):
            anchor = self._corpus.passages[number].anchor
            found[anchor] = max(found.get(anchor, -1.0), float(self._cosines[number]))
        return found

    def _held(self, document: int, units: DocumentUnits) -> list[float]:
        """Share of the query's idf weight that each unit holds."""
        total = sum(self._weights.values())
        if not total:
            return [0.0] * len(units.units)
        return [
            sum(self._weights[term] for term in found) / total
            for found in self._found(document, units)
        ]

    def _found(self, document: int, units: DocumentUnits) -> Iterator[set[str]]:
        """The query's terms in each unit."""
        if self._matcher.is_plain:
            return map(self._matcher.among, self._words.written(document))
        texts = (headed_text(units, number) for number in range(len(units.units)))
        return ({token.term for token in self._matcher.find(text)} for text in texts)


def _total(reading: HitReading) -> float:
    logit = UNREAD_LOGIT if reading.logit is None else reading.logit
    return reading.hit.signals.fused + READER_WEIGHT * logit
