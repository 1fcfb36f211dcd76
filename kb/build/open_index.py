"""The searcher of the current generation, for commands that run beside the servers."""

from __future__ import annotations

from kb.config import Config
from search.errors import IndexMissing
from search.generation.files import ENCODER
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import load_query_encoder


def open_searcher(config: Config) -> Searcher:
    """Over the current generation, with its encoder if it has one.

    Raises IndexMissing, IndexCorrupt, IndexOutdated and EncoderUnavailable.
    """
    store = Store(config.index_dir)
    name = store.current_name()
    if name is None:
        raise IndexMissing("there is no index yet: run `python -m kb build` first")
    generation = OpenGeneration(store.path(name))
    if generation.manifest.fingerprints["encoder"] == "none":
        return Searcher(generation, None)
    encoder = load_query_encoder(generation.path(ENCODER), is_checked=True)
    return Searcher(generation, encoder, more_readings_s=UNHURRIED_S)
