"""Ranking and time of one peer on the judged queries, and of one lexical stage beside another's."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from bench.peers.model import CANDIDATES, Answer, Peer, PeerPassage
from bench.relevance.ablation import interval
from search.evaluation import metrics
from search.evaluation.evidence import answers
from search.evaluation.judged import JudgedQuery
from search.generation.corpus import load_corpus
from search.generation.files import LEXICAL, PASSAGE_VECTORS
from search.generation.open_generation import OpenGeneration
from search.lexical.bm25 import FloatArray, LexicalIndex
from search.semantic.vectors import Vectors
from search.text import analysis
from search.text.index_terms import query_terms
from search.text.quotation import MAX_CHARS

ROUNDS = 3
"""Times each query is asked, in rounds; its time is the median."""
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A judged query and its vector, made before anything is timed."""

    query: JudgedQuery
    vector: FloatArray


@dataclass(frozen=True)
class PeerFigures:
    """Figures of one peer on one corpus."""

    name: str
    setting: str
    ndcg: Scores
    """(n_queries,) nDCG@10 of each query."""
    success: Scores
    """(n_queries,) success@3 of each query."""
    passage_holds: float | None
    """Share of queries with known evidence that MAX_CHARS of what is shown first hold; None for an
    engine that ranks no passages."""
    took_ms: tuple[float, ...]
    build_s: float

    def summary(self, ours: Scores) -> dict[str, object]:
        """As JSON; the lead is of `ours` over this peer, with a 95 % interval."""
        lead = ours - self.ndcg
        return {
            "name": self.name,
            "setting": self.setting,
            "ndcg@10": round(float(self.ndcg.mean()), 4),
            "success@3": round(float(self.success.mean()), 4),
            "passage_holds": self.passage_holds,
            "p50_ms": round(metrics.percentile(self.took_ms, 0.5), 3),
            "p99_ms": round(metrics.percentile(self.took_ms, 0.99), 3),
            "build_s": round(self.build_s, 1),
            "lead": {"mean": round(float(lead.mean()), 4), "interval": interval(lead)},
        }


def read_passages(generation: OpenGeneration) -> list[PeerPassage]:
    """Passages of a generation, in its order, with the vectors that our searcher uses."""
    corpus = load_corpus(generation)
    vectors = Vectors.open(generation.path(PASSAGE_VECTORS)).decoded()
    documents = {document.id: document for document in corpus.documents}
    return [
        PeerPassage(
            documents[passage.document_id].group,
            documents[passage.document_id].title,
            "\n".join((*passage.headings, passage.text)),
            vector,
            passage.text,
        )
        for passage, vector in zip(corpus.passages, vectors, strict=True)
    ]


def measure(peer: Peer, passages: Sequence[PeerPassage], asked: Sequence[Asked]) -> PeerFigures:
    """Build, ask every query ROUNDS times after one that does not count, close."""
    started = time.perf_counter()
    peer.build(passages)
    build_s = time.perf_counter() - started
    try:
        peer.search("прогрев warm-up", asked[0].vector, CANDIDATES)
        with threadpool_limits(1):  # as `kb serve` does: a query gets one core
            rounds = [[_timed(peer, it) for it in asked] for _ in range(ROUNDS)]
    finally:
        peer.close()
    rankings = [answer.ranking for answer, _ in rounds[0]]
    judged = [(r, it.query.grades) for r, it in zip(rankings, asked, strict=True)]
    return PeerFigures(
        name=peer.name,
        setting=peer.setting,
        ndcg=np.array([metrics.ndcg(ranking, grades, k=10) for ranking, grades in judged]),
        success=np.array([metrics.success(ranking, grades, k=3) for ranking, grades in judged]),
        passage_holds=_passage_holds([answer for answer, _ in rounds[0]], asked),
        took_ms=tuple(
            statistics.median(took for _, took in times) for times in zip(*rounds, strict=True)
        ),
        build_s=build_s,
    )


def lexical_over_tantivy(
    generation: OpenGeneration,
    tantivy_hits: Callable[[str, int], object],
    texts: Sequence[str],
) -> dict[str, float]:
    """Our analysis, scores and CANDIDATES best passages, beside tantivy's parse and search.

    Turn by turn over the same passages; ratios are of the medians over the queries. Our terms of
    words seen before are remembered: "new words" is without, as if nobody had typed them yet.
    """
    index = LexicalIndex.open(
        generation.paths(f"{LEXICAL}/postings/"), load_corpus(generation).passage_keys()
    )  # each passage a document, as tantivy has them

    def ours(text: str) -> None:
        scores = index.scores(query_terms(analysis.clean(text))).documents
        best = np.argpartition(-scores, min(CANDIDATES, len(scores) - 1))[:CANDIDATES]
        best[np.argsort(-scores[best])]

    def theirs(text: str) -> None:
        tantivy_hits(text, CANDIDATES)

    def turns(*, is_new: bool) -> tuple[float, float]:
        """Median of the queries for ours and for theirs, each query's own a median of ROUNDS."""
        times = []
        for text in [*texts] * ROUNDS:
            if is_new:
                analysis.term_of.cache_clear()
            times.append((_ms(ours, text), _ms(theirs, text)))
        medians = np.median(np.array(times).reshape(ROUNDS, len(texts), 2), axis=0)
        our_ms, their_ms = np.median(medians, axis=0)
        return float(our_ms), float(their_ms)

    new_ms, beside_new_ms = turns(is_new=True)
    known_ms, tantivy_ms = turns(is_new=False)
    return {
        "ours_p50_ms": known_ms,
        "tantivy_p50_ms": tantivy_ms,
        "p50_ratio": known_ms / tantivy_ms,
        "ours_new_words_p50_ms": new_ms,
        "p50_ratio_new_words": new_ms / beside_new_ms,
    }


def _passage_holds(found: Sequence[Answer], asked: Sequence[Asked]) -> float | None:
    holds = [
        answers(answer.first[:MAX_CHARS], it.query.evidence)
        for answer, it in zip(found, asked, strict=True)
        if answer.first is not None and it.query.evidence and it.query.evidence.alternatives
    ]
    return round(statistics.fmean(holds), 4) if holds else None


def _timed(peer: Peer, it: Asked) -> tuple[Answer, float]:
    started = time.perf_counter()
    answer = peer.search(it.query.text, it.vector, CANDIDATES)
    took_ms = (time.perf_counter() - started) * 1000
    return answer, took_ms if answer.took_ms is None else answer.took_ms


def _ms(work: Callable[[str], None], text: str) -> float:
    started = time.perf_counter()
    work(text)
    return (time.perf_counter() - started) * 1000
