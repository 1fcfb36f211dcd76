"""Trees of articles → generations that nobody is served: the working tree, a revision, a draft.

They lie in the folder of caches, each built on the one before it, so that only what changed is
rendered, split and encoded. What is served is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from kb.build.build import Authored, Memory, Recipe, encoder_source, read_authored
from kb.build.calibration_choice import chosen_calibration
from kb.build.former_addresses import LastAddresses, remembered
from kb.build.generation_input import public_files
from kb.build.pages import pages_of
from kb.config import Config
from kb.content.model import Problem
from search.build.progress import Progress
from search.errors import IndexMissing
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store

TRIALS = "trials"
"""Folder of the generations, in the folder of caches."""

TreeKind = Literal["tree", "revision", "text"]
"""Kinds of trees: each has its generations to itself."""


@dataclass(frozen=True)
class TrialTree:
    """A tree of articles and the generation that was made of it, open."""

    authored: Authored
    generation: OpenGeneration
    problems: tuple[Problem, ...]
    """Everything that is wrong with the articles; what is broken is left out."""


@dataclass
class TrialBuilder:
    """Builds one tree after another in one place, each on the one before."""

    config: Config
    kind: TreeKind = "tree"
    progress: Progress = lambda *_: None
    memory: Memory = field(default_factory=Memory)

    def read(self) -> Authored:
        """Everything authors keep, as it lies there."""
        return read_authored(self.config, self.memory.files, self._last())

    def build(self, authored: Authored) -> TrialTree:
        """Build a generation of what was read, or of that with a change.

        Raises BuildInProgress, EncoderUnavailable and OSError.
        """
        source = encoder_source(self.config, self.memory)
        calibration, _ = chosen_calibration(self.config, source)
        last = self._last()
        pages = pages_of(authored.library, authored.pictures, self.memory.pages, authored.reach)
        former = remembered(authored.library, pages.public, last)
        now = datetime.now(UTC)
        recipe = Recipe(self.config, authored, source, calibration, former, now, self.progress)
        files = public_files(authored.pictures, authored.topics, authored.redirects, authored.terms)
        store = self._store
        made = recipe.make(store, pages.public, files, self.memory.index, keep=1)
        generation = OpenGeneration(store.path(made.name), known=self.memory.index.digests)
        problems = tuple(sorted(authored.problems.union(pages.problems)))
        return TrialTree(authored, generation, problems)

    @property
    def _store(self) -> Store:
        return Store(self.config.cache_dir / TRIALS / self.kind)

    def _last(self) -> LastAddresses:
        """Addresses that are served; pages of the last trial are at hand then, too."""
        return self.memory.pages.recall(Store(self.config.index_dir), self._store)


def serving(config: Config) -> OpenGeneration:
    """The generation that is served. Raises IndexMissing, IndexCorrupt and IndexOutdated."""
    return _current(Store(config.index_dir))


def _current(store: Store) -> OpenGeneration:
    name = store.current_name()
    if name is None:
        raise IndexMissing(f"no index in {store.root}: run `kb build`")
    return OpenGeneration(store.path(name))
