"""tantivy, the Rust engine, through its own Python package."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy

from bench.peers.model import Answer, Peer, PeerPassage
from bench.peers.ranking import best_documents, whole_documents
from bench.peers.text import SNOWBALL, words
from search.lexical.bm25 import FloatArray

TITLE_BOOST = 0.5
"""Its own field already favours a title; 1 and 2 rank the dev queries worse."""


def peers(lang: str) -> list[Peer]:
    return [Tantivy(lang)]


class Tantivy:
    name = "tantivy"
    setting = f"documents, OR, stop words, Snowball stems, title × {TITLE_BOOST:g}"

    def __init__(self, lang: str) -> None:
        self._language = SNOWBALL[lang]

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self.index(whole_documents(passages))

    def index(self, passages: Sequence[PeerPassage]) -> None:
        """Index passages as they are."""
        schema = tantivy.SchemaBuilder()
        for field in ("title", "text"):
            schema.add_text_field(field, tokenizer_name="stems")
        schema.add_unsigned_field("number", stored=True)
        self._passages = passages
        self._index = tantivy.Index(schema.build())
        self._index.register_tokenizer("stems", self._analyzer())
        writer = self._index.writer(num_threads=1)
        for number, it in enumerate(passages):
            writer.add_document(tantivy.Document(title=it.title, text=it.text, number=number))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        numbers = (
            self._searcher.doc(address)["number"][0] for _, address in self.hits(text, limit)
        )
        return Answer(best_documents(numbers, self._passages))

    def hits(self, text: str, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
        """Parse the query and search: what `lexical_over_tantivy` times."""
        query, _ = self._index.parse_query_lenient(
            " ".join(words(text)), ["title", "text"], field_boosts={"title": TITLE_BOOST}
        )
        return list(self._searcher.search(query, limit, count=False).hits)

    def close(self) -> None:
        """Nothing to end: the index is in memory."""

    def _analyzer(self) -> tantivy.TextAnalyzer:
        return (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stopword(self._language))
            .filter(tantivy.Filter.stemmer(self._language))
            .build()
        )
