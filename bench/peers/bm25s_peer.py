"""bm25s, alone and joined with the vectors by reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np

from bench.peers.model import CANDIDATES, Answer, Peer, PeerPassage
from bench.peers.ranking import RRF_K, best_documents, reciprocal_rank_fusion, whole_documents
from bench.peers.text import stems
from search.lexical.bm25 import FloatArray


def peers(lang: str) -> list[Peer]:
    return [Bm25s(lang), Fused(lang)]


class Bm25s:
    name = "bm25s"
    setting = "documents, Lucene's BM25, stop words, Snowball stems, title as text"

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self.index(whole_documents(passages))

    def index(self, passages: Sequence[PeerPassage]) -> None:
        """Index passages as they are."""
        self._passages = passages
        self._index = bm25s.BM25()
        terms = [stems(passage.full_text, self._lang) for passage in passages]
        self._index.index(terms, show_progress=False)

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        return Answer(best_documents(self.numbers(text, limit), self._passages))

    def numbers(self, text: str, limit: int) -> list[int]:
        """Passages with any term of the query, best first."""
        terms = stems(text, self._lang)
        if not terms:
            return []
        count = min(limit, len(self._passages))
        found, scores = self._index.retrieve([terms], k=count, show_progress=False)
        return [int(n) for n, score in zip(found[0], scores[0], strict=True) if score > 0]

    def close(self) -> None:
        """Nothing to end: the index is in memory."""


class Fused(Bm25s):
    name = "RRF, bm25s and vectors"
    setting = f"passages, {CANDIDATES} of each half, k = {RRF_K}"

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self.index(passages)
        self._vectors = np.stack([passage.vector for passage in passages])

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        similarity = self._vectors @ vector
        best = np.argpartition(-similarity, min(limit, len(similarity) - 1))[:limit]
        nearest = best[np.argsort(-similarity[best])].tolist()
        fused = reciprocal_rank_fusion([self.numbers(text, limit), nearest])
        first = self._passages[fused[0]].body if fused else ""
        return Answer(best_documents(fused, self._passages), first=first)
