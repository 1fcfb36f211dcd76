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

import kb
import search
from kb.build.trial.opened import TrialIndex, open_index
from kb.build.trial.score_file import FILE, ScoreFile, digest
from kb.relevance.reply import SiteReply, ask
from search.build.progress import Progress
from search.generation.open_generation import OpenGeneration

Query = tuple[str, str]
"""Language of the pages, and what is asked there."""
Replies = Mapping[Query, SiteReply]

APART_FROM = 300
"""Queries from which on further processes are worth their start."""
PART = 50
"""Queries that are asked between two reports of progress."""
PROGRAM = ("catalog", "content/topics", "languages", "relevance", "suggestions")
"""Packages of `kb` that a reply depends on, beside all of `search`."""


@dataclass(frozen=True)
class _Task:
    """Queries for a process of its own."""

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
    basis = _basis(generation, languages)
    keys = {query: digest("reply", basis, *query) for query in dict.fromkeys(queries)}
    kept = ScoreFile(cache_dir / FILE)
    try:
        rows = {query: kept.get(key) for query, key in keys.items()}
        found = {query: SiteReply.from_row(row) for query, row in rows.items() if row}
        missing = [query for query in keys if query not in found]
        if missing:
            progress("questions", 0, len(missing))
        for asked in _asked(generation, cache_dir, tuple(languages), missing):
            kept.put({keys[query]: reply.to_row() for query, reply in asked.items()})
            found |= asked
            progress("questions", len(missing) - len(keys) + len(found), len(missing))
    finally:
        kept.close()
    return found


def _asked(
    generation: OpenGeneration,
    cache_dir: Path,
    languages: tuple[str, ...],
    queries: Sequence[Query],
) -> Iterator[Replies]:
    """Replies, some at a time, in no order."""
    cores = os.cpu_count() or 1
    parts = [tuple(queries[start : start + PART]) for start in range(0, len(queries), PART)]
    if len(queries) < APART_FROM or cores == 1:
        if queries:
            with closing(open_index(generation, cache_dir)) as index:
                yield from (_replies_of(index, part, languages) for part in parts)
        return
    tasks = [_Task(generation.folder, cache_dir, languages, part) for part in parts]
    # A fork would take threads of the encoders with it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        for done in as_completed([pool.submit(_done, task) for task in tasks]):
            yield done.result()


def _done(task: _Task) -> Replies:
    """Do a task in a process of its own."""
    return _replies_of(_index(task.generation, task.cache_dir), task.queries, task.languages)


@cache
def _index(generation: Path, cache_dir: Path) -> TrialIndex:
    """The index of a process that asks nothing else; it is open as long as that lives."""
    return open_index(OpenGeneration(generation), cache_dir, threads=1)


def _replies_of(index: TrialIndex, queries: Sequence[Query], languages: Sequence[str]) -> Replies:
    index.prefetch(query for _, query in queries)
    found = {it: ask(index.loaded, it[1], it[0], languages) for it in queries}
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
