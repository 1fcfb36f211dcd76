"""Pages that lead to articles: home, section, category. From the catalog to what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, zip_longest
from weakref import WeakKeyDictionary

from flask import url_for

from kb.catalog.catalog import ArticleVersion, Catalog, CatalogCategory
from kb.config import Config
from kb.content.model import GUIDES, SECTIONS
from kb.feedback.popularity import UNKNOWN, Ranking
from kb.labels import SECTION_LABELS
from kb.web.help.product_filter import filtered, product_cards
from kb.web.layout import open_graph
from kb.web.layout.addresses import category_address, page_address, products_address
from kb.web.layout.contexts import (
    ArticleCard,
    CategoryCard,
    CategoryPage,
    DatedLink,
    HomePage,
    Link,
    SectionCard,
    SectionPage,
)
from kb.web.layout.frame import (
    frame,
    home_crumb,
    icon_name,
    section_crumb,
    section_tagline,
    section_title,
)
from kb.web.layout.locale import date_in_words, name_in, translated
from kb.web.layout.locale import gettext as _

Shelves = Mapping[tuple[str, str], Sequence[ArticleVersion]]

EXAMPLES = 3
MAX_EXAMPLE_CHARS = 32
"""Longer questions do not stand on one line of a phone, three not on one of a desk."""
LISTED = 6
"""Entries of each list on the home page."""
PREVIEWED = 5
"""Articles shown with each category of a section."""
FILTER_FROM = 16
"""A category of more than fifteen articles gets a filter box."""
BY_PRODUCT = frozenset({GUIDES})
"""Sections whose readers have a product in their hands."""
MOST_PRODUCTS = 8
"""On the home page."""
MOST_POPULAR = 4 * LISTED
"""Popular articles looked through for the home page's lists, as not all have questions."""
NEW_FOR = timedelta(days=30)
FOUNDING = timedelta(days=1)
"""What comes so soon after the first article belongs to the library's beginning."""
POPULAR_FROM = 9
"""A category of more than eight articles is not read at a glance: the popular ones come first."""
POPULAR_IN_CATEGORY = 3
LEAST_QUESTIONS = 3
"""A list of fewer questions is not worth its heading."""


@dataclass(frozen=True)
class Arrangement:
    """A catalog's articles in one language, as lists show them."""

    pages: Sequence[ArticleVersion]
    """Every article once, in the language where it exists; categories in the authors' order."""
    shelves: Shelves
    own: Sequence[ArticleVersion]
    """Those in the language itself; all when there are none."""
    varied: Sequence[ArticleVersion]
    """Of those the first of each category, then the second ones; sections take turns."""
    newest: Sequence[ArticleVersion]
    """The latest changed of those first."""
    examples: Sequence[str]


# A catalog never changes: what takes a millisecond for a thousand articles is done once for each.
_ARRANGED: WeakKeyDictionary[Catalog, dict[str, Arrangement]] = WeakKeyDictionary()


def arranged(catalog: Catalog, lang: str) -> Arrangement:
    """Threads may race: they make the same."""
    known = _ARRANGED.setdefault(catalog, {})
    if lang not in known:
        known[lang] = _arrange(catalog, lang)
    return known[lang]


def _arrange(catalog: Catalog, lang: str) -> Arrangement:
    places = {(entry.section, entry.slug): entry.order for entry in catalog.categories}
    pages = sorted(
        catalog.pages(lang),
        key=lambda page: (page.section, places.get((page.section, page.category), 0)),
    )
    own = [page for page in pages if page.lang == lang] or pages
    varied = _one_of_each_category(own)
    # Stable: of articles changed at the same moment come first those not shown beside, varied.
    newest = sorted(
        (*varied[LISTED:], *varied[:LISTED]), key=lambda page: page.updated_at, reverse=True
    )
    return Arrangement(pages, by_category(pages), own, varied, newest, _varied_examples(varied))


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
        doors=tuple(
            door
            for section in SECTIONS
            if (door := _door(catalog, section, lang, lists.shelves)).categories
        ),
        popular=tuple(article_link(page, lang) for page in popular[:LISTED]),
        start=tuple(article_link(page, lang) for page in lists.varied[:LISTED]),
        recent=tuple(
            DatedLink(
                article_link(page, lang),
                page.updated_at,
                date_in_words(page.updated_at, lang),
                _is_new(page, catalog.began_at, datetime.now(UTC)),
            )
            for page in lists.newest[:LISTED]
        ),
        products=products[:MOST_PRODUCTS],
        products_url=products_address(lang),
        has_more_products=len(products) > MOST_PRODUCTS,
        questions=_questions((*popular[LISTED:], *popular[:LISTED]), lang, shown=examples),
    )


