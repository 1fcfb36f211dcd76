"""The page of a category: its articles, and the other categories of its section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from kb.addresses import category_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.content.model import Category, Product
from kb.feedback.popularity import UNKNOWN, Ranking
from kb.web.help import json_ld
from kb.web.help.listings.arrangement import Shelves, arranged
from kb.web.help.listings.cards import article_card, article_link, category_cards
from kb.web.help.listings.product_filter import ProductFilter, filtered
from kb.web.layout import open_graph
from kb.web.layout.contexts import ArticleCard, CategoryCard, Frame, Link
from kb.web.layout.frame import frame, home_crumb, icon_name, section_crumb, section_title

FILTER_FROM = 16
"""A category of more than fifteen articles gets a filter box."""
POPULAR_FROM = 9
"""A category of more than eight articles is not read at a glance: the popular ones come first."""
MOST_POPULAR = 3


@dataclass(frozen=True)
class CategoryPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    icon: str
    title: str
    description: str
    section: str
    category: str
    popular: tuple[Link, ...]
    """The most popular articles of a category that is not read at a glance."""
    articles: tuple[ArticleCard, ...]
    foreign_articles: tuple[ArticleCard, ...]
    """Those without a version in the page's language."""
    has_filter: bool
    by_product: ProductFilter | None
    """None where articles do not differ by product."""
    siblings: tuple[CategoryCard, ...]
    """Other categories of the section."""

    def nodes(self) -> list[json_ld.Node]:
        return json_ld.listing(self.frame, self.crumbs, self.title, self.articles)


def category_page(
    config: Config,
    catalog: Catalog,
    section: str,
    category: str,
    lang: str,
    ranking: Ranking = UNKNOWN,
    *,
    product: str = "",
) -> CategoryPage | None:
    """None for a category that does not exist or holds no article; `product` as for a section."""
    entry = catalog.category(section, category)
    shelves = arranged(catalog, lang).shelves
    here: Sequence[ArticleVersion] = shelves.get((section, category), [])
    if entry is None or not here:
        return None
    here, by_product, chosen = filtered(
        catalog, lang, section, here, product, lambda slug: _address(entry, lang, slug)
    )
    cards = [article_card(page, lang) for page in here]
    return CategoryPage(
        frame=_frame(config, entry, lang, chosen),
        crumbs=(home_crumb(lang), section_crumb(section, lang)),
        icon=icon_name(entry.icon),
        title=entry.title(lang),
        description=entry.description(lang),
        section=section,
        category=category,
        popular=_popular(ranking, here, lang),
        articles=tuple(card for card in cards if not card.lang),
        foreign_articles=tuple(card for card in cards if card.lang),
        has_filter=len(here) >= FILTER_FROM,
        by_product=by_product,
        siblings=_siblings(catalog, entry, lang, shelves),
    )


def _address(entry: Category, lang: str, product: str | None = None) -> str:
    return url_for(
        "site.category", lang=lang, section=entry.section, category=entry.slug, product=product
    )


def _frame(config: Config, entry: Category, lang: str, chosen: Product | None) -> Frame:
    title = entry.title(lang)
    place = section_title(entry.section)
    return frame(
        config,
        lang,
        title=f"{title}: {chosen.title(lang)}" if chosen else title,
        description=entry.description(lang),
        address=lambda code: _address(entry, code),
        view=(lambda code: _address(entry, code, chosen.slug)) if chosen else None,
        section=entry.section,
        picture=open_graph.category_picture(config, entry, lang, place),
    )


def _popular(ranking: Ranking, here: Sequence[ArticleVersion], lang: str) -> tuple[Link, ...]:
    """The most popular of a long category; none when fewer are known to be."""
    popular = ranking.popular(here, most=MOST_POPULAR)
    if len(here) < POPULAR_FROM or len(popular) < MOST_POPULAR:
        return ()
    return tuple(article_link(page, lang) for page in popular)


def _siblings(
    catalog: Catalog, entry: Category, lang: str, shelves: Shelves
) -> tuple[CategoryCard, ...]:
    own = category_path(entry.section, entry.slug, lang)
    cards = category_cards(catalog, entry.section, lang, shelves)
    return tuple(card for card in cards if card.url != own)
