"""Searches of readers: pages and filters of what may be asked."""

from __future__ import annotations

import pytest

from kb.catalog.reader_search import LAST_PAGE, MAX_RESULTS, PER_PAGE, SearchParams, last_page
from tests.support.libraries.site_library import library


@pytest.mark.parametrize(
    ("total", "last"),
    [(0, 1), (PER_PAGE, 1), (PER_PAGE + 1, 2), (MAX_RESULTS, LAST_PAGE), (10_000, LAST_PAGE)],
)
def test_pages_end_with_what_can_be_paged_through(total: int, last: int) -> None:
    assert last_page(total) == last


def test_a_later_page_begins_after_those_before_it() -> None:
    assert SearchParams("ru").offset == 0
    assert SearchParams("ru", page=3).offset == 2 * PER_PAGE


def test_filters_name_a_category_within_its_section() -> None:
    filters = SearchParams("ru", section="faq", category="returns").filters(library())
    assert (filters.section, filters.categories) == ("faq", ("faq/returns",))
    assert not SearchParams("ru").filters(library()).categories
