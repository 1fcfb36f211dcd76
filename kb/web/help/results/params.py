"""Addresses of searches: read into what is asked for, and made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import url_for

from kb.catalog.catalog import Catalog
from kb.catalog.reader_search import LAST_PAGE, SearchParams
from kb.content.model import SECTIONS
from kb.languages.detection import written_in
from kb.web.help.listings.product_filter import product_called
from search.text.analysis import clean


def search_params(catalog: Catalog, lang: str, values: Mapping[str, str]) -> SearchParams:
    """The search that `values`, the parameters of an address, ask for; unknown ones count as none.

    The text is cleaned here, for a page repeats it in many links.
    """
    section = values.get("section")
    section = section if section in SECTIONS else None
    category = values.get("category")
    if section is None or not category or catalog.category(section, category) is None:
        category = None
    product = product_called(catalog, values.get("product", ""))
    return SearchParams(
        lang=lang,
        text=clean(values.get("q", "")),
        section=section,
        category=category,
        product=product.slug if product else None,
        page=_page_number(values.get("page", "1")),
        is_verbatim=values.get("verbatim") == "1",
    )


def in_own_language(asked: SearchParams, languages: Sequence[str]) -> SearchParams:
    """The same search in the language of its words, where they tell; `languages` of the site."""
    return replace(asked, lang=written_in(asked.text, languages, asked.lang))


def search_address(asked: SearchParams, **changes: object) -> str:
    """The search's address with some of its parameters changed; page 1 is left out."""
    values: dict[str, object] = {
        "lang": asked.lang,
        "section": asked.section,
        "category": asked.category,
        "product": asked.product,
        "verbatim": int(asked.is_verbatim),
        "page": 1,
    } | changes
    if values["page"] == 1:
        del values["page"]
    if not values["verbatim"]:
        del values["verbatim"]
    return url_for("site.search", q=asked.text or None, **values)  # type: ignore[arg-type]


def page_of_results(asked: SearchParams, number: int) -> str:
    """Address of another page of the same results."""
    return search_address(asked, page=number)


def _page_number(text: str) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 1
    return min(max(1, number), LAST_PAGE)
