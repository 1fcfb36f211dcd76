"""A reader without a model: units that hold a query's words answer it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search.semantic.reader import TokenArray

CERTAIN = 3.0
"""Log-odds of a unit that holds every word; of one that holds none, the negative."""
_WORD = re.compile(r"[^\W_]+")


class WordReader:
    """A `search.semantic.reader.Reader`: log-odds rise with the share of words that are held."""

    fingerprint = "words-1"

    def __init__(self, wanted: str = "") -> None:
        """With `wanted`, units answer that hold these words, whatever is asked."""
        self._wanted = frozenset(token_ids(wanted).tolist())
        self.asked: list[tuple[int, ...]] = []
        """Query of each unit that was read."""

    def question(self, text: str) -> tuple[int, ...]:
        return tuple(token_ids(text).tolist())

    @property
    def units_read(self) -> int:
        """Without the one that warms it up."""
        return sum(question != WARM_UP for question in self.asked)

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        self.asked.append(tuple(question))
        wanted = self._wanted or set(question)
        share = len(wanted & set(unit.tolist())) / max(1, len(wanted))
        return CERTAIN * (2 * share - 1)


class WordReaderSource:
    """A `search.build.reader.ReaderSource` of it; remembers which texts were split."""

    def __init__(self, folder: Path, fingerprint: str = WordReader.fingerprint) -> None:
        self.fingerprint = fingerprint
        self.texts: list[str] = []
        self._folder = folder / f"reader-{fingerprint}"

    def folder(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        description = self._folder / "reader.json"
        if not description.exists():  # generations hold hard links to it
            description.write_text(f'{{"fingerprint": "{self.fingerprint}"}}\n', encoding="utf-8")
        return self._folder

    def tokens(self, texts: Sequence[str]) -> Sequence[TokenArray]:
        self.texts += texts
        return [token_ids(text) for text in texts]


def token_ids(text: str) -> TokenArray:
    """An id for each word, whatever its case."""
    words = _WORD.findall(text.casefold())
    return np.array([zlib.crc32(w.encode()) & 0x7FFFFFFF for w in words], dtype=np.int32)


WARM_UP = tuple(token_ids("warm-up").tolist())
