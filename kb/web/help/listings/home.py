"""The home page: ways in, what is popular, what changed lately, and questions to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from flask import url_for

from kb.addresses import article_path, products_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.content.model import SECTIONS
from kb.feedback.popularity import UNKNOWN, Ranking
from kb.web.help import json_ld
from kb.web.help.listings.arrangement import (
    EXAMPLES,
    LISTED,
    Arrangement,
    arranged,
    short_questions,
)
from kb.web.help.listings.cards import article_link, section_card
from kb.web.help.listings.product_filter import product_cards
from kb.web.layout.contexts import Frame, Link, ProductCard, SectionCard
from kb.web.layout.frame import frame
from kb.web.layout.locale import date_in_words
from kb.web.layout.locale import gettext as _

MOST_PRODUCTS = 8
MOST_POPULAR = 4 * LISTED
"""Popular articles looked through for the lists, as not all have questions."""
NEW_FOR = timedelta(days=30)
FOUNDING = timedelta(days=1)
"""What comes so soon after the first article belongs to the library's beginning."""
LEAST_QUESTIONS = 3
"""A list of fewer questions is not worth its heading."""


@dataclass(frozen=True)
class DatedLink:
    link: Link
    updated_at: datetime | None
    date: str
    """`updated_at` in words."""
    is_new: bool
    """An article that came lately, rather than one that was changed."""


@dataclass(frozen=True)
class HomePage:
    frame: Frame
    article_count: int
    examples: tuple[Link, ...]
    doors: tuple[SectionCard, ...]
    popular: tuple[Link, ...]
    """Empty as long as too few readings have been counted; `start` is shown instead."""
    start: tuple[Link, ...]
    recent: tuple[DatedLink, ...]
    questions: tuple[Link, ...]
    """Authors' questions to popular articles, each leading to its article."""
    products: tuple[ProductCard, ...]
    """The first few."""
    products_url: str
    has_more_products: bool

    def nodes(self) -> list[json_ld.Node]:
        return [json_ld.site(self.frame)]


def home_page(config: Config, catalog: Catalog, lang: str, ranking: Ranking = UNKNOWN) -> HomePage:
    lists = arranged(catalog, lang)
    products = product_cards(catalog, lang)
    popular = ranking.popular(lists.own, most=MOST_POPULAR)
    examples = _popular_examples(popular) or lists.examples
    return HomePage(
        frame=frame(
            config,
            lang,
            description=_("Search the help of %(site)s in your own words.", site=config.site_name),
            address=lambda code: url_for("site.home", lang=code),
        ),
        article_count=len(lists.pages),
        examples=tuple(Link(text, url_for("site.search", lang=lang, q=text)) for text in examples),
        doors=_section_cards(catalog, lang, lists),
        popular=tuple(article_link(page, lang) for page in popular[:LISTED]),
        start=tuple(article_link(page, lang) for page in lists.varied[:LISTED]),
        recent=_recent(catalog, lang, lists.newest[:LISTED]),
        products=products[:MOST_PRODUCTS],
        products_url=products_path(lang),
        has_more_products=len(products) > MOST_PRODUCTS,
        questions=_questions((*popular[LISTED:], *popular[:LISTED]), lang, shown=examples),
    )


def _section_cards(catalog: Catalog, lang: str, lists: Arrangement) -> tuple[SectionCard, ...]:
    cards = (section_card(catalog, section, lang, lists.shelves) for section in SECTIONS)
    return tuple(card for card in cards if card.categories)


def _recent(catalog: Catalog, lang: str, newest: Sequence[ArticleVersion]) -> tuple[DatedLink, ...]:
    now = datetime.now(UTC)
    return tuple(
        DatedLink(
            article_link(page, lang),
            page.updated_at,
            date_in_words(page.updated_at, lang),
            _is_new(page, catalog.began_at, now),
        )
        for page in newest
    )


def _is_new(page: ArticleVersion, began_at: datetime | None, now: datetime) -> bool:
    """Tell whether the article was added lately, to a library that was there before.

    What came with the library itself is no news, nor is an article that only has moved.
    """
    if page.created_at is None or began_at is None or page.aliases:
        return False
    return now - page.created_at < NEW_FOR and page.created_at - began_at > FOUNDING


def _popular_examples(popular: Sequence[ArticleVersion]) -> list[str]:
    """Such questions to the most popular articles; none when there are too few of them.

    They are the authors': what visitors type is shown to nobody.
    """
    questions = (short_questions(page) for page in popular)
    texts = [texts[0] for texts in islice(filter(None, questions), EXAMPLES)]
    return texts if len(texts) == EXAMPLES else []


def _questions(
    pages: Iterable[ArticleVersion], lang: str, *, shown: Sequence[str]
) -> tuple[Link, ...]:
    """One question to each of `pages`, none that is shown already or says what its title says."""
    found = (
        (page, text)
        for page in pages
        for text in [one for one in page.questions if one not in (*shown, page.title)][:1]
    )
    links = tuple(
        Link(text, article_path(page, lang), "" if page.lang == lang else page.lang)
        for page, text in islice(found, LISTED)
    )
    return links if len(links) >= LEAST_QUESTIONS else ()
