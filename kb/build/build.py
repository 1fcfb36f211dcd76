"""Articles → documents and pages → a generation. Starts a build; knows no file formats of search.

Only published articles go into the public generation: a draft or internal one cannot leak from a
generation that does not hold it. Internal ones go into a second generation, beside the published
ones, in a store of its own that only the pages for staff open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kb.build.calibration_choice import chosen_calibration
from kb.build.encoder_choice import NO_ENCODER, chosen_encoder
from kb.build.former_addresses import LastAddresses, last_addresses, remembered, with_last
from kb.build.generation_input import (
    anchors_of,
    document,
    product_synonyms,
    public_files,
    staff_files,
)
from kb.build.pages import PageMemory, pages_of
from kb.catalog import catalog_json
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.generation import CATALOG, STAFF_INDEX
from kb.config import Config
from kb.content import media, products, synonyms, topics_file
from kb.content.addresses import redirects
from kb.content.addresses.reach import Reach
from kb.content.files.old_paths import Redirect
from kb.content.library import ArticleCache
from kb.content.library import load as load_library
from kb.content.media import Media
from kb.content.model import FormerAddresses, Library, Problem, Product
from kb.content.shared_text import glossary_file
from kb.content.shared_text.term import GlossaryTerm
from kb.content.topics import Topics
from search.build.build import Build
from search.build.build import build as build_generation
from search.build.embeddings import EMBEDDINGS, EncoderSource
from search.build.previous import BuildMemory
from search.build.progress import Progress
from search.generation.store import Store
from search.model import Document, Synonym
from search.ranking.calibration import Calibration


@dataclass
class Memory:
    """Everything a process that builds again and again keeps between builds."""

    files: ArticleCache = field(default_factory=ArticleCache)
    pages: PageMemory = field(default_factory=PageMemory)
    index: BuildMemory = field(default_factory=BuildMemory)
    staff_index: BuildMemory = field(default_factory=BuildMemory)
    source: EncoderSource | None = None


@dataclass(frozen=True)
class Report:
    """The result of a build, and every problem of the articles it met."""

    build: Build
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    """Anything else the operator should know."""
    internal: int = 0
    """Articles that only staff can read."""


@dataclass(frozen=True)
class Authored:
    """Everything authors keep, as far as it can be used, and what is wrong with the rest."""

    library: Library
    products: tuple[Product, ...]
    pictures: Media
    synonyms: tuple[Synonym, ...]
    topics: Topics
    redirects: tuple[Redirect, ...]
    terms: tuple[GlossaryTerm, ...]
    problems: frozenset[Problem]
    languages: tuple[str, ...]

    @property
    def reach(self) -> Reach:
        """Judge of links that begin with /."""
        return Reach(
            self.library,
            products=self.products,
            languages=self.languages,
            redirects=self.redirects,
            pictures=self.pictures,
        )


@dataclass(frozen=True)
class Recipe:
    """The parts that the generation for everybody and that for staff have in common."""

    config: Config
    authored: Authored
    source: EncoderSource | None
    calibration: Calibration
    former: FormerAddresses
    now: datetime
    progress: Progress

    def make(
        self,
        store: Store,
        pages: Sequence[ArticleVersion],
        files: Mapping[str, bytes],
        memory: BuildMemory,
        *,
        keep: int | None = None,
    ) -> Build:
        """Build a generation of `pages` and `files` and switch the store to it.

        Of finished ones the `keep` newest are kept, as many as the settings say without it.
        """
        library = self.authored.library
        catalog = Catalog(
            pages,
            library.categories,
            self.config.languages,
            library.retired,
            products=self.authored.products,
            former=self.former,
        )
        return build_generation(
            list(map(document, catalog.all_pages)),
            store=store,
            source=self.source,
            cache_file=self.config.cache_dir / EMBEDDINGS,
            content={CATALOG: catalog_json.to_json(catalog), **files},
            now=self.now,
            synonyms=(*self.authored.synonyms, *product_synonyms(catalog.products)),
            calibration=self.calibration,
            keep=keep or self.config.keep_generations,
            memory=memory,
            progress=self.progress,
        )


def build(
    config: Config,
    *,
    progress: Progress = lambda *_: None,
    memory: Memory | None = None,
    now: datetime | None = None,
) -> Report:
    """Build a generation of the published articles and switch to it; then that for staff.

    A broken article is left out and reported. Raises BuildInProgress, EncoderUnavailable and
    OSError; the old generation serves on then.
    """
    memory = memory or Memory()
    store, staff_store = Store(config.index_dir), Store(config.data_dir / STAFF_INDEX)
    last = memory.pages.recall(store, staff_store)
    authored = read_authored(config, memory.files, last)
    source = encoder_source(config, memory)
    calibration, remarks = chosen_calibration(config, source)
    pages = pages_of(authored.library, authored.pictures, memory.pages, authored.reach)
    former = remembered(authored.library, pages.public, last)
    moment = now or datetime.now(UTC)
    recipe = Recipe(config, authored, source, calibration, former, moment, progress)
    listed = redirects.without_dead_anchors(authored.redirects, anchors_of(pages.public))
    files = public_files(authored.pictures, authored.topics, listed, authored.terms)
    made = recipe.make(store, pages.public, files, memory.index)
    memory.pages.addresses = last_addresses(pages.public, former)
    # Once there has been an internal article it is kept up to date, so that it can never be stale.
    if pages.internal or staff_store.current_name():
        everything = (*pages.public, *pages.internal)
        recipe.make(staff_store, everything, staff_files(pages.internal), memory.staff_index)
    problems = tuple(sorted(authored.problems.union(pages.problems)))
    return Report(made, problems, remarks, len(pages.internal))


def documents(config: Config) -> list[Document]:
    """The published articles as search sees them, without building anything."""
    library = load_library(config.articles_dir, languages=config.languages)
    pages = pages_of(library, media.read(config.articles_dir), PageMemory())
    return list(map(document, pages.public))


def warm_up(config: Config, memory: Memory) -> None:
    """Load the encoder and use it once, so that the next build does not wait for it."""
    source = encoder_source(config, memory)
    if source is not None:
        source.passage_encoder().encode_passages(["warm-up"])


def read_authored(config: Config, cache: ArticleCache, last: LastAddresses) -> Authored:
    """Read the folder of articles. Never raises for content."""
    root, languages = config.articles_dir, config.languages
    library = with_last(load_library(root, languages=languages, cache=cache), last)
    found_products, product_problems = products.read(root, languages)
    library, misnamed = products.assigned(library, found_products)
    pictures = media.read(root)
    meanings, meaning_problems = synonyms.read(root, languages)
    topics, topic_problems = topics_file.read(root, languages)
    listed = redirects.read(root, library, found_products.entries, languages)
    terms, term_problems = glossary_file.read(root, library, languages)
    problems = frozenset[Problem]().union(
        *(library.problems, misnamed, pictures.problems),
        *(product_problems, meaning_problems, topic_problems, listed.problems, term_problems),
    )
    goods, words = found_products.entries, tuple(meanings)
    return Authored(
        library, goods, pictures, words, topics, listed.entries, terms, problems, tuple(languages)
    )


def encoder_source(config: Config, memory: Memory) -> EncoderSource | None:
    """The encoder of the settings; imported only here, where it is needed."""
    if memory.source is None and config.encoder != NO_ENCODER:
        from search.semantic.encoder_build.model_source import ModelSource

        memory.source = ModelSource(chosen_encoder(config), config.cache_dir)
    return memory.source
