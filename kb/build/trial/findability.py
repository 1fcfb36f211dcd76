"""Findability: articles that their own words do not find first, and those that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.build.trial.replies import rankings
from kb.build.trial.trees import TrialTree
from kb.config import Config
from kb.relevance.cases import RelevanceCase, own_questions, own_titles
from search.build.progress import Progress
from search.generation.corpus import load_corpus
from search.generation.files import PASSAGE_VECTORS
from search.generation.open_generation import OpenGeneration
from search.semantic import neighbours
from search.semantic.vectors import Vectors


@dataclass(frozen=True)
class NotFirst:
    """A title or question that another article is found by first."""

    case: RelevanceCase
    """Of kind "title" or "question", with the file and the line where it is written."""
    rank: int | None
    """Place of its own article, from 2; None where it is not found at all."""
    first: str
    """Path of the article that is found first, "" where nothing is."""


@dataclass(frozen=True)
class AlikePair:
    """Two articles of one language that say the same, by their paths."""

    path: str
    other: str
    likeness: float
    """Cosine of their meanings, at most 1."""


def not_first(
    tree: TrialTree, config: Config, *, progress: Progress = lambda *_: None
) -> tuple[NotFirst, ...]:
    """Every title and question of published articles that does not find its own article first.

    In the order of the files. Raises IndexCorrupt, EncoderUnavailable and ReaderUnavailable.
    """
    cases = (*own_titles(tree.authored.library), *own_questions(tree.authored.library))
    found = rankings(
        tree.generation,
        (case.key for case in cases),
        cache_dir=config.cache_dir,
        languages=config.languages,
        progress=progress,
    )
    missed = []
    for case in cases:
        ranking = found[case.key]
        if case.article not in ranking[:1]:
            rank = ranking.index(case.article) + 1 if case.article in ranking else None
            first = _path(tree, ranking[0], case.lang) if ranking else ""
            missed.append(NotFirst(case, rank, first))
    return tuple(sorted(missed, key=lambda it: (it.case.path, it.case.line, it.case.query)))


def near_duplicates(tree: TrialTree) -> tuple[AlikePair, ...]:
    """Pairs that are alike in meaning, likest first; none without an encoder."""
    paths = {(it.lang, it.id): it.path for it in tree.authored.library.articles}
    found = []
    for one, other, cosine in _alike(tree.generation):
        first, second = sorted((paths[one.lang, one.group], paths[other.lang, other.group]))
        found.append(AlikePair(first, second, cosine))
    return tuple(found)


def _alike(
    generation: OpenGeneration,
) -> Iterable[tuple[neighbours.DocumentPassages, neighbours.DocumentPassages, float]]:
    if not generation.paths(PASSAGE_VECTORS):
        return ()
    return neighbours.alike(
        list(_places(generation)), Vectors.open(generation.path(PASSAGE_VECTORS))
    )


def _places(generation: OpenGeneration) -> Iterator[neighbours.DocumentPassages]:
    for it in load_corpus(generation).documents:
        rows = slice(it.first, it.end)
        shelf = it.section, it.category
        yield neighbours.DocumentPassages(it.id, it.group, it.lang, shelf, rows)


def _path(tree: TrialTree, article: str, lang: str) -> str:
    """The file of an article as a reader of `lang` is shown it."""
    paths = {it.lang: it.path for it in tree.authored.library.articles if it.id == article}
    return paths.get(lang) or next(iter(paths.values()), "")
