"""Remarks on how articles are found: asked of a generation that is built aside of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from kb.build.trial.findability import AlikePair, NotFirst, near_duplicates, not_first
from kb.build.trial.trees import TrialBuilder, TrialTree
from kb.config import Config
from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from search.build.progress import Progress

MAX_QUERY_CHARS = 30
"""Of a question in a message."""
TITLE_REMEDY = "Say in the title what only this article is about"
QUESTION_REMEDY = "Ask it there, or answer it here"
UNFOUND_REMEDY = "Use its words in a heading or the text"
PAIR_REMEDY = "Make one of them, or say in both titles how they differ"


def check(config: Config, progress: Progress) -> tuple[Problem, ...]:
    """Articles not found first by their own words, and those that say the same.

    Raises BuildInProgress, EncoderUnavailable, ReaderUnavailable, IndexCorrupt and OSError.
    """
    builder = TrialBuilder(config, progress=progress)
    tree = builder.build(builder.read())
    return tuple(_remarks(tree, config, progress))


def _remarks(tree: TrialTree, config: Config, progress: Progress) -> Iterator[Problem]:
    yield from map(_of_miss, not_first(tree, config, progress=progress))
    yield from map(_of_pair, near_duplicates(tree))


def _of_miss(miss: NotFirst) -> Problem:
    case, is_title = miss.case, miss.case.kind == "title"
    own = "its title" if is_title else f"`{_short(case.query)}`"
    if miss.first:
        message = f"{own} finds {_from(case.path, miss.first)} first"
        remedy = TITLE_REMEDY if is_title else QUESTION_REMEDY
    else:
        message, remedy = f"{own} finds nothing", UNFOUND_REMEDY
    return Problem(case.path, case.line, message, remedy, FaultKind.NOT_FIRST)


def _of_pair(pair: AlikePair) -> Problem:
    message = f"says nearly the same as {_from(pair.path, pair.other)}"
    return Problem(pair.path, 1, message, PAIR_REMEDY, FaultKind.NEAR_DUPLICATE)


def _from(path: str, other: str) -> str:
    """A file as an article names it in its links: by a path from its own folder."""
    return posixpath.relpath(other, posixpath.dirname(path))


def _short(query: str) -> str:
    text = " ".join(query.split())
    return text if len(text) <= MAX_QUERY_CHARS else f"{text[: MAX_QUERY_CHARS - 1].rstrip()}…"
