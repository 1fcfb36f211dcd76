"""Comparison of the working tree with what was before: every question and test, asked of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.build.build import Memory
from kb.build.trial.replies import Query, Replies, replies
from kb.build.trial.revision import checked_out
from kb.build.trial.trees import TrialBuilder, TrialTree, serving
from kb.catalog import catalog_json
from kb.catalog.catalog import ArticleVersion
from kb.catalog.generation import CATALOG
from kb.config import Config
from kb.content.model import Library, Problem
from kb.relevance import relevance_file
from kb.relevance.cases import RelevanceCase, former_questions, own_questions
from kb.relevance.verdict import CaseVerdict, State, judged
from search.build.progress import Progress
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.files import CONTENT
from search.generation.open_generation import OpenGeneration

SERVING = "serving"
"""Name of what is served, among revisions."""

CaseFilter = Callable[[RelevanceCase], bool]


@dataclass(frozen=True)
class Baseline:
    """A generation to compare with."""

    generation: OpenGeneration
    name: str
    """As people are told."""

    @property
    def pages(self) -> tuple[ArticleVersion, ...]:
        content = self.generation.path(CONTENT) / CATALOG
        return catalog_json.from_json(content.read_bytes()).all_pages


@dataclass(frozen=True)
class Comparison:
    """Verdicts on all that was asked, and what is to be told beside them."""

    verdicts: tuple[CaseVerdict, ...]
    against: str
    """Name of what was compared with, "" for nothing."""
    problems: tuple[Problem, ...]
    """Faults of the tests themselves."""
    broken: int
    """Problems of the articles, which `kb check` tells."""
    gone: tuple[str, ...]
    """Articles that were there and are no longer published: titles."""
    library: Library
    """The articles as they are now."""
    articles_dir: Path

    @property
    def counts(self) -> Counter[State]:
        return Counter(verdict.state for verdict in self.verdicts)

    @property
    def is_loss(self) -> bool:
        return bool(self.problems) or any(verdict.is_loss for verdict in self.verdicts)


def compare(
    config: Config,
    *,
    against: str = "",
    is_wanted: CaseFilter = lambda _: True,
    progress: Progress = lambda *_: None,
) -> Comparison:
    """Ask the working tree every question of its articles and every test, and what was before.

    `against` is SERVING or a revision of git; without it what is served, if anything is. Raises
    BuildInProgress, EncoderUnavailable, NoRevision, OSError, and IndexMissing, IndexCorrupt or
    IndexOutdated for what was asked for and cannot be had.
    """
    memory = Memory()
    builder = TrialBuilder(config, progress=progress, memory=memory)
    tree = builder.build(builder.read())
    tests, problems = relevance_file.read(config.articles_dir, config.languages)
    library = tree.authored.library
    problems = (*problems, *relevance_file.misnamed(tests, library))
    with _baseline(config, against, memory, progress) as before:
        pages = before.pages if before else ()
        every = [*tests, *own_questions(library)]
        every += former_questions(pages, library, every)
        cases = [case for case in every if is_wanted(case)]
        queries = [case.key for case in cases]
        was = _asked(config, before.generation, queries, progress) if before else {}
        now = _asked(config, tree.generation, queries, progress)
        return Comparison(
            tuple(judged(case, was.get(case.key), now[case.key]) for case in cases),
            before.name if before else "",
            problems,
            len(tree.problems),
            _gone(pages, library),
            library,
            config.articles_dir,
        )


@contextmanager
def _baseline(
    config: Config, against: str, memory: Memory, progress: Progress
) -> Iterator[Baseline | None]:
    if against not in ("", SERVING):
        with checked_out(config.articles_dir, against) as revision:
            former = config.model_copy(update={"articles_dir": revision.folder})
            own = Memory(source=memory.source)
            builder = TrialBuilder(former, "revision", progress, own)
            tree: TrialTree = builder.build(builder.read())
        yield Baseline(tree.generation, f"{against} ({revision.commit[:12]})")
        return
    try:
        generation = serving(config)
    except (IndexMissing, IndexCorrupt, IndexOutdated):
        if against:
            raise
        yield None
        return
    yield Baseline(generation, f"what is served ({generation.manifest.name})")


def _asked(
    config: Config, generation: OpenGeneration, queries: Sequence[Query], progress: Progress
) -> Replies:
    return replies(
        generation,
        queries,
        cache_dir=config.cache_dir,
        languages=config.languages,
        progress=progress,
    )


def _gone(pages: Sequence[ArticleVersion], library: Library) -> tuple[str, ...]:
    published = {(it.id, it.lang) for it in library.articles if it.status == "published"}
    return tuple(sorted(page.title for page in pages if (page.id, page.lang) not in published))
