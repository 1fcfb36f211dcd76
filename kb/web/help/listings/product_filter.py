"""Articles by product: the filter above a list of them, and the cards that lead to products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.addresses import product_path, products_path
from kb.catalog.catalog import ArticleVersion, Catalog, CatalogProduct
from kb.web.layout.contexts import Chip, Link, ProductCard
from kb.web.layout.frame import icon_name
from kb.web.layout.locale import gettext as _

MOST_CHIPS = 12
"""More products than this are for a page of their own."""
BY_PRODUCT = frozenset({"guides"})
"""Sections whose readers have a product in their hands."""


@dataclass(frozen=True)
class ProductFilter:
    """Reduces a list of articles to those about one product."""

    chips: tuple[Chip, ...]
    """One for everything, then one for each product; none when they would not differ."""
    chosen: Link | None
    """The product's own page."""
    is_unknown: bool
    """True when the address names a product without articles here; everything is shown then."""
    all_url: str
    """All products of the site; "" when each has a chip."""


def product_called(catalog: Catalog, slug: str) -> CatalogProduct | None:
    """The product that has this slug, or once had it."""
    return catalog.product(slug) or catalog.renamed_product(slug)


def product_cards(catalog: Catalog, lang: str) -> tuple[ProductCard, ...]:
    """Every product of the site, in the authors' order."""
    return tuple(
        ProductCard(
            title=product.title(lang),
            description=product.description(lang),
            url=product_path(product.slug, lang),
            icon=icon_name(product.icon),
            count=len(catalog.about(lang, product.slug)),
        )
        for product in catalog.products
    )


def product_link(product: CatalogProduct, lang: str) -> Link:
    return Link(product.title(lang), product_path(product.slug, lang))


def filtered(
    catalog: Catalog,
    lang: str,
    section: str,
    pages: Sequence[ArticleVersion],
    wanted: str,
    address: Callable[[str | None], str],
) -> tuple[Sequence[ArticleVersion], ProductFilter | None, CatalogProduct | None]:
    """Those of `pages` that are about the product called `wanted`, the filter, the product.

    All of them without a known one, and in a section where readers have no product in their
    hands. `address` gives the list's path with a product, or without.
    """
    counts = Counter(product.slug for page in pages for product in catalog.products_of(page))
    if section not in BY_PRODUCT or (len(counts) < 2 and not wanted):
        return pages, None, None
    chosen = product_called(catalog, wanted)
    if chosen and not counts[chosen.slug]:
        chosen = None
    named = [product for product in catalog.products if counts[product.slug]]
    shown = named[:MOST_CHIPS] + [one for one in named[MOST_CHIPS:] if one == chosen]
    chips = [Chip(_("All"), address(None), len(pages), chosen is None)] if named else []
    chips += [
        Chip(one.title(lang), address(one.slug), counts[one.slug], one == chosen) for one in shown
    ]
    found = ProductFilter(
        chips=tuple(chips),
        chosen=product_link(chosen, lang) if chosen else None,
        is_unknown=bool(wanted) and chosen is None,
        all_url=products_path(lang) if len(named) > len(shown) else "",
    )
    if chosen is None:
        return pages, found, None
    return [page for page in pages if chosen in catalog.products_of(page)], found, chosen
