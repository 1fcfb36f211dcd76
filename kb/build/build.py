"""Articles → documents and pages → a generation. Starts a build; knows no file formats of search.

Only published articles go into the public generation: a draft or internal one cannot leak from a
generation that does not hold it. Internal ones go into a second generation, beside the published
ones, in a store of its own that only the pages for staff open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kb.build import calibrate
from kb.build.encoder_choice import chosen_encoder
from kb.catalog.catalog import (
    ArticleHeading,
    ArticleVersion,
    Catalog,
    CatalogCategory,
    CatalogProduct,
)
from kb.catalog.generation import CATALOG, INTERNAL, MEDIA, STAFF_INDEX, TOPICS
from kb.config import Config
from kb.content import anchors, media, products, synonyms, topics_file
from kb.content.library import ArticleCache
from kb.content.library import load as load_library
from kb.content.media import Media
from kb.content.model import Article, Library, Problem
from kb.content.products import Products
from kb.content.render import CannotRender, LinkResolver, render
from search.build.build import EMBEDDINGS, Build, EncoderSource, Progress
from search.build.build import build as build_generation
from search.build.previous import BuildMemory
from search.errors import IndexCorrupt, IndexOutdated
from search.generation.files import CONTENT
from search.generation.store import OpenGeneration, Store
from search.model import Document, Synonym
from search.ranking.calibration import Calibration
from search.semantic.encoder_build import bundled_fingerprint

VERSION = 2
"""Part of every page's digest: raise it when the same article renders differently."""

NO_ENCODER = "none"

Rendered = tuple[ArticleVersion, tuple[Problem, ...]]


@dataclass
class Memory:
    """What a process that builds again and again keeps between builds."""

    files: ArticleCache = field(default_factory=ArticleCache)
    pages: dict[str, Rendered] = field(default_factory=dict)
    """By digest of what they were rendered from."""
    published: dict[tuple[str, str], ArticleVersion] = field(default_factory=dict)
    """By id and language: what the public could read last."""
    sources: dict[str, tuple[Article, str, str]] = field(default_factory=dict)
    """By path: the article last seen there, its surroundings, and the digest of both."""
    index: BuildMemory = field(default_factory=BuildMemory)
    staff_index: BuildMemory = field(default_factory=BuildMemory)
    source: EncoderSource | None = None


@dataclass(frozen=True)
class Report:
    """What a build did, and every problem of the articles it met."""

    build: Build
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    """What else the operator should know."""
    internal: int = 0
    """Articles that only staff can read."""

    def summary(self) -> str:
        """One line for the person who started the build."""
        state = "is ready" if self.build.is_new else "is still right"
        counts = f"{self.build.documents} articles, {self.build.passages} passages"
        if self.internal:
            counts += f"; {self.internal} internal articles for staff"
        problems = f"; {len(self.problems)} problems, see above" if self.problems else ""
        return f"Generation {self.build.name} {state}: {counts}{problems}"


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
    store = Store(config.index_dir)
    library = load_library(config.articles_dir, languages=config.languages, cache=memory.files)
    goods, product_problems = products.read(config.articles_dir, config.languages)
    library, misnamed = products.assigned(library, goods)
    pictures = media.read(config.articles_dir)
    calibration, remarks = _calibration(config, memory)
    meanings, meaning_problems = synonyms.read(config.articles_dir, config.languages)
    for_persons, topic_problems = topics_file.read(config.articles_dir, config.languages)
    staff_store = Store(config.data_dir / STAFF_INDEX)
    if not memory.pages:
        last = _pages_of_current(store)
        memory.published = {(page.id, page.lang): page for page, _ in last.values()}
        memory.pages = _pages_of_current(staff_store) | last
    pages, internal, problems = _pages(library, pictures, memory)
    named = _catalog_products(goods)
    catalog = Catalog(
        pages, _categories(library), config.languages, library.retired, products=named
    )
    moment = now or datetime.now(UTC)

    def into(
        store: Store, catalog: Catalog, content: Mapping[str, bytes], known: BuildMemory
    ) -> Build:
        return build_generation(
            [_document(page) for page in catalog.all_pages],
            store=store,
            source=_source(config, memory),
            cache_file=config.cache_dir / EMBEDDINGS,
            content=content,
            now=moment,
            synonyms=(*meanings, *product_synonyms(catalog.products)),
            calibration=calibration,
            keep=config.keep_generations,
            memory=known,
            progress=progress,
        )

    content = {**_content(catalog, pictures), TOPICS: for_persons.to_json()}
    made = into(store, catalog, content, memory.index)
    # Once there has been an internal article it is kept up to date, so that it can never be stale.
    if internal or staff_store.current_name():
        everything = [*pages, *internal]
        staff_catalog = Catalog(
            everything, catalog.categories, config.languages, library.retired, products=named
        )
        into(
            staff_store, staff_catalog, _staff_content(staff_catalog, internal), memory.staff_index
        )
    found = {*library.problems, *pictures.problems, *meaning_problems, *topic_problems, *problems}
    found |= {*product_problems, *misnamed}
    return Report(made, tuple(sorted(found)), remarks, len(internal))


