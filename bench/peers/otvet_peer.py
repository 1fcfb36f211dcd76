"""Our own searcher in the same table, as far as it goes at each stage."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.peers.model import Answer, PeerPassage
from search.answers.answer_searcher import AnswerSearcher
from search.evaluation.judged import SHOWN
from search.lexical.bm25 import FloatArray
from search.model import Mode, Stage
from search.ranking.options import SearchOptions


def stages(answers: AnswerSearcher, lang: str) -> list[Otvet]:
    """The furthest stage first."""
    read = [Otvet(answers, lang, "reader")] if answers.has_reader else []
    unread = answers.without_reader()
    return [*read, Otvet(unread, lang, "hybrid"), Otvet(unread, lang, "lexical")]


class Otvet:
    """Its time includes repair of what was typed, choosing what is quoted and SHOWN snippets, not
    encoding. Its first text is what it quotes."""

    def __init__(self, answers: AnswerSearcher, lang: str, stage: Stage) -> None:
        self.name = f"Otvet, {stage}"
        self.setting = f"as shipped, with repair of typing, a quotation and {SHOWN} snippets"
        self._answers, self._lang = answers, lang
        self._mode: Mode = "lexical" if stage == "lexical" else "hybrid"

    def build(self, passages: Sequence[PeerPassage]) -> None:
        """Its generation is open already."""

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        options = SearchOptions(lang=self._lang, limit=SHOWN, mode=self._mode)
        started = time.perf_counter()
        results = self._answers.search(text, options)
        took_ms = (time.perf_counter() - started) * 1000 - results.encode_ms
        quoted = results.hits[0].quotation if results.hits else None
        return Answer(results.ranking, took_ms, first=quoted.text if quoted else "")

    def close(self) -> None:
        """Nothing of its own to end."""
