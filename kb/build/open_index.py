"""The current generation for commands that run beside the servers and wait for everything."""

from __future__ import annotations

from kb.catalog import catalog_json
from kb.catalog.catalog import Catalog
from kb.catalog.generation import CATALOG, Loaded, load
from kb.config import Config
from search.answers.answer_searcher import AnswerSearcher
from search.answers.open_answers import open_answers
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.files import CONTENT
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store


def open_searcher(config: Config) -> AnswerSearcher:
    """Over the current generation, with its encoder and reader if it has them.

    Raises IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable and ReaderUnavailable.
    """
    return open_answers(_open(config))


def open_loaded(config: Config) -> Loaded:
    """The current generation as it is served. Raises as `open_searcher`."""
    generation = _open(config)
    return load(generation, open_answers(generation))


def _open(config: Config) -> OpenGeneration:
    store = Store(config.index_dir)
    name = store.current_name()
    if name is None:
        raise IndexMissing("there is no index yet: run `kb build` first")
    return OpenGeneration(store.path(name))


def serving_catalog(store: Store) -> Catalog:
    """The catalog of a store's serving generation; an empty one when it cannot be read."""
    nothing = Catalog((), (), ())
    name = store.current_name()
    if name is None:
        return nothing
    try:
        generation = OpenGeneration(store.path(name), lazy=("encoder/", "lexical/", "vectors/"))
        return catalog_json.from_json((generation.path(CONTENT) / CATALOG).read_bytes())
    except (IndexCorrupt, IndexOutdated, OSError, ValueError, KeyError, TypeError):
        return nothing