def documents(config: Config) -> list[Document]:
    """The published articles as search sees them, without building anything."""
    library = load_library(config.articles_dir, languages=config.languages)
    pages, _, _ = _pages(library, media.read(config.articles_dir), Memory())
    return [_document(page) for page in pages]


def warm_up(config: Config, memory: Memory) -> None:
    """Load the encoder and use it once, so that the next build does not wait for it."""
    source = _source(config, memory)
    if source is not None:
        source.passage_encoder().encode_passages(["warm-up"])


def _source(config: Config, memory: Memory) -> EncoderSource | None:
    """The encoder of the settings; imported only here, where it is needed."""
    if memory.source is None and config.encoder != NO_ENCODER:
        from search.semantic.encoder_source import ModelSource

        memory.source = ModelSource(chosen_encoder(config), config.cache_dir)
    return memory.source


def _calibration(config: Config, memory: Memory) -> tuple[Calibration, tuple[str, ...]]:
    """The site's own confidence where it may be used, else the release's; and why not."""
    source = _source(config, memory)
    default, remarks = _release_calibration(config, source)
    try:
        kept = calibrate.read(config)
    except ValueError as error:
        return default, (str(error), *remarks)
    if kept is None:
        return default, remarks
    if not kept.calibration.fits(source.fingerprint if source else NO_ENCODER):
        unfit = "the calibration is of another encoder or release: calibrate again"
        return default, (unfit, *remarks)
    if kept.calibration.risk_budget != config.risk_budget:
        unfit = "the calibration is for another KB_RISK_BUDGET: calibrate again"
        return default, (unfit, *remarks)
    return kept.calibration, ()


def _release_calibration(
    config: Config, source: EncoderSource | None
) -> tuple[Calibration, tuple[str, ...]]:
    """The release's confidence; it answers nothing with an encoder whose cosines it cannot read."""
    if source is None or source.fingerprint == bundled_fingerprint():
        return Calibration(risk_budget=config.risk_budget), ()
    remark = "the release's confidence does not know this encoder: run `python -m kb calibrate`"
    return Calibration(risk_budget=0.0), (f"{remark}; until then nothing is answered",)


def _pages_of_current(store: Store) -> dict[str, Rendered]:
    """Pages of a store's serving generation by digest: unchanged ones need no rendering."""
    name = store.current_name()
    if name is None:
        return {}
    try:
        generation = OpenGeneration(store.path(name), lazy=("encoder/", "lexical/", "vectors/"))
        catalog = Catalog.from_json((generation.path(CONTENT) / CATALOG).read_bytes())
    except (IndexCorrupt, IndexOutdated, OSError, ValueError, KeyError, TypeError):
        return {}
    return {page.source_digest: (page, ()) for page in catalog.all_pages}


def _pages(
    library: Library, pictures: Media, memory: Memory
) -> tuple[list[ArticleVersion], list[ArticleVersion], tuple[Problem, ...]]:
    """Render what changed; returns pages for everybody, pages for staff and problems."""
    resolver = LinkResolver(library, pictures)
    surroundings = _surroundings(library, pictures)
    rendered: dict[str, Rendered] = {}
    public: list[ArticleVersion] = []
    internal: list[ArticleVersion] = []
    problems: list[Problem] = []
    for article in library.articles:
        if article.status == "draft":
            continue
        is_public = article.status == "published"
        digest = _known_digest(article, surroundings, memory)
        # Never that of an internal version: its headings are nobody's business.
        former = memory.published.get((article.id, article.lang)) if is_public else None
        try:
            found = memory.pages.get(digest) or _render(article, resolver, digest, former)
        except CannotRender as error:
            problems.append(error.problem)
            continue
        rendered[digest] = found
        (public if is_public else internal).append(found[0])
        problems += found[1]
    memory.pages = rendered
    memory.published = {(page.id, page.lang): page for page in public}
    return public, internal, tuple(problems)


