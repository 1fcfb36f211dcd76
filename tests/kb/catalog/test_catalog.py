"""kb.catalog.catalog: what is related to an article, and catalogues of older releases."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.catalog_json import from_json, to_json
from tests.support.libraries.site_library import DAY, REFUND, library, page


def shelf(*pages: ArticleVersion, **near: tuple[str, ...]) -> Catalog:
    return Catalog(pages, (), ("ru", "en"), (), {f"ru/{name}": ids for name, ids in near.items()})


def article(name: str, order: int = 1, **fields: Any) -> ArticleVersion:
    return page(name, "ru", f"faq/returns/{name}", name, order=order, **fields)


def test_related_are_the_authors_then_the_nearest_then_the_shelf() -> None:
    one = article("a", related=("d", "gone", "a"))
    far = page("e", "ru", "guides/vega-r2/e", "e")
    catalog = shelf(one, article("b", 2), article("c", 3), article("d", 4), far, a=("e", "d", "x"))
    assert [it.id for it in catalog.related(one, "ru")] == ["d", "e", "b", "c"]
    assert [it.id for it in catalog.related(catalog.pages("ru")[1], "ru")] == ["a", "c", "d"]


def test_catalogues_of_an_older_release_are_read() -> None:
    """Else the site stood still from an update to the first build after it."""
    value = json.loads(to_json(library()))
    for entry in value["pages"]:
        for name in ("next", "source", "changes"):
            del entry[name]
    old = from_json(json.dumps(value).encode())
    found = old.page(REFUND, "ru")
    assert found
    assert (found.next, found.source, found.changes) == ((), "", ())
    assert old.newer_original(found) is None


def test_a_catalogue_comes_back_as_it_was() -> None:
    catalog = library()
    assert from_json(to_json(catalog)).all_pages == catalog.all_pages


def test_a_page_keeps_the_keys_of_earlier_releases_in_their_order() -> None:
    """Else the first build after an update made a new generation of the same articles."""
    entry = json.loads(to_json(library()))["pages"][0]
    former = (
        "id lang section category slug title summary tags questions order aliases related"
        " updated_at html headings minutes source_path source_digest next source changes products"
        " created_at"
    )
    assert [key for key in entry if key in former.split()] == former.split()


@pytest.mark.parametrize(
    ("hours", "source", "ru_changes", "is_newer"),
    [
        (25, "", 1, True),
        (23, "", 1, False),  # committed together
        (-25, "", 1, False),
        (25, "en", 1, False),  # the English version is the original
        (25, "", 0, False),  # git does not know
    ],
)
def test_only_a_translation_can_be_outdated(
    hours: int, source: str, ru_changes: int, is_newer: bool
) -> None:
    russian = page("a", "ru", "faq/x/a", "а", changes=(DAY + timedelta(hours=hours),) * ru_changes)
    english = page("a", "en", "faq/x/a", "a", changes=(DAY,), source=source)
    catalog = Catalog((russian, english), (), ("ru", "en"))
    assert catalog.newer_original(english) == (russian if is_newer else None)
    expected = english if source and hours < 0 else None
    assert catalog.newer_original(russian) == expected
