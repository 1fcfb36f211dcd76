"""The vectors alone: passages by their cosine to the query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.peers.model import Answer, Peer, PeerPassage
from bench.peers.ranking import best_documents
from search.lexical.bm25 import FloatArray


def peers(_lang: str) -> list[Peer]:
    return [Cosine()]


class Cosine:
    name = "cosine"
    setting = "passages, vectors alone"

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self._passages = passages
        self._vectors = np.stack([passage.vector for passage in passages])

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        numbers = np.argsort(-(self._vectors @ vector), kind="stable")[:limit].tolist()
        return Answer(
            best_documents(numbers, self._passages), first=self._passages[numbers[0]].body
        )

    def close(self) -> None:
        """Nothing to end: the vectors are in memory."""