def _render(
    article: Article, resolver: LinkResolver, digest: str, former: ArticleVersion | None
) -> Rendered:
    """The article's page; anchors that its former version had go on leading to their sections."""
    found = render(article, resolver)
    page = ArticleVersion(
        id=article.id,
        lang=article.lang,
        section=article.section,
        category=article.category,
        slug=article.slug,
        title=article.title,
        summary=article.summary,
        tags=article.tags,
        questions=article.questions,
        order=article.order,
        aliases=article.alias_addresses,
        related=article.related,
        updated_at=article.updated_at,
        html=found.html,
        headings=tuple(ArticleHeading(h.level, h.anchor, h.text) for h in found.headings),
        minutes=found.minutes,
        source_path=article.path,
        source_digest=digest,
        next=article.next,
        source=article.source,
        changes=article.changes,
        products=article.products,
        created_at=article.created_at,
    )
    if former:
        moved = anchors.renamed(former.html, former.headings, page.headings)
        page = replace(page, html=anchors.with_aliases(page.html, moved))
    return page, found.problems


def _surroundings(library: Library, pictures: Media) -> str:
    """Digest of all that rendering an article depends on beside the article itself."""
    places = [(a.path, a.lang, a.address, a.status, a.alias_addresses) for a in library.articles]
    folders = [(c.section, c.slug) for c in library.categories]
    files = sorted(file.url for file in pictures.files.values())
    return _sha256(json.dumps([VERSION, places, folders, files]))


def _known_digest(article: Article, surroundings: str, memory: Memory) -> str:
    known = memory.sources.get(article.path)
    if known is None or known[:2] != (article, surroundings):
        known = article, surroundings, _digest(article, surroundings)
        memory.sources[article.path] = known
    return known[2]


def _digest(article: Article, surroundings: str) -> str:
    created_at = article.created_at.isoformat() if article.created_at else None
    dates = {"updated_at": article.updated_at.isoformat(), "created_at": created_at}
    changes = [moment.isoformat() for moment in article.changes]
    fields = vars(article) | dates | {"changes": changes}
    return _sha256(json.dumps([surroundings, fields], sort_keys=True, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _document(page: ArticleVersion) -> Document:
    return Document(
        id=f"{page.lang}/{page.id}",
        group=page.id,
        lang=page.lang,
        title=page.title,
        html=page.html,
        section=page.section,
        category=page.category,
        summary=page.summary,
        tags=page.tags,
        questions=page.questions,
    )


def product_synonyms(products: Sequence[CatalogProduct]) -> tuple[Synonym, ...]:
    """Who types an alias of a product also looks for its name, in every language."""
    pairs = (
        Synonym(alias, title)
        for product in products
        for alias in product.aliases
        for title in product.titles.values()
        if alias.casefold() != title.casefold()
    )
    return tuple(dict.fromkeys(pairs))


def _catalog_products(goods: Products) -> tuple[CatalogProduct, ...]:
    """What a generation keeps of the products."""
    return tuple(
        CatalogProduct(
            slug=entry.slug,
            icon=entry.icon,
            order=entry.order,
            titles=dict(entry.titles),
            descriptions=dict(entry.descriptions),
            aliases=entry.aliases,
            former=entry.former,
        )
        for entry in goods.entries
    )


def _categories(library: Library) -> Sequence[CatalogCategory]:
    return [
        CatalogCategory(c.section, c.slug, c.icon, c.order, dict(c.titles), dict(c.descriptions))
        for c in library.categories
    ]


def _content(catalog: Catalog, pictures: Media) -> Mapping[str, bytes]:
    """Files of a generation that serve pages; a picture keeps the name of its address."""
    files = {
        f"{MEDIA}/{file.url.rpartition('/')[2]}": file.data for file in pictures.files.values()
    }
    return {CATALOG: catalog.to_json(), **files}


def _staff_content(catalog: Catalog, internal: Sequence[ArticleVersion]) -> Mapping[str, bytes]:
    """Pictures are served from the public generation."""
    names = sorted(f"{page.lang}/{page.id}" for page in internal)
    return {CATALOG: catalog.to_json(), INTERNAL: json.dumps(names).encode()}
