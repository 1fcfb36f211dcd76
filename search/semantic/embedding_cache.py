"""Embeddings kept between builds, so that only new and changed passages are encoded.

A SQLite file that may be deleted at any time. Holds vectors under hashes, never text.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from search.semantic.encoder import FloatArray

log = logging.getLogger(__name__)

LOOKUP_SIZE = 500
"""Keys per statement; SQLite's smallest limit on parameters is 999."""
LOCK_WAIT_S = 10.0
SEAL_BYTES = 8
"""Digest behind each vector: SQLite does not notice a flipped bit in a row."""


class EmbeddingCache:
    """Embeddings of one encoder with one prompt, by text.

    Another fingerprint, prompt or dimension never meets these. A damaged row is no row, a damaged
    file is set aside and an empty one begun; other failures to read or write are logged and mean
    an empty cache.
    """

    def __init__(self, path: Path, *, fingerprint: str, prompt: str, dim: int) -> None:
        self._path = path
        self._dim = dim
        self._salt = f"{fingerprint}\0{prompt}\0"

    def get_many(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        """Text → (dim,) float32 for those of `texts` that are known."""
        keys = {self._key(text): text for text in texts}
        try:
            found = self._read(list(keys))
        except sqlite3.DatabaseError as error:
            self._give_way(error)
            return {}
        return {keys[key]: vector for key, vector in found.items()}

    def put_many(self, vectors: Mapping[str, FloatArray]) -> None:
        """Remember text → (dim,) float32."""
        rows = []
        for text, vector in vectors.items():
            key, blob = self._key(text), vector.astype("<f4").tobytes()
            rows.append((key, blob + _seal(key, blob)))
        try:
            self._write(rows)
        except sqlite3.DatabaseError as error:
            self._give_way(error)

    def _read(self, keys: list[bytes]) -> dict[bytes, FloatArray]:
        found: dict[bytes, FloatArray] = {}
        with closing(self._connect()) as connection:
            for start in range(0, len(keys), LOOKUP_SIZE):
                some = keys[start : start + LOOKUP_SIZE]
                marks = ",".join("?" * len(some))
                # Only question marks are put together here, the keys are bound.
                query = f"SELECT key, vector FROM embedding WHERE key IN ({marks})"  # noqa: S608
                for key, blob in connection.execute(query, some):
                    vector, seal = blob[:-SEAL_BYTES], blob[-SEAL_BYTES:]
                    if len(vector) == 4 * self._dim and seal == _seal(key, vector):
                        found[key] = np.frombuffer(vector, dtype="<f4").astype(np.float32)
        return found

    def _write(self, rows: list[tuple[bytes, bytes]]) -> None:
        with closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO embedding VALUES (?, ?)", rows)

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=LOCK_WAIT_S)
        try:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS embedding"
                " (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
            )
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _give_way(self, error: sqlite3.DatabaseError) -> None:
        """Set a damaged file aside; leave a locked or unwritable one alone."""
        if isinstance(error, sqlite3.OperationalError):
            log.warning("embedding cache %s cannot be used now: %s", self._path, error)
            return
        aside = self._path.with_suffix(".damaged")
        log.warning("embedding cache is damaged (%s), set aside as %s", error, aside)
        self._path.replace(aside)
        # A journal left behind would be played into the new file.
        Path(f"{self._path}-journal").unlink(missing_ok=True)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256((self._salt + text).encode("utf-8", "surrogatepass")).digest()


def _seal(key: bytes, vector: bytes) -> bytes:
    return hashlib.sha256(key + vector).digest()[:SEAL_BYTES]
