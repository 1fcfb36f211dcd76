"""Our own searcher in the same table."""

from __future__ import annotations

from collections.abc import Sequence

from bench.peers.model import Answer, PeerPassage
from search.evaluation.judged import SHOWN
from search.lexical.bm25 import FloatArray
from search.model import Mode
from search.ranking.searcher import Searcher


class Otvet:
    """Its time includes repair of what was typed and the snippets of SHOWN hits, not encoding."""

    def __init__(self, searcher: Searcher, lang: str, mode: Mode) -> None:
        self.name = f"Otvet, {mode}"
        self.setting = f"as shipped, with repair of typing and {SHOWN} snippets"
        self._searcher, self._lang, self._mode = searcher, lang, mode

    def build(self, passages: Sequence[PeerPassage]) -> None:
        """Its generation is open already."""

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        results = self._searcher.search(text, lang=self._lang, limit=SHOWN, mode=self._mode)
        return Answer(results.ranking, results.took_ms - results.encode_ms)

    def close(self) -> None:
        """Nothing of its own to end."""
