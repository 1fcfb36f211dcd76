"""Pages of a library, each read by itself: rendered, with everything that is told of it alone.

No page needs another for that, so that processes share the pages of a big library.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from kb.content.advice.page import ReadPage
from kb.content.advice.review import of_page
from kb.content.model import Article, Problem
from kb.content.remarks import leftovers
from kb.content.remarks.leftover import Proof
from kb.content.render import CannotRender, LinkResolver, RenderedArticle, render

APART_FROM = 300
"""Articles from which on a further process is worth its start."""


@dataclass(frozen=True)
class PageReading:
    """A page, and the problems and remarks that its own text gives."""

    page: RenderedArticle | None
    """None for an article that cannot be rendered."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Share:
    articles: Sequence[Article]
    links: LinkResolver
    is_reviewed: bool


def page_readings(
    articles: Sequence[Article], links: LinkResolver, *, is_reviewed: bool
) -> Mapping[str, PageReading]:
    """Readings by path of the article, in its order; reviewed ones hold advice, too."""
    cores = min(_cores(), len(articles) // APART_FROM + 1)
    # Every n-th article, since those of one folder may all be long.
    tasks = [_Share(articles[first::cores], links, is_reviewed) for first in range(cores)]
    found: dict[str, PageReading] = {}
    for done in _done_apart(tasks) if cores > 1 else map(_done, tasks):
        found.update(done)
    return {article.path: found[article.path] for article in articles}


def _done_apart(tasks: Sequence[_Share]) -> Iterator[Mapping[str, PageReading]]:
    """Do the first task here, the others in processes of their own meanwhile."""
    # A fork would take threads along, of an encoder or of a server.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(tasks) - 1, mp_context=context) as pool:
        others = pool.map(_done, tasks[1:])
        yield _done(tasks[0])
        yield from others


def _done(task: _Share) -> Mapping[str, PageReading]:
    return {article.path: _reading(article, task) for article in task.articles}


def _reading(article: Article, task: _Share) -> PageReading:
    try:
        rendered = render(article, task.links)
    except CannotRender as error:
        return PageReading(None, (error.problem,))
    page = ReadPage(article, rendered.html)
    told = [*leftovers.of_proof(Proof(page.source, page.visible, page.html))]
    if task.is_reviewed:
        told += of_page(page)
    return PageReading(rendered, tuple(told))


def _cores() -> int:
    """Cores that processes of this one may use; one where it may have none."""
    if multiprocessing.current_process().daemon:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
