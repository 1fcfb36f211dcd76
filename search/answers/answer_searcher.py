"""Searches, and reads what is found: the ranking, the words that answer, and what speaks for them.

Everything that shows an answer or a list of results goes through here; only typing does without.
"""

from __future__ import annotations

from dataclasses import replace

from search.answers.quoted_units import any_answers, near, quoted_numbers
from search.answers.reading import FIRST_ROUND, HitReader, HitReading
from search.answers.unit_index import UnitIndex
from search.answers.unit_reader import UnitReader
from search.answers.unit_words import KEPT_DOCUMENTS, UnitWords
from search.answers.word_quotes import WordQuoter
from search.model import Hit, Passage, Quotation, Results
from search.ranking.calibration import Calibration
from search.ranking.options import SearchOptions
from search.ranking.searcher import Ranked, Searcher
from search.text.quotation import quotation
from search.text.snippets import highlight, snippet
from search.text.units import unit_span


class AnswerSearcher:
    """A searcher that reads. Thread-safe and immutable."""

    def __init__(
        self, searcher: Searcher, reader: UnitReader | None, *, kept: int = KEPT_DOCUMENTS
    ) -> None:
        """The words of so many documents are kept once they are read.

        Raises IndexCorrupt when the units of the generation do not fit to its documents.
        """
        self.searcher = searcher
        self._reader = reader
        self._units = UnitIndex(searcher.generation, searcher.corpus)
        self._hits = HitReader(searcher, self._units, reader, UnitWords(self._units, kept))
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
        hits = [self._read_hit(ranked, one, options) for one in reading.hits]
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

    def _read_hit(self, ranked: Ranked, reading: HitReading, options: SearchOptions) -> Hit:
        """A hit with what was read of it, where units were looked at."""
        hit = reading.hit
        if not reading.units:
            return hit
        is_bare = self._units.units(reading.document).is_bare
        signals = replace(hit.signals, is_bare=is_bare)
        if reading.logit is not None:
            answering = any_answers(near(reading.units))
            signals = replace(signals, logit=reading.logit, card_logit=answering)
        read = replace(hit, signals=signals)
        return self._shown(ranked, reading, read) if options.is_marked else read

    def _shown(self, ranked: Ranked, reading: HitReading, hit: Hit) -> Hit:
        """The hit led to by its best unit and with its words."""
        units = self._units.units(reading.document)
        best = units.units[reading.units[0].number]
        block = units.blocks[best.block]
        text = unit_span(block, best)
        place = Passage(hit.document_id, hit.passage.ordinal, block.anchor, block.headings, text)
        quoted = near(reading.units)
        matcher = self.searcher.index.words.matcher(ranked.query.terms.own if ranked.query else ())
        return replace(
            hit,
            unit=place,
            heading=highlight("".join(place.headings[-1:]), matcher),
            snippet=snippet(place.text, matcher),
            quotation=quotation(units, quoted_numbers(units, reading.units, quoted)),
        )
