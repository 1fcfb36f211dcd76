"""The encoder of a build by its name, loaded only when something is to encode."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from search.semantic.encoder import Encoder
from search.semantic.encoder_build.export import export_query_encoder
from search.semantic.encoder_build.passage_encoder import load_passage_encoder
from search.semantic.encoder_build.reader import FILE as READER_FILE
from search.semantic.encoder_build.reader import BundledReader
from search.semantic.encoder_build.sources import encoder_fingerprint


class ModelSource:
    """A `search.build.embeddings.EncoderSource` over `search.semantic.encoder_build`.

    What is loaded is kept.
    """

    def __init__(self, name: str, cache_dir: Path) -> None:
        self._name = name
        self._cache_dir = cache_dir

    @cached_property
    def fingerprint(self) -> str:
        return encoder_fingerprint(self._name, self._cache_dir)

    def passage_encoder(self) -> Encoder:
        return self._passage_encoder

    def query_encoder_folder(self) -> Path:
        return self._query_encoder_folder

    def reader(self) -> BundledReader | None:
        """The reader that comes with the release; it needs no other encoder's vectors."""
        return self._reader

    @cached_property
    def _reader(self) -> BundledReader | None:
        return BundledReader(self._cache_dir) if READER_FILE.exists() else None

    @cached_property
    def _query_encoder_folder(self) -> Path:
        return export_query_encoder(self._name, self._cache_dir)

    @cached_property
    def _passage_encoder(self) -> Encoder:
        return load_passage_encoder(self._name, self._cache_dir)
