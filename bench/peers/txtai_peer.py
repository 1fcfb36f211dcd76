"""txtai's hybrid of its own BM25 and vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from txtai import Embeddings

from bench.peers.model import Answer, Peer, PeerPassage
from bench.peers.ranking import best_documents
from bench.peers.text import stems
from search.lexical.bm25 import FloatArray

VECTOR_WEIGHT = 0.9
"""Best of .4 to .9 on the dev queries; its default, .5, loses .1 nDCG@10."""


def peers(lang: str) -> list[Peer]:
    return [Txtai(lang)]


class Txtai:
    name = "txtai hybrid"
    setting = f"passages, scores {VECTOR_WEIGHT:g} vector; Snowball stems and stop words before it"

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self._passages = passages
        self._vectors = {self._stemmed(it.full_text): it.vector for it in passages}
        self._embeddings = Embeddings(
            method="external",
            # txtai takes plain functions only.
            transform=lambda texts: np.stack([self._vectors[text] for text in texts]),
            scoring={"method": "bm25", "terms": True, "normalize": True},
        )
        self._embeddings.index(
            (number, self._stemmed(it.full_text), None) for number, it in enumerate(passages)
        )

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        stemmed = self._stemmed(text)
        self._vectors[stemmed] = vector
        found = self._embeddings.search(stemmed, limit, weights=VECTOR_WEIGHT)
        numbers = [number for number, _ in found]
        first = self._passages[numbers[0]].body if numbers else ""
        return Answer(best_documents(numbers, self._passages), first=first)

    def close(self) -> None:
        self._embeddings.close()

    def _stemmed(self, text: str) -> str:
        return " ".join(stems(text, self._lang))
