"""Pages of products: all of them, and one with everything there is about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.addresses import category_path, product_path, products_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.content.model import GUIDES, SECTIONS
from kb.web.help import json_ld
from kb.web.help.listings.arrangement import arranged, by_category
from kb.web.help.listings.cards import article_card
from kb.web.help.listings.product_filter import product_cards
from kb.web.layout.contexts import ArticleCard, Frame, Link, ProductCard
from kb.web.layout.frame import frame, home_crumb, icon_name, products_crumb, section_crumb
from kb.web.layout.locale import gettext as _


@dataclass(frozen=True)
class ArticleGroup:
    """Articles of one category, or of a section, under its name."""

    title: str
    url: str
    articles: tuple[ArticleCard, ...]


@dataclass(frozen=True)
class ProductPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    icon: str
    title: str
    description: str
    product: str
    """What a search within these articles sends."""
    groups: tuple[ArticleGroup, ...]
    """Guides by category, then questions and answers."""
    foreign_articles: tuple[ArticleCard, ...]
    """Those without a version in the page's language."""
    siblings: tuple[ProductCard, ...]
    """Other products."""

    def nodes(self) -> list[json_ld.Node]:
        cards = [card for group in self.groups for card in group.articles]
        return json_ld.listing(self.frame, self.crumbs, self.title, cards)


@dataclass(frozen=True)
class ProductsPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    title: str
    products: tuple[ProductCard, ...]

    def nodes(self) -> list[json_ld.Node]:
        return json_ld.listing(self.frame, self.crumbs, self.title, self.products)


def products_page(config: Config, catalog: Catalog, lang: str) -> ProductsPage | None:
    """None for a site that has no product with articles."""
    if not catalog.products:
        return None
    return ProductsPage(
        frame=frame(
            config,
            lang,
            title=_("Products"),
            description=_("Choose what you have: its guides and answers stand on one page."),
            address=products_path,
        ),
        crumbs=(home_crumb(lang),),
        title=_("Products"),
        products=product_cards(catalog, lang),
    )


def product_page(config: Config, catalog: Catalog, slug: str, lang: str) -> ProductPage | None:
    """None for a slug that no product with articles has now."""
    product = catalog.product(slug)
    if product is None:
        return None
    ids = catalog.ids_about(slug)
    pages = [page for page in arranged(catalog, lang).pages if page.id in ids]
    own = [page for page in pages if page.lang == lang]
    return ProductPage(
        frame=frame(
            config,
            lang,
            title=product.title(lang),
            description=product.description(lang),
            address=lambda code: product_path(slug, code),
        ),
        crumbs=(home_crumb(lang), products_crumb(lang)),
        icon=icon_name(product.icon),
        title=product.title(lang),
        description=product.description(lang),
        product=slug,
        groups=tuple(_groups(catalog, own, lang)),
        foreign_articles=tuple(article_card(page, lang) for page in pages if page.lang != lang),
        siblings=tuple(
            card for card in product_cards(catalog, lang) if card.url != product_path(slug, lang)
        ),
    )


def _groups(catalog: Catalog, pages: Sequence[ArticleVersion], lang: str) -> Iterator[ArticleGroup]:
    """Guides by category where they are in several, then all questions and answers together.

    The category with the most comes first: what is about another product too stands below.
    """
    for section in reversed(SECTIONS):
        here = [page for page in pages if page.section == section]
        shelves = by_category(here)
        if section == GUIDES and len(shelves) > 1:
            fullest = sorted(shelves.items(), key=lambda pair: -len(pair[1]))
            for (_section, category), shelf in fullest:
                entry = catalog.category(section, category)
                title = entry.title(lang) if entry else category
                yield _group(title, category_path(section, category, lang), shelf, lang)
        elif here:
            crumb = section_crumb(section, lang)
            yield _group(crumb.title, crumb.url, here, lang)


def _group(title: str, url: str, pages: Sequence[ArticleVersion], lang: str) -> ArticleGroup:
    return ArticleGroup(title, url, tuple(article_card(page, lang) for page in pages))
