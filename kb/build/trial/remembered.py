"""Encoder and reader that remember: what was encoded or read once is not encoded or read again.

Their results are those of the originals to the last bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from kb.build.trial.score_file import ScoreFile, digest
from kb.catalog.reader_search import PER_PAGE
from search.answers.answer_searcher import AnswerSearcher
from search.answers.open_answers import LOADING_S
from search.answers.unit_reader import UNHURRIED, UnitKey, UnitReader
from search.errors import ReaderUnavailable
from search.model import Results
from search.ranking.options import SearchOptions
from search.ranking.searcher import Searcher
from search.semantic.embedding_cache import EmbeddingCache
from search.semantic.encoder import (
    SETTINGS_FILE,
    FloatArray,
    QueryEncoder,
    QuerySettings,
    load_query_encoder,
)
from search.semantic.reader import (
    READER_SETTINGS_FILE,
    OnnxReader,
    Reader,
    ReaderSettings,
    TokenArray,
)


class RememberedEncoder:
    """A query encoder with a file of vectors; loaded when a text is not among them."""

    def __init__(self, folder: Path, cache_file: Path) -> None:
        """`folder` is that of the encoder in a verified generation. Raises EncoderUnavailable."""
        settings = QuerySettings.from_folder(folder)
        self.fingerprint = settings.fingerprint
        self.dim = settings.dim
        self._folder = folder
        self._vectors: dict[str, FloatArray] = {}
        self._fresh: dict[str, FloatArray] = {}
        self._cache = EmbeddingCache(
            cache_file,
            fingerprint=f"query {_digest_of(folder / SETTINGS_FILE)}",
            prompt=settings.query_prompt,
            dim=settings.dim,
        )

    def prefetch(self, texts: Iterable[str]) -> None:
        """Fetch the vectors of many texts at once, those that are known."""
        self._vectors |= self._cache.get_many([t for t in texts if t not in self._vectors])

    def encode_query(self, text: str) -> FloatArray:
        if text not in self._vectors:
            self.prefetch([text])
        if text not in self._vectors:
            self._fresh[text] = self._vectors[text] = self._encoder.encode_query(text)
        return self._vectors[text]

    def flush(self) -> None:
        """Keep what is new for the next time."""
        self._cache.put_many(self._fresh)
        self._fresh = {}

    @cached_property
    def _encoder(self) -> QueryEncoder:
        return load_query_encoder(self._folder, is_checked=True)


class RememberedUnitReader(UnitReader):
    """A reader that nobody hurries, with a file of scores; loaded when a unit is not among them."""

    def __init__(
        self,
        load: Callable[[], Reader],
        scores: ScoreFile,
        *,
        fingerprint: str,
        version: str,
        threads: int,
    ) -> None:
        """`load` is called when it is needed; equal versions give equal scores."""
        super().__init__(load, replace(UNHURRIED, threads=threads), fingerprint=fingerprint)
        self._scores = scores
        self._version = version

    @classmethod
    def from_folder(cls, folder: Path, scores: ScoreFile, *, threads: int) -> RememberedUnitReader:
        """The reader of a verified generation, in `folder`. Raises ReaderUnavailable."""
        return cls(
            lambda: OnnxReader.from_folder(folder, is_checked=True),
            scores,
            fingerprint=ReaderSettings.from_folder(folder).fingerprint,
            version=_digest_of(folder / READER_SETTINGS_FILE),
            threads=threads,
        )

    def read(
        self, query: str, units: Mapping[UnitKey, TokenArray], *, deadline: float
    ) -> dict[UnitKey, float]:
        keys = {
            unit: digest("logit", self._version, query, tokens.tolist())
            for unit, tokens in units.items()
        }
        known = {unit: self._scores.get(key) for unit, key in keys.items()}
        found = {unit: score for unit, score in known.items() if isinstance(score, float)}
        missing = {unit: tokens for unit, tokens in units.items() if unit not in found}
        if missing:
            if not self.wait_until_ready(LOADING_S):
                raise ReaderUnavailable(self.state.last_error)
            fresh = super().read(query, missing, deadline=deadline)
            self._scores.put({keys[unit]: score for unit, score in fresh.items()})
            found |= fresh
        return found


class RememberedAnswers(AnswerSearcher):
    """Answers at once what was asked last: a page of results and a decision ask for the same.

    The beginning of a list as long as a page is the shorter list.
    """

    def __init__(self, searcher: Searcher, reader: UnitReader | None) -> None:
        super().__init__(searcher, reader, kept=len(searcher.corpus.documents))
        self._last: tuple[str, SearchOptions, Results] | None = None

    def search(self, text: str, options: SearchOptions) -> Results:
        if options.offset or options.limit > PER_PAGE:
            return super().search(text, options)
        longest = replace(options, limit=PER_PAGE)
        last = self._last
        if last is None or last[:2] != (text, longest):
            last = self._last = text, longest, super().search(text, longest)
        return replace(last[2], hits=last[2].hits[: options.limit])


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:24]
