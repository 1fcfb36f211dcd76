"""Articles, categories and sections as lists show them: links and cards."""

from __future__ import annotations

from collections.abc import Sequence

from kb.addresses import article_path, category_path, section_path
from kb.catalog.catalog import ArticleVersion, Catalog, CatalogCategory
from kb.web.help.listings.arrangement import Shelves
from kb.web.layout.contexts import ArticleCard, CategoryCard, Link, SectionCard
from kb.web.layout.frame import icon_name, section_tagline
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import name_in


def article_card(page: ArticleVersion, lang: str) -> ArticleCard:
    is_foreign = page.lang != lang
    return ArticleCard(
        title=page.title,
        url=article_path(page, lang),
        summary=page.summary,
        lang=page.lang if is_foreign else "",
        lang_name=name_in(page.lang, lang) if is_foreign else "",
    )


def article_link(page: ArticleVersion, lang: str) -> Link:
    return Link(page.title, article_path(page, lang), "" if page.lang == lang else page.lang)


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


def section_card(
    catalog: Catalog, section: str, lang: str, shelves: Shelves, *, previewed: int = 0
) -> SectionCard:
    categories = category_cards(catalog, section, lang, shelves, previewed=previewed)
    subtitles = {
        "faq": _("Questions and answers about ordering"),
        "guides": _("Guides to the things you own"),
    }
    return SectionCard(
        key=section,
        title=section_tagline(section),
        subtitle=subtitles[section],
        url=section_path(section, lang),
        count=sum(card.count for card in categories),
        categories=categories,
    )


def _category_card(
    entry: CatalogCategory, lang: str, here: Sequence[ArticleVersion], previewed: int
) -> CategoryCard:
    return CategoryCard(
        title=entry.title(lang),
        description=entry.description(lang),
        url=category_path(entry.section, entry.slug, lang),
        icon=icon_name(entry.icon),
        count=len(here),
        articles=tuple(article_link(page, lang) for page in here[:previewed]),
        has_more=len(here) > previewed,
    )