def section_page(
    config: Config, catalog: Catalog, section: str, lang: str, *, product: str = ""
) -> SectionPage | None:
    """None for a section that has nothing to show. Guides may be asked for by `product`."""

    def address(code: str, slug: str | None = None) -> str:
        return url_for("site.section", lang=code, section=section, product=slug)

    pages: Sequence[ArticleVersion] = [
        page for page in arranged(catalog, lang).pages if page.section == section
    ]
    by_product, chosen = None, None
    if section in BY_PRODUCT:
        pages, by_product, chosen = filtered(
            catalog, lang, pages, product, lambda slug: address(lang, slug)
        )
    previewed = len(pages) if chosen else PREVIEWED
    door = _door(catalog, section, lang, by_category(pages), previewed=previewed)
    if not door.categories:
        return None
    name = section_title(section)
    return SectionPage(
        frame=frame(
            config,
            lang,
            title=f"{name}: {chosen.title(lang)}" if chosen else name,
            description=door.subtitle,
            address=address,
            view=(lambda code: address(code, chosen.slug)) if chosen else None,
            section=section,
            picture=open_graph.section_picture(config, section, section_title(section), lang),
        ),
        crumbs=(home_crumb(lang),),
        name=name,
        door=door,
        by_product=by_product,
    )


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

    def address(code: str, slug: str | None = None) -> str:
        return url_for("site.category", lang=code, section=section, category=category, product=slug)

    entry = catalog.category(section, category)
    shelves = arranged(catalog, lang).shelves
    here: Sequence[ArticleVersion] = shelves.get((section, category), [])
    if entry is None or not here:
        return None
    by_product, chosen = None, None
    if section in BY_PRODUCT:
        here, by_product, chosen = filtered(
            catalog, lang, here, product, lambda slug: address(lang, slug)
        )
    title, description = entry.title(lang), entry.description(lang)
    cards = [article_card(page, lang) for page in here]
    return CategoryPage(
        frame=frame(
            config,
            lang,
            title=f"{title}: {chosen.title(lang)}" if chosen else title,
            description=description,
            address=address,
            view=(lambda code: address(code, chosen.slug)) if chosen else None,
            section=section,
            picture=open_graph.category_picture(config, entry, lang, section_title(section)),
        ),
        crumbs=(home_crumb(lang), section_crumb(section, lang)),
        icon=icon_name(entry.icon),
        title=title,
        description=description,
        section=section,
        category=category,
        popular=_popular_here(ranking, here, lang),
        articles=tuple(card for card in cards if not card.lang),
        foreign_articles=tuple(card for card in cards if card.lang),
        has_filter=len(here) >= FILTER_FROM,
        by_product=by_product,
        siblings=tuple(
            card
            for card in category_cards(catalog, section, lang, shelves)
            if card.url != category_address(section, category, lang)
        ),
    )


def by_category(pages: Iterable[ArticleVersion]) -> Shelves:
    """(section, category) → its pages, in the given order."""
    shelves: dict[tuple[str, str], list[ArticleVersion]] = {}
    for page in pages:
        shelves.setdefault((page.section, page.category), []).append(page)
    return shelves


def category_cards(
    catalog: Catalog, section: str, lang: str, shelves: Shelves, *, previewed: int = 0
) -> tuple[CategoryCard, ...]:
    """Categories of a section that hold articles, in the authors' order.

    Each card names its first `previewed` articles.
    """
    return tuple(
        _category_card(entry, lang, here, previewed)
        for entry in catalog.in_section(section)
        if (here := shelves.get((section, entry.slug)))
    )


