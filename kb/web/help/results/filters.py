"""Filters above a list of results: sections, the chosen category and product, other products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.catalog.catalog import Catalog
from kb.catalog.finder import ArticleResults
from kb.catalog.reader_search import SearchParams
from kb.suggestions.reader_results import ReaderResults
from kb.web.help.listings.arrangement import SECTIONS
from kb.web.help.listings.product_filter import MOST_CHIPS
from kb.web.help.results.params import search_address
from kb.web.layout.contexts import Chip
from kb.web.layout.frame import section_title
from kb.web.layout.locale import gettext as _


@dataclass(frozen=True)
class ResultFilters:
    """Nothing of them is shown while there are no results to filter."""

    sections: tuple[Chip, ...] = ()
    category: Chip | None = None
    product: Chip | None = None
    products: tuple[Chip, ...] = ()


def result_filters(catalog: Catalog, asked: SearchParams, results: ReaderResults) -> ResultFilters:
    if not results.total:
        return ResultFilters()
    return ResultFilters(
        sections=_chips(asked, results.section_counts),
        category=_category_chip(catalog, asked, results.total),
        product=_product_chip(catalog, asked, results.total),
        products=_product_chips(catalog, asked, results.found),
    )


def _chips(asked: SearchParams, section_counts: Mapping[str, int]) -> tuple[Chip, ...]:
    """One chip for each section with hits, and one for all; none when they would not differ."""
    counts = {
        section: section_counts.get(section, 0)
        for section in SECTIONS
        if section_counts.get(section) or section == asked.section
    }
    if not any(counts.values()) or (len(counts) < 2 and not asked.section):
        return ()
    everything = Chip(
        _("All"),
        search_address(asked, section=None, category=None),
        sum(counts.values()),
        asked.section is None,
    )
    return everything, *(
        Chip(
            section_title(section),
            search_address(asked, section=section, category=None),
            count,
            section == asked.section and asked.category is None,
        )
        for section, count in counts.items()
    )


def _category_chip(catalog: Catalog, asked: SearchParams, count: int) -> Chip | None:
    if asked.section is None or asked.category is None:
        return None
    entry = catalog.category(asked.section, asked.category)
    if entry is None:
        return None
    return Chip(entry.title(asked.lang), search_address(asked, category=None), count, True)


def _product_chip(catalog: Catalog, asked: SearchParams, count: int) -> Chip | None:
    product = catalog.product(asked.product) if asked.product else None
    if product is None:
        return None
    return Chip(product.title(asked.lang), search_address(asked, product=None), count, True)


def _product_chips(
    catalog: Catalog, asked: SearchParams, findings: ArticleResults
) -> tuple[Chip, ...]:
    """Products that the shown hits are about, those of the best ones first, if they are several.

    Whoever asks about delivery is not asked for a product because of what stands on page three.
    """
    named = {one.slug: one for hit in findings.hits for one in catalog.products_of(hit.page)}
    if asked.product or len(named) < 2:
        return ()
    found = frozenset(findings.groups)
    return tuple(
        Chip(
            product.title(asked.lang),
            search_address(asked, product=slug),
            len(catalog.ids_about(slug) & found),
            False,
        )
        for slug, product in list(named.items())[:MOST_CHIPS]
    )
