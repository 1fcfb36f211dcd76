"""The searcher of the current generation, for commands that run beside the servers."""

from __future__ import annotations

from kb.config import Config
from search.answers.answer_searcher import AnswerSearcher
from search.answers.open_answers import open_answers
from search.errors import IndexMissing
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store


def open_searcher(config: Config) -> AnswerSearcher:
    """Over the current generation, with its encoder and reader if it has them.

    Raises IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable and ReaderUnavailable.
    """
    store = Store(config.index_dir)
    name = store.current_name()
    if name is None:
        raise IndexMissing("there is no index yet: run `python -m kb build` first")
    return open_answers(OpenGeneration(store.path(name)))
