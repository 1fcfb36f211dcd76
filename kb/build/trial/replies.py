"""Replies of a generation to many queries: kept while nothing changed, else asked, by all cores."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import kb
import search
from kb.build.trial.opened import TrialIndex, open_index
from kb.build.trial.score_file import FILE, ScoreFile, digest
from kb.relevance.reply import SiteReply, ask, ranking
from search.build.progress import Progress
from search.generation.open_generation import OpenGeneration

Query = tuple[str, str]
"""Language of the pages, and what is asked there."""
Replies = Mapping[Query, SiteReply]
Rankings = Mapping[Query, tuple[str, ...]]
"""Ids of articles as a SiteReply ranks them."""
Rows = Mapping[Query, dict[str, Any]]
Extent = Literal["reply", "ranking"]
"""Part of a reply that is asked for: all of it, or its ranking alone."""

APART_FROM = 300
"""Queries from which on further processes are worth their start."""
PART = 50
"""Queries that are asked between two reports of progress."""
PROGRAM = ("catalog", "content/topics", "languages", "relevance", "suggestions")
"""Packages of `kb` that a reply depends on, beside all of `search`."""


@dataclass(frozen=True)
class _Task:
    """Queries for a process of its own."""

    extent: Extent
    generation: Path
    cache_dir: Path
    languages: tuple[str, ...]
    queries: tuple[Query, ...]


def replies(
    generation: OpenGeneration,
    queries: Iterable[Query],
    *,
    cache_dir: Path,
    languages: Sequence[str],
    progress: Progress = lambda *_: None,
) -> Replies:
    """The reply to each query; those that are kept in `cache_dir` are not asked again.

    Raises IndexCorrupt, EncoderUnavailable and ReaderUnavailable.
    """
    asking = _Asking("reply", generation, cache_dir, tuple(languages), progress)
    return {query: SiteReply.from_row(row) for query, row in asking.rows(queries).items()}


def rankings(
    generation: OpenGeneration,
    queries: Iterable[Query],
    *,
    cache_dir: Path,
    languages: Sequence[str],
    progress: Progress = lambda *_: None,
) -> Rankings:
    """The ranking of the reply to each query, which takes half the time of the whole reply.

    Raises IndexCorrupt, EncoderUnavailable and ReaderUnavailable.
    """
    asking = _Asking("ranking", generation, cache_dir, tuple(languages), progress)
    return {query: tuple(row["ranking"]) for query, row in asking.rows(queries).items()}


@dataclass(frozen=True)
class _Asking:
    """Asks a generation for replies or a part of them, and keeps what it heard."""

    extent: Extent
    generation: OpenGeneration
    cache_dir: Path
    languages: tuple[str, ...]
    progress: Progress

    def rows(self, queries: Iterable[Query]) -> dict[Query, dict[str, Any]]:
        """Rows of each query, kept or asked for."""
        basis = _basis(self.generation, self.languages)
        wanted = list(dict.fromkeys(queries))
        kept = ScoreFile(self.cache_dir / FILE)
        try:
            found = _kept(kept, basis, wanted, self.extent)
            missing = [query for query in wanted if query not in found]
            if missing:
                self.progress("questions", 0, len(missing))
            for asked in self._asked(missing):
                keys = {query: digest(self.extent, basis, *query) for query in asked}
                kept.put({keys[query]: row for query, row in asked.items()})
                found |= asked
                self.progress("questions", len(missing) - len(wanted) + len(found), len(missing))
        finally:
            kept.close()
        return found

    def _asked(self, queries: Sequence[Query]) -> Iterator[Rows]:
        """Rows, some at a time, in no order."""
        cores = os.cpu_count() or 1
        parts = [tuple(queries[start : start + PART]) for start in range(0, len(queries), PART)]
        if len(queries) < APART_FROM or cores == 1:
            if queries:
                with closing(open_index(self.generation, self.cache_dir)) as index:
                    yield from (self._rows_of(index, part) for part in parts)
            return
        folder = self.generation.folder
        tasks = [_Task(self.extent, folder, self.cache_dir, self.languages, part) for part in parts]
        # A fork would take threads of the encoders with it.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(cores, mp_context=context) as pool:
            for done in as_completed([pool.submit(_done, task) for task in tasks]):
                yield done.result()

    def _rows_of(self, index: TrialIndex, queries: Sequence[Query]) -> Rows:
        return _rows_of(index, queries, self.languages, self.extent)


def _kept(
    kept: ScoreFile, basis: str, queries: Sequence[Query], extent: Extent
) -> dict[Query, dict[str, Any]]:
    """Rows that are kept; a whole reply holds its ranking."""
    extents: tuple[Extent, ...] = ("reply",) if extent == "reply" else ("ranking", "reply")
    found: dict[Query, dict[str, Any]] = {}
    for query in queries:
        rows = (kept.get(digest(one, basis, *query)) for one in extents)
        if row := next(filter(None, rows), None):
            found[query] = row
    return found


def _done(task: _Task) -> Rows:
    """Do a task in a process of its own."""
    index = _index(task.generation, task.cache_dir)
    return _rows_of(index, task.queries, task.languages, task.extent)


@cache
def _index(generation: Path, cache_dir: Path) -> TrialIndex:
    """The index of a process that asks nothing else; it is open as long as that lives."""
    return open_index(OpenGeneration(generation), cache_dir, threads=1)


def _rows_of(
    index: TrialIndex, queries: Sequence[Query], languages: Sequence[str], extent: Extent
) -> Rows:
    index.prefetch(query for _, query in queries)
    found = {query: _row(index, query, languages, extent) for query in queries}
    index.flush()
    return found


def _basis(generation: OpenGeneration, languages: Sequence[str]) -> str:
    """Digest of everything that replies depend on beside the query."""
    fingerprints = sorted(generation.manifest.fingerprints.items())
    return digest(fingerprints, list(languages), _program()).hex()


@cache
def _program() -> str:
    """Digest of the code that answers: another release may answer otherwise."""
    found = hashlib.sha256()
    own = Path(kb.__file__).parent
    for folder in (Path(search.__file__).parent, *(own / name for name in PROGRAM)):
        for path in sorted(it for it in folder.rglob("*") if it.suffix in {".py", ".npz", ".txt"}):
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _row(
    index: TrialIndex, query: Query, languages: Sequence[str], extent: Extent
) -> dict[str, Any]:
    lang, text = query
    if extent == "reply":
        return ask(index.loaded, text, lang, languages).to_row()
    return {"ranking": ranking(index.loaded, text, lang, languages)}
