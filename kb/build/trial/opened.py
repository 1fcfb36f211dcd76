"""A generation opened to be asked much: with all that was encoded and read before."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.build.trial.remembered import RememberedAnswers, RememberedEncoder, RememberedUnitReader
from kb.build.trial.score_file import FILE, ScoreFile
from kb.catalog.generation import Loaded, load
from search.build.embeddings import EMBEDDINGS
from search.generation.files import ENCODER, READER
from search.generation.open_generation import OpenGeneration
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher


@dataclass(frozen=True)
class TrialIndex:
    """A generation that answers as it would if it were served, however slow the machine is."""

    loaded: Loaded
    scores: ScoreFile
    encoder: RememberedEncoder | None

    def prefetch(self, texts: Iterable[str]) -> None:
        """Say what will be asked, so that what is known of it is fetched at once."""
        if self.encoder:
            self.encoder.prefetch(texts)

    def flush(self) -> None:
        """Keep what is new for the next trial."""
        if self.encoder:
            self.encoder.flush()
        self.scores.flush()

    def close(self) -> None:
        self.flush()
        self.scores.close()


def open_index(
    generation: OpenGeneration, cache_dir: Path, *, threads: int | None = None
) -> TrialIndex:
    """Open a verified generation; what is encoded and read is kept in `cache_dir`.

    `threads` read at once, as many as there are processors without it; `close` it afterwards.
    Raises IndexCorrupt, EncoderUnavailable and ReaderUnavailable.
    """
    scores = ScoreFile(cache_dir / FILE)
    try:
        return _opened(generation, cache_dir, scores, threads or os.cpu_count() or 1)
    except BaseException:
        scores.close()
        raise


def _opened(
    generation: OpenGeneration, cache_dir: Path, scores: ScoreFile, threads: int
) -> TrialIndex:
    fingerprints = generation.manifest.fingerprints
    encoder = reader = None
    if fingerprints["encoder"] != "none":
        encoder = RememberedEncoder(generation.path(ENCODER), cache_dir / EMBEDDINGS)
        if fingerprints["reader"] != "none":
            folder = generation.path(READER)
            reader = RememberedUnitReader.from_folder(folder, scores, threads=threads)
    searcher = Searcher(generation, encoder, more_readings_s=UNHURRIED_S)
    return TrialIndex(load(generation, RememberedAnswers(searcher, reader)), scores, encoder)
