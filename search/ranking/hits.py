"""Hits: what is shown of a ranked document, with the signals that confidence reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from search.generation.corpus import CorpusDocument
from search.model import Explanation, Hit, Passage, Signals
from search.ranking.fusion import Fused
from search.ranking.index_reader import IndexReader, KnownTerms, Scores
from search.ranking.interpretation import InterpretedQuery, QueryTerms
from search.ranking.options import SearchOptions
from search.ranking.weights import Weights
from search.text.snippets import highlight, snippet
from search.text.words import Matcher

FloatArray = npt.NDArray[np.float32]

LEAD_PLACES = 9
NEAR_SHARPNESS = 30.0
"""Of the softmax over documents' cosines. Origin: of 10 to 60 the one that tells best whether the
first intent is the right one (SOFMattress of HINT3); 15 to 60 differ by no more than .005 AUROC."""
MAX_OTHERS = 2
"""Further passages shown of one document."""
MAX_OTHERS_READ = 6
"""Passages of one document that are looked into for them, best ones first."""


@dataclass(frozen=True)
class HitMaker:
    """Makes the hits of one ranking: documents by number, best first."""

    index: IndexReader
    weights: Weights
    query: InterpretedQuery
    counted: QueryTerms
    """Terms that the scores were asked for."""
    scores: Scores
    fused: Fused
    ranking: Sequence[int]

    @cached_property
    def _matcher(self) -> Matcher:
        return self.index.words.matcher([*self.query.terms.own, *self.query.terms.also])

    @cached_property
    def _known(self) -> KnownTerms:
        return self.index.known(self.query.terms.own)

    def hit(self, place: int, options: SearchOptions) -> Hit:
        """The hit at a place of the ranking, from 0."""
        number = self.ranking[place]
        document = self.index.corpus.documents[number]
        chosen = self._best_passage(document)
        passage = self.index.corpus.passages[chosen]
        total = self.fused.total
        signals = self._signals(place, chosen)
        hit = Hit(
            document_id=document.id,
            group=document.group,
            lang=document.lang,
            section=document.section,
            category=document.category,
            score=float(np.exp(total[number] - total[self.ranking[0]])),
            title=(),
            passage=passage,
            snippet=(),
            signals=signals,
            explanation=self._explanation(number, signals) if options.is_explained else None,
        )
        return self._marked(hit, document) if options.is_marked else hit

    def _marked(self, hit: Hit, document: CorpusDocument) -> Hit:
        """The hit with all that readers see of it."""
        passage = hit.passage
        return replace(
            hit,
            title=highlight(document.title, self._matcher),
            snippet=snippet(passage.text, self._matcher),
            heading=highlight("".join(passage.headings[-1:]), self._matcher),
            others=self._others(document, passage),
        )

    def _signals(self, place: int, chosen: int) -> Signals:
        """Signals of the document at a place, shown by the passage `chosen`."""
        number, scores = self.ranking[place], self.scores
        return Signals(
            cosine=None if scores.cosine is None else float(scores.cosine[chosen]),
            label_cosine=None
            if scores.label_cosine is None
            else float(scores.label_cosine[number]),
            nearness=None
            if scores.document_cosine is None
            else float(scores.document_cosine[number]),
            near_share=self._near_share(number),
            bm25=float(scores.document_bm25[number]),
            matched_share=float(scores.matched[chosen]),
            fused=float(self.fused.total[number]),
            margin=self._lead(place, 1),
            lead=self._lead(place, LEAD_PLACES),
            unknown_share=self._known.unknown_share,
            terms=self._known.terms,
        )

    @cached_property
    def _weights_of_nearness(self) -> FloatArray | None:
        if self.scores.document_cosine is None:
            return None
        apart = self.scores.document_cosine - self.scores.document_cosine.max()
        return np.asarray(np.exp(NEAR_SHARPNESS * apart))

    def _near_share(self, number: int) -> float:
        """Share of a document in the nearness of all in its language."""
        weights = self._weights_of_nearness
        if weights is None:
            return 0.0
        langs = self.index.corpus.langs
        total = float(weights[langs == langs[number]].sum())
        return float(weights[number]) / total if total else 0.0

    def _lead(self, place: int, places: int) -> float:
        other = min(place + places, len(self.ranking) - 1)
        return float(self.fused.total[self.ranking[place]] - self.fused.total[self.ranking[other]])

    def _explanation(self, number: int, signals: Signals) -> Explanation:
        """Parts of a document's score; what is left is what its translations change."""
        parts = {name: float(values[number]) for name, values in self.fused.parts.items()}
        parts["language"] = signals.fused - sum(parts.values())
        terms = self.index.lexical.explain(number, self.counted.own, self.counted.also)
        return Explanation(parts, terms)

    def _best_passage(self, document: CorpusDocument) -> int:
        """Number of the passage that answers best, by words and meaning alike."""
        if document.end - document.first == 1:
            return document.first
        where = slice(document.first, document.end)
        combined = self.weights.lexical * _scaled(self.scores.bm25[where])
        if self.scores.cosine is not None:
            combined = combined + self.weights.passage * _scaled(self.scores.cosine[where])
        return document.first + int(np.argmax(combined))

    def _others(self, document: CorpusDocument, chosen: Passage) -> tuple[Passage, ...]:
        """Further passages that hold, below the title, all words that the chosen one holds."""
        wanted = _words_of(chosen, self._matcher)
        if not wanted:
            return ()
        bm25 = self.scores.bm25
        where = [n for n in range(document.first, document.end) if bm25[n] > 0]
        where = sorted(where, key=lambda n: -float(bm25[n]))[:MAX_OTHERS_READ]
        shown = {"", chosen.anchor}
        others: dict[str, Passage] = {}
        for passage in (self.index.corpus.passages[n] for n in where):
            if passage.anchor not in shown and wanted <= _words_of(passage, self._matcher):
                others.setdefault(passage.anchor, passage)
        return tuple(others.values())[:MAX_OTHERS]


def _words_of(passage: Passage, matcher: Matcher) -> set[str]:
    """The query's terms in a passage and its heading."""
    return {t.term for text in (*passage.headings[-1:], passage.text) for t in matcher.find(text)}


def _scaled(scores: FloatArray) -> FloatArray:
    """Scores of a document's passages on a common scale: 0 for the weakest, 1 for the best."""
    spread = float(scores.max() - scores.min())
    return (scores - scores.min()) / spread if spread > 1e-6 else np.zeros_like(scores)
