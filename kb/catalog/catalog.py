"""Everything a generation serves: articles with their rendered HTML, looked up by address.

A catalog is made when a generation is built and read back when it is opened, so that serving
needs neither Markdown nor git nor the articles folder. Drafts never enter it, internal articles
only that of the generation for staff. No files are read here, no search is done; the catalog's own
form on disk is in `kb.catalog.catalog_json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from kb.content import anchors
from kb.content.model import Address, Category, FormerAddresses, Headed, Product
from kb.content.translations import newer_original


@dataclass(frozen=True)
class ArticleHeading:
    """A heading of a page: level 2 to 6, its anchor and visible text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class ArticleVersion(Headed):
    """One language version of an article, ready to be shown."""

    html: str
    """Sanitised; only `kb.web.layout.markup.markup` may mark it as safe."""
    headings: tuple[ArticleHeading, ...]
    minutes: int
    """Reading time."""
    source_path: str
    """Relative to the articles folder."""
    source_digest: str
    """Of all that `html` was rendered from: equal digests, equal HTML."""


class Catalog:
    """All pages, categories and products of a generation. Immutable after construction.

    A category or a product without an article is left out: a reader would find nothing there, and
    it may be a secret still.
    """

    def __init__(
        self,
        pages: Iterable[ArticleVersion],
        categories: Iterable[Category],
        languages: Sequence[str],
        retired: Iterable[str] = (),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        products: Iterable[Product] = (),
        former: FormerAddresses | None = None,
    ) -> None:
        """`neighbours` holds `<lang>/<id>` → ids of the articles nearest in meaning."""
        self.languages = tuple(languages)
        self.retired = frozenset(retired)
        self._neighbours = neighbours or {}
        self.former = former or {}
        self._pages = tuple(sorted(pages, key=_shelf_order))
        held = {(page.section, page.category) for page in self._pages}
        filled = (entry for entry in categories if (entry.section, entry.slug) in held)
        self.categories = tuple(sorted(filled, key=lambda c: (c.section, c.order, c.slug)))
        by_head = [(page.head, page) for page in self._pages]
        self._by_id = {(head.id, head.lang): page for head, page in by_head}
        self._by_address = {(head.lang, *head.address): page for head, page in by_head}
        # Filled on first use; a race only computes the same thing twice.
        self._shelves: dict[str, tuple[ArticleVersion, ...]] = {}
        self._by_category: dict[str, Mapping[tuple[str, str], tuple[ArticleVersion, ...]]] = {}
        self._categories: dict[tuple[str, str], Category] = {
            (c.section, c.slug): c for c in self.categories
        }
        self._ids_of_products = _ids_by_product(self._pages)
        named = (product for product in products if product.slug in self._ids_of_products)
        self.products = tuple(sorted(named, key=lambda p: (p.order, p.slug)))
        self._products = {product.slug: product for product in self.products}
        self._about: dict[str, Mapping[str, tuple[ArticleVersion, ...]]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def all_pages(self) -> tuple[ArticleVersion, ...]:
        """Every language version, in shelf order."""
        return self._pages

    def page(self, article_id: str, lang: str) -> ArticleVersion | None:
        """Exactly this language version."""
        return self._by_id.get((article_id, lang))

    def page_for(self, article_id: str, lang: str) -> ArticleVersion | None:
        """The version a reader of `lang` gets: that language, else the first the site has."""
        for candidate in (lang, *self.languages):
            if page := self._by_id.get((article_id, candidate)):
                return page
        return None

    def by_address(
        self, lang: str, section: str, category: str, slug: str
    ) -> ArticleVersion | None:
        """The page at an address in the reader's language, or its version in another one."""
        exact = self._by_address.get((lang, section, category, slug))
        if exact:
            return exact
        for other in self.languages:
            page = self._by_address.get((other, section, category, slug))
            if page and self.page(page.id, lang) is None:
                return page
        return None

    def moved(
        self, lang: str, slug: str, folder: tuple[str, str] | None = None
    ) -> ArticleVersion | None:
        """The page that an old address leads to, in the reader's language first.

        A page that once stood at exactly `folder` (section, category) and `slug` wins, then any
        that has or had this slug: articles move between folders.
        """
        for names in ([(*folder, slug)] if folder else [], [slug]):
            for candidate in (lang, *self.languages):
                for name in names:
                    if page := self._by_name.get((candidate, name)):
                        return self.page_for(page.id, lang)
        return None

    def is_gone(self, address: Address) -> bool:
        """True for the former address of an article that was retired."""
        if any((lang, address) in self._by_name for lang in self.languages):
            return False
        return any(self.former.get((lang, address)) in self.retired for lang in self.languages)

    def pages(self, lang: str) -> tuple[ArticleVersion, ...]:
        """One page an article, in the reader's language where it exists, in shelf order."""
        if lang not in self._shelves:
            ids = dict.fromkeys(page.head.id for page in self._pages)
            found = [page for article_id in ids if (page := self.page_for(article_id, lang))]
            found.sort(key=_shelf_order)
            self._shelves[lang] = tuple(found)
        return self._shelves[lang]

    def in_category(self, lang: str, section: str, category: str) -> tuple[ArticleVersion, ...]:
        if lang not in self._by_category:
            found: dict[tuple[str, str], list[ArticleVersion]] = {}
            for page in self.pages(lang):
                head = page.head
                found.setdefault((head.section, head.category), []).append(page)
            self._by_category[lang] = {place: tuple(pages) for place, pages in found.items()}
        return self._by_category[lang].get((section, category), ())

    def category(self, section: str, slug: str) -> Category | None:
        return self._categories.get((section, slug))

    def in_section(self, section: str) -> tuple[Category, ...]:
        return tuple(c for c in self.categories if c.section == section)

    def product(self, slug: str) -> Product | None:
        """The product that has this slug now."""
        return self._products.get(slug)

    def renamed_product(self, slug: str) -> Product | None:
        """The product that once had this slug."""
        return self._former_products.get(slug)

    def ids_about(self, slug: str) -> frozenset[str]:
        """Ids of the articles of which any language version names the product."""
        return self._ids_of_products.get(slug, frozenset())

    def about(self, lang: str, slug: str) -> tuple[ArticleVersion, ...]:
        """Pages about a product: one an article, as `pages` gives them."""
        if lang not in self._about:
            found: dict[str, list[ArticleVersion]] = {}
            for page in self.pages(lang):
                for product in self.products_of(page):
                    found.setdefault(product.slug, []).append(page)
            self._about[lang] = {slug: tuple(pages) for slug, pages in found.items()}
        return self._about[lang].get(slug, ())

    def products_of(self, page: ArticleVersion) -> tuple[Product, ...]:
        """Products an article is about, whichever of its versions says so; in order."""
        return self._products_by_id.get(page.id, ())

    @cached_property
    def product_names(self) -> tuple[str, ...]:
        """Everything that products are called, the longest first."""
        found = {
            name
            for product in self._products.values()
            for name in (*product.titles.values(), *product.aliases)
        }
        return tuple(sorted(found, key=lambda name: (-len(name), name)))

    @cached_property
    def began_at(self) -> datetime | None:
        """The time at which the first of its articles came; None when none of them tells."""
        return min((page.created_at for page in self._pages if page.created_at), default=None)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Those that hold articles in a category, whatever their language, by name."""
        return tuple(sorted({category.section for category in self.categories}))

    def translations(self, article_id: str) -> tuple[ArticleVersion, ...]:
        """All language versions, in the site's order of languages."""
        return tuple(p for lang in self.languages if (p := self._by_id.get((article_id, lang))))

    def next_steps(self, page: ArticleVersion, lang: str) -> tuple[ArticleVersion, ...]:
        """Articles to read after this, as its author says; those that are gone are left out."""
        return self._pages_for(page.next, page, lang)

    def related(self, page: ArticleVersion, lang: str) -> tuple[ArticleVersion, ...]:
        """Articles an author named, then the nearest in meaning, then neighbours on the shelf."""
        near = self._neighbours.get(f"{page.lang}/{page.id}", ())
        shelf = (it.id for it in self.in_category(lang, page.section, page.category))
        return self._pages_for((*page.related, *near, *shelf), page, lang)

    def newer_original(self, page: ArticleVersion) -> ArticleVersion | None:
        """The version this one is translated from, when it has changed since."""
        return newer_original(page, self.translations(page.id), self.languages[0])

    def linkable_html(self, page: ArticleVersion) -> str:
        """The page's HTML, in which anchors of its other versions lead to the same sections.

        So a link to a section works for a reader whom it takes to another language.
        """
        aliases: dict[str, str] = {}
        for other in self.translations(page.id):
            if other.lang != page.lang:
                found = anchors.renamed(other.html, other.headings, page.headings)
                aliases = found | aliases
        return anchors.with_aliases(page.html, aliases)

    def _pages_for(
        self, ids: Iterable[str], page: ArticleVersion, lang: str
    ) -> tuple[ArticleVersion, ...]:
        """Each article once, as a reader of `lang` gets it; never `page` itself."""
        found = (self.page_for(it, lang) for it in dict.fromkeys(ids) if it != page.id)
        return tuple(one for one in found if one)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str | Address], ArticleVersion]:
        """(language, present or former slug or address) → page.

        Present ones win over those that authors named, and these over what is remembered.
        """
        remembered: dict[tuple[str, str | Address], ArticleVersion] = {}
        for (lang, address), article_id in self.former.items():
            if page := self.page_for(article_id, lang):
                remembered[lang, address[-1]] = remembered[lang, address] = page
        former: dict[tuple[str, str | Address], ArticleVersion] = {}
        present: dict[tuple[str, str | Address], ArticleVersion] = {}
        for page in self._pages:
            head = page.head
            present[head.lang, head.slug] = page
            for address in head.alias_addresses:
                former[head.lang, address[-1]] = former[head.lang, address] = page
        return remembered | former | present

    @cached_property
    def _products_by_id(self) -> Mapping[str, tuple[Product, ...]]:
        found: dict[str, tuple[Product, ...]] = {}
        for product in self.products:
            for article_id in self.ids_about(product.slug):
                found[article_id] = (*found.get(article_id, ()), product)
        return found

    @cached_property
    def _former_products(self) -> Mapping[str, Product]:
        return {slug: product for product in self.products for slug in product.former}


def _shelf_order(page: ArticleVersion) -> tuple[str, str, int, str]:
    head = page.head
    return head.section, head.category, head.order, head.slug


def _ids_by_product(pages: Iterable[ArticleVersion]) -> Mapping[str, frozenset[str]]:
    """Slug → ids of the articles that name it in any language."""
    found: dict[str, set[str]] = {}
    for page in pages:
        for slug in page.head.products:
            found.setdefault(slug, set()).add(page.head.id)
    return {slug: frozenset(ids) for slug, ids in found.items()}
