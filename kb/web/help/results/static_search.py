"""The search page of a site of plain files: its script finds, with the index of its language."""

from __future__ import annotations

from dataclasses import dataclass

from kb.addresses import static_index_path
from kb.catalog.catalog import Catalog
from kb.catalog.reader_search import SearchParams
from kb.config import Config
from kb.web.help.results.page import unasked_page
from kb.web.layout.contexts import CategoryCard, Frame


@dataclass(frozen=True)
class StaticSearchPage:
    """`categories` are ways on without a script; `index_url` is where an export puts the index."""

    frame: Frame
    index_url: str
    categories: tuple[CategoryCard, ...]


def static_search_page(config: Config, catalog: Catalog, asked: SearchParams) -> StaticSearchPage:
    unasked = unasked_page(config, catalog, asked)
    return StaticSearchPage(unasked.frame, static_index_path(asked.lang), unasked.categories)