def article_card(page: ArticleVersion, lang: str) -> ArticleCard:
    is_foreign = page.lang != lang
    return ArticleCard(
        title=page.title,
        url=page_address(page, lang),
        summary=page.summary,
        lang=page.lang if is_foreign else "",
        lang_name=name_in(page.lang, lang) if is_foreign else "",
    )


def article_link(page: ArticleVersion, lang: str) -> Link:
    return Link(page.title, page_address(page, lang), "" if page.lang == lang else page.lang)


def _door(
    catalog: Catalog, section: str, lang: str, shelves: Shelves, *, previewed: int = 0
) -> SectionCard:
    categories = category_cards(catalog, section, lang, shelves, previewed=previewed)
    return SectionCard(
        key=section,
        title=section_tagline(section),
        subtitle=translated(SECTION_LABELS[section].subtitle),
        url=url_for("site.section", lang=lang, section=section),
        count=sum(card.count for card in categories),
        categories=categories,
    )


def _category_card(
    entry: CatalogCategory, lang: str, here: Sequence[ArticleVersion], previewed: int
) -> CategoryCard:
    return CategoryCard(
        title=entry.title(lang),
        description=entry.description(lang),
        url=category_address(entry.section, entry.slug, lang),
        icon=icon_name(entry.icon),
        count=len(here),
        articles=tuple(article_link(page, lang) for page in here[:previewed]),
        has_more=len(here) > previewed,
    )


def _is_new(page: ArticleVersion, began_at: datetime | None, now: datetime) -> bool:
    """Whether the article was added lately, to a library that was there before.

    What came with the library itself is no news, nor is an article that only has moved.
    """
    if page.created_at is None or began_at is None or page.aliases:
        return False
    return now - page.created_at < NEW_FOR and page.created_at - began_at > FOUNDING


def _one_of_each_category(pages: Iterable[ArticleVersion]) -> list[ArticleVersion]:
    """First article of each category, then the second ones; sections take turns."""
    queues: dict[str, list[Sequence[ArticleVersion]]] = {}
    for (section, _category), shelf in by_category(pages).items():
        queues.setdefault(section, []).append(shelf)
    in_turn = [
        [page for row in zip_longest(*shelves) for page in row if page]
        for shelves in queues.values()
    ]
    return [page for row in zip_longest(*in_turn) for page in row if page]


def _varied_examples(varied: Sequence[ArticleVersion]) -> list[str]:
    """Questions that authors say their articles answer, so that trying one does not fail.

    Taken evenly from all categories, to show how wide one may ask.
    """
    in_turn = [page for page in varied if _short_questions(page)]
    distance = len({page.category for page in in_turn}) // EXAMPLES | 1  # odd: sections alternate
    return [_short_questions(page)[0] for page in in_turn[::distance][:EXAMPLES]]


def _popular_examples(popular: Sequence[ArticleVersion]) -> list[str]:
    """Such questions to the most popular articles; none when there are too few of them.

    They are the authors': what visitors type is shown to nobody.
    """
    questions = (_short_questions(page) for page in popular)
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
        Link(text, page_address(page, lang), "" if page.lang == lang else page.lang)
        for page, text in islice(found, LISTED)
    )
    return links if len(links) >= LEAST_QUESTIONS else ()


def _popular_here(ranking: Ranking, here: Sequence[ArticleVersion], lang: str) -> tuple[Link, ...]:
    """The most popular of a long category; none when fewer are known to be."""
    popular = ranking.popular(here, most=POPULAR_IN_CATEGORY)
    if len(here) < POPULAR_FROM or len(popular) < POPULAR_IN_CATEGORY:
        return ()
    return tuple(article_link(page, lang) for page in popular)


def _short_questions(page: ArticleVersion) -> list[str]:
    return [text for text in page.questions if len(text) <= MAX_EXAMPLE_CHARS]
