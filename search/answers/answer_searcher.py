"""Searches, and reads what is found: the ranking, the words that answer, and what speaks for them.

Everything that shows an answer or a list of results goes through here; only typing does without.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from search.answers.reading import FIRST_ROUND, HitReader, HitReading, ScoredUnit
from search.answers.unit_index import UnitIndex
from search.answers.unit_reader import UnitReader
from search.answers.word_quotes import WordQuoter
from search.model import Hit, Passage, Quotation, Results
from search.ranking.calibration import Calibration
from search.ranking.options import SearchOptions
from search.ranking.searcher import Ranked, Searcher
from search.text.quotation import quotation
from search.text.snippets import highlight, snippet
from search.text.units import DocumentUnits, unit_span

MOST_QUOTED = 6
"""Units tried for a quotation, best first; what does not fit or says nothing new is left out."""
LOGIT_GAP = 4.0
"""How much less likely than the best a unit may be to stand beside it."""
SCORE_GAP = 0.08
"""The same where nothing was read."""
MOST_JUDGED = 3
"""Units quoted, best first, that count towards the odds that one of them answers."""


class AnswerSearcher:
    """A searcher that reads. Thread-safe and immutable."""

    def __init__(self, searcher: Searcher, reader: UnitReader | None) -> None:
        """Raises IndexCorrupt when the units of the generation do not fit to its documents."""
        self.searcher = searcher
        self._reader = reader
        self._units = UnitIndex(searcher.generation, searcher.corpus)
        self._hits = HitReader(searcher, self._units, reader)
        self._words = WordQuoter(searcher, self._units)

    @property
    def calibration(self) -> Calibration:
        return self.searcher.calibration

    @property
    def has_reader(self) -> bool:
        return self._reader is not None and self._units.has_tokens

    def without_reader(self) -> AnswerSearcher:
        """The same that reads nothing."""
        return AnswerSearcher(self.searcher, None)

    def ranked_by(self, searcher: Searcher) -> AnswerSearcher:
        """The same reading what another searcher of this generation finds."""
        return AnswerSearcher(searcher, self._reader)

    def search(self, text: str, options: SearchOptions) -> Results:
        """As `Searcher.search`; the first hits are read, put in order and quoted from.

        Further pages of a ranking are not read.
        """
        if options.offset:
            return self.searcher.search(text, options)
        enough = replace(options, limit=max(options.limit, len(FIRST_ROUND)))
        ranked = self.searcher.rank(text, enough)
        if not ranked.results.hits:
            return ranked.results
        reading = self._hits.read(ranked)
        hits = [self._shown(ranked, one) for one in reading.hits]
        groups = tuple(hit.group for hit in hits)
        return replace(
            ranked.results,
            hits=tuple(hits[: options.limit]),
            ranking=groups + ranked.results.ranking[len(groups) :],
            stage=reading.stage,
        )

    def quote(self, hit: Hit, query: str) -> Quotation | None:
        """The words that were read, or else those that hold the query's words.

        None where they are too long to be shown.
        """
        if hit.unit:
            return hit.quotation
        return self._words.quote(self._units.number(hit.document_id), query)

    def _shown(self, ranked: Ranked, reading: HitReading) -> Hit:
        """A hit led to by its best unit and with its words, where units were looked at."""
        hit = reading.hit
        if not reading.units:
            return hit
        units = self._units.units(reading.document)
        best = units.units[reading.units[0].number]
        block = units.blocks[best.block]
        text = unit_span(block, best)
        place = Passage(hit.document_id, hit.passage.ordinal, block.anchor, block.headings, text)
        quoted = _near(reading.units)
        signals = replace(hit.signals, is_bare=units.is_bare)
        if reading.logit is not None:
            signals = replace(signals, logit=reading.logit, card_logit=_any_answers(quoted))
        matcher = self.searcher.index.words.matcher(ranked.query.terms.own if ranked.query else ())
        return replace(
            hit,
            unit=place,
            heading=highlight("".join(place.headings[-1:]), matcher),
            snippet=snippet(place.text, matcher),
            signals=signals,
            quotation=quotation(units, _with_steps(units, reading.units, quoted)),
        )


def _near(units: Sequence[ScoredUnit]) -> Sequence[ScoredUnit]:
    """The best unit and those hardly less likely, best first."""
    gap = SCORE_GAP if units[0].logit is None else LOGIT_GAP
    fit = [unit for unit in units if unit.lacks_code == units[0].lacks_code]
    return [unit for unit in fit if unit.score >= units[0].score - gap][:MOST_QUOTED]


def _with_steps(
    document: DocumentUnits, scored: Sequence[ScoredUnit], quoted: Sequence[ScoredUnit]
) -> list[int]:
    """Numbers of the units to quote, the most important first.

    Steps among them come second at the latest: sentences about what is to be done would leave no
    room for them. Beside an opening, which only says what the article is for, stand its steps.
    """
    numbers = [unit.number for unit in quoted]
    candidates = numbers
    if document.is_opening(numbers[0]):
        candidates = [unit.number for unit in scored]
        candidates += [n for n in range(len(document.units)) if n not in candidates]
    steps = next((n for n in candidates if document.block(n).kind == "steps"), None)
    if steps is None or steps == numbers[0]:
        return numbers
    return [numbers[0], steps, *(number for number in numbers[1:] if number != steps)]


def _any_answers(units: Sequence[ScoredUnit]) -> float:
    """Log-odds that one of the first units answers, were they independent; exact for any size."""
    return reduce(_either, (unit.logit or 0.0 for unit in units[:MOST_JUDGED]))


def _either(a: float, b: float) -> float:
    """Log-odds that one of two independent things is so: its odds are the sum a + b + ab of theirs.

    In log-sum-exp form, so that no odds are too small or too large for a float.
    """
    terms = (a, b, a + b)
    largest = max(terms)
    return largest + math.log(sum(math.exp(term - largest) for term in terms))
