"""PostgreSQL: its full text alone, and joined with pgvector by reciprocal rank fusion.

The server is the one of our tests, from a wheel that bundles pgvector; times include the socket.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from bench.peers.model import Answer, Peer, PeerPassage, PeerUnavailable
from bench.peers.ranking import RRF_K, best_documents, reciprocal_rank_fusion, whole_documents
from bench.peers.text import SNOWBALL, words
from search.lexical.bm25 import FloatArray
from tests.support.fixtures.postgres_fixture import PostgresCannotRun, PostgresServer

EF_SEARCH = 100
"""Neighbours that HNSW keeps: its default, 40, is under what we ask for."""
WEIGHTS = "{0.1,0.2,0.4,0.2}"
"""Of D, C, B and A: a title counts twice; by default it counts ten times, and ranks worse."""
_TABLE = """
CREATE TABLE passage (
    number integer PRIMARY KEY, title text, body text, embedding vector({dim}),
    terms tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('{language}', title), 'A') || to_tsvector('{language}', body)
    ) STORED
)"""
_BY_TEXT = """
SELECT number FROM passage, to_tsquery('{language}', %s) AS query
WHERE terms @@ query ORDER BY ts_rank('{weights}', terms, query) DESC LIMIT %s"""
_BY_VECTOR = "SELECT number FROM passage ORDER BY embedding <=> %s::vector LIMIT %s"


def peers(lang: str) -> list[Peer]:
    return [FullText(lang), FullTextAndVectors(lang)]


class FullText:
    name = "PostgreSQL full text"
    setting = "documents, OR, ts_rank, the language's stems and stop words, title × 2, GIN"

    def __init__(self, lang: str) -> None:
        self._language = SNOWBALL[lang]

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self.index(whole_documents(passages))

    def index(self, passages: Sequence[PeerPassage]) -> None:
        """Start a server of its own and index passages as they are."""
        self._passages = passages
        try:
            self._server = PostgresServer()
            self._server.start()
        except PostgresCannotRun as error:
            raise PeerUnavailable(str(error)) from error
        url = self._server.new_database()
        self._connection = psycopg.connect(url, autocommit=True)
        self._fill(passages)

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        return Answer(best_documents(self.numbers(text, limit), self._passages))

    def numbers(self, text: str, limit: int) -> list[int]:
        """Passages with any term of the query, best first."""
        query = " | ".join(words(text))
        return self._rows(_BY_TEXT.format(language=self._language, weights=WEIGHTS), query, limit)

    def close(self) -> None:
        self._connection.close()
        self._server.stop()

    def _fill(self, passages: Sequence[PeerPassage]) -> None:
        run = self._connection.execute
        run("CREATE EXTENSION vector")
        run(_TABLE.format(dim=len(passages[0].vector), language=self._language).encode())
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY passage (number, title, body, embedding) FROM STDIN") as copy,
        ):
            for number, it in enumerate(passages):
                copy.write_row((number, it.title, it.text, _literal(it.vector)))
        run("CREATE INDEX ON passage USING gin (terms)")
        run("CREATE INDEX ON passage USING hnsw (embedding vector_cosine_ops)")
        run("VACUUM ANALYZE passage")
        run(f"SET hnsw.ef_search = {EF_SEARCH}".encode())

    def _rows(self, query: str, *values: object) -> list[int]:
        return [row[0] for row in self._connection.execute(query.encode(), values)]


class FullTextAndVectors(FullText):
    name = "PostgreSQL full text + pgvector"
    setting = f"the same over passages and HNSW, RRF, k = {RRF_K}"

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self.index(passages)

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        nearest = self._rows(_BY_VECTOR, _literal(vector), limit)
        fused = reciprocal_rank_fusion([self.numbers(text, limit), nearest])
        return Answer(best_documents(fused, self._passages))


def _literal(vector: FloatArray) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"
