"""Articles → the pages of a generation: what has not changed is not rendered again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from kb.build.former_addresses import LastAddresses, last_addresses
from kb.build.open_index import serving_catalog
from kb.catalog.catalog import ArticleHeading, ArticleVersion, Catalog
from kb.content import anchors
from kb.content.addresses.reach import Reach
from kb.content.media import Media
from kb.content.model import Article, Library, Problem
from kb.content.render import CannotRender, LinkResolver, render
from search.generation.store import Store

VERSION = 3
"""Part of every page's digest: raise it when the same article renders differently."""

Rendered = tuple[ArticleVersion, tuple[Problem, ...]]


@dataclass
class PageMemory:
    """Pages kept between builds, by all that they depend on."""

    rendered: dict[str, Rendered] = field(default_factory=dict)
    """By digest of their sources."""
    published: dict[tuple[str, str], ArticleVersion] = field(default_factory=dict)
    """By id and language: the versions that the public could read last."""
    sources: dict[str, tuple[Article, str, str]] = field(default_factory=dict)
    """By path: the article last seen there, its surroundings, and the digest of both."""
    addresses: LastAddresses | None = None
    """Those of the last generation; None before it was read."""

    def recall(self, public: Store, staff: Store) -> LastAddresses:
        """Begin with the pages of the serving generations, when nothing is remembered yet.

        Returns the addresses that the last generation knew.
        """
        if self.addresses is None:
            last = serving_catalog(public)
            self.addresses = last_addresses(last.all_pages, last.former)
            self.published = {(page.id, page.lang): page for page in last.all_pages}
            self.rendered = _by_digest(serving_catalog(staff)) | _by_digest(last)
        return self.addresses

    def digest(self, article: Article, surroundings: str) -> str:
        known = self.sources.get(article.path)
        if known is None or known[:2] != (article, surroundings):
            known = article, surroundings, _digest(article, surroundings)
            self.sources[article.path] = known
        return known[2]


@dataclass(frozen=True)
class Pages:
    """All pages of a library, with the problems met in rendering them."""

    public: tuple[ArticleVersion, ...]
    internal: tuple[ArticleVersion, ...]
    """For staff only."""
    problems: tuple[Problem, ...]


def pages_of(
    library: Library, pictures: Media, memory: PageMemory, reach: Reach | None = None
) -> Pages:
    """Render what changed. An article that cannot be rendered is left out and reported.

    Without a `reach` links that begin with / stay, wherever they lead.
    """
    resolver = LinkResolver(library, pictures, reach)
    surroundings = _surroundings(library, pictures, reach)
    rendered: dict[str, Rendered] = {}
    pages: dict[str, list[ArticleVersion]] = {"published": [], "internal": []}
    problems: list[Problem] = []
    for article in library.articles:
        if article.status == "draft":
            continue
        digest = memory.digest(article, surroundings)
        try:
            found = memory.rendered.get(digest) or _render(article, resolver, digest, memory)
        except CannotRender as error:
            problems.append(error.problem)
            continue
        rendered[digest] = found
        pages[article.status].append(found[0])
        problems += found[1]
    memory.rendered = rendered
    memory.published = {(page.id, page.lang): page for page in pages["published"]}
    return Pages(tuple(pages["published"]), tuple(pages["internal"]), tuple(problems))


def _render(article: Article, resolver: LinkResolver, digest: str, memory: PageMemory) -> Rendered:
    """The article's page; anchors that its former version had go on leading to their sections."""
    found = render(article, resolver)
    page = ArticleVersion(
        article.head,
        html=found.html,
        headings=tuple(ArticleHeading(h.level, h.anchor, h.text) for h in found.headings),
        minutes=found.minutes,
        source_path=article.path,
        source_digest=digest,
    )
    former = memory.published.get((article.id, article.lang))
    # Never those of an internal version: its headings are nobody's business.
    if former and article.status == "published":
        moved = anchors.renamed(former.html, former.headings, page.headings)
        page = replace(page, html=anchors.with_aliases(page.html, moved))
    return page, found.problems


def _by_digest(catalog: Catalog) -> dict[str, Rendered]:
    return {page.source_digest: (page, ()) for page in catalog.all_pages}


def _surroundings(library: Library, pictures: Media, reach: Reach | None) -> str:
    """Digest of all that rendering an article depends on beside the article itself."""
    places = [(a.path, a.lang, a.address, a.status, a.alias_addresses) for a in library.articles]
    folders = [(c.section, c.slug) for c in library.categories]
    files = sorted(file.url for file in pictures.files.values())
    former = [sorted(library.former.items())] if library.former else []
    reached = [reach.facts] if reach else []
    return _sha256(json.dumps([VERSION, places, folders, files, *former, *reached]))


def _digest(article: Article, surroundings: str) -> str:
    """Digest of one flat object of all facts, as ever, so that an update renders nothing anew."""
    head = article.head
    dates = {
        "updated_at": head.updated_at.isoformat() if head.updated_at else None,
        "created_at": head.created_at.isoformat() if head.created_at else None,
        "changes": [moment.isoformat() for moment in head.changes],
    }
    facts = vars(head) | vars(article) | dates
    for name in ("head", "verified", "updated", "origins"):  # no page shows the latter
        del facts[name]
    return _sha256(json.dumps([surroundings, facts], sort_keys=True, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
