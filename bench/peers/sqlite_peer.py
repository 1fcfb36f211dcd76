"""SQLite FTS5, as the standard library brings it. It has no Russian stems: ours go in."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bench.peers.model import Answer, Peer, PeerPassage
from bench.peers.ranking import best_documents, whole_documents
from bench.peers.text import stems
from search.lexical.bm25 import FloatArray

TITLE_WEIGHT = 2.0


def peers(lang: str) -> list[Peer]:
    return [Fts5(lang)]


class Fts5:
    name = "SQLite FTS5"
    setting = f"documents, OR, title × {TITLE_WEIGHT:g}; Snowball stems and stop words before it"

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def build(self, passages: Sequence[PeerPassage]) -> None:
        self._passages = whole_documents(passages)
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE passage USING fts5(title, text)")
        self._connection.executemany(
            "INSERT INTO passage (rowid, title, text) VALUES (?, ?, ?)",
            (
                (number, self._stemmed(passage.title), self._stemmed(passage.text))
                for number, passage in enumerate(self._passages)
            ),
        )
        self._connection.execute("INSERT INTO passage (passage) VALUES ('optimize')")

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        terms = stems(text, self._lang)
        if not terms:
            return Answer(())
        rows = self._connection.execute(
            "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, ?, 1) LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms), TITLE_WEIGHT, limit),
        )
        return Answer(best_documents((number for (number,) in rows), self._passages))

    def close(self) -> None:
        self._connection.close()

    def _stemmed(self, text: str) -> str:
        return " ".join(stems(text, self._lang))
