"""Addresses that articles had before: those of the last generation and of git, joined. Pure.

An article's id is permanent, so that an address leads to wherever its article stands now, however
often it has moved. An address that another article stands at is that one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kb.catalog.catalog import ArticleVersion
from kb.content.model import FormerAddresses, Library


@dataclass(frozen=True)
class LastAddresses:
    """Addresses as the last generation knew them."""

    present: FormerAddresses
    former: FormerAddresses


def last_addresses(pages: Iterable[ArticleVersion], former: FormerAddresses) -> LastAddresses:
    """Those of a generation's pages and what it remembered."""
    return LastAddresses(addresses_of(pages), former)


def addresses_of(pages: Iterable[ArticleVersion]) -> Mapping[tuple[str, tuple[str, str, str]], str]:
    return {(page.lang, page.address): page.id for page in pages}


def with_last(library: Library, last: LastAddresses) -> Library:
    """The library, which knows former addresses from the last generation too."""
    here = {(article.lang, article.address) for article in library.articles}
    joined = {**last.former, **library.former, **last.present}
    return replace(library, former={place: it for place, it in joined.items() if place not in here})


def remembered(
    library: Library, pages: Iterable[ArticleVersion], last: LastAddresses
) -> FormerAddresses:
    """Former addresses for a generation of `pages`; those of who was never public stay out."""
    present = addresses_of(pages)
    known = {*present.values(), *library.retired, *last.former.values(), *last.present.values()}
    former = library.former.items()
    return {place: it for place, it in former if it in known and place not in present}
