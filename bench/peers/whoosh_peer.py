"""Whoosh's own searcher; our site uses Whoosh to build its index, never to search."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence

from whoosh import fields, index, scoring
from whoosh.analysis.analyzers import LanguageAnalyzer
from whoosh.qparser.default import MultifieldParser
from whoosh.qparser.syntax import OrGroup

from bench.peers.model import Answer, Peer, PeerPassage
from bench.peers.ranking import best_documents, whole_documents
from bench.peers.text import words
from search.lexical.bm25 import FloatArray

TITLE_BOOST = 1.0
"""2 ranks the dev queries worse."""


def peers(lang: str) -> list[Peer]:
    return [Whoosh(lang)]


class Whoosh:
    name = "Whoosh's searcher"
    setting = f"documents, BM25F, OR, stop words, stems, title × {TITLE_BOOST:g}"

    def __init__(self, lang: str) -> None:
        analyzer = LanguageAnalyzer(lang)
        self._schema = fields.Schema(
            title=fields.TEXT(analyzer, phrase=False),
            text=fields.TEXT(analyzer, phrase=False),
            number=fields.STORED,
        )

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self._passages = whole_documents(passages)
        self._folder = tempfile.mkdtemp(prefix="otvet-whoosh-")
        whoosh_index = index.create_in(self._folder, self._schema)
        writer = whoosh_index.writer()
        for number, passage in enumerate(self._passages):
            writer.add_document(title=passage.title, text=passage.text, number=number)
        writer.commit(optimize=True)
        self._searcher = whoosh_index.searcher(weighting=scoring.BM25F())
        self._parser = MultifieldParser(
            ["title", "text"], self._schema, fieldboosts={"title": TITLE_BOOST}, group=OrGroup
        )

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        hits = self._searcher.search(self._parser.parse(" ".join(words(text))), limit=limit)
        return Answer(best_documents((hit["number"] for hit in hits), self._passages))

    def close(self) -> None:
        self._searcher.close()
        shutil.rmtree(self._folder)
