"""The page of a section: its categories, each with its first articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.web.help import json_ld
from kb.web.help.listings.arrangement import arranged, by_category
from kb.web.help.listings.cards import section_card
from kb.web.help.listings.product_filter import ProductFilter, filtered
from kb.web.layout import open_graph
from kb.web.layout.contexts import Frame, Link, SectionCard
from kb.web.layout.frame import frame, home_crumb, section_title

PREVIEWED = 5
"""Articles shown with each category of a section."""


@dataclass(frozen=True)
class SectionPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    name: str
    """Of the section, as paths to its articles show it."""
    door: SectionCard
    by_product: ProductFilter | None
    """None where articles do not differ by product."""

    def nodes(self) -> list[json_ld.Node]:
        return json_ld.listing(self.frame, self.crumbs, self.name, self.door.categories)


def section_page(
    config: Config, catalog: Catalog, section: str, lang: str, *, product: str = ""
) -> SectionPage | None:
    """None for a section that has nothing to show. Guides may be asked for by `product`."""

    def address(code: str, slug: str | None = None) -> str:
        return url_for("site.section", lang=code, section=section, product=slug)

    pages: Sequence[ArticleVersion] = [
        page for page in arranged(catalog, lang).pages if page.section == section
    ]
    pages, by_product, chosen = filtered(
        catalog, lang, section, pages, product, lambda slug: address(lang, slug)
    )
    previewed = len(pages) if chosen else PREVIEWED
    door = section_card(catalog, section, lang, by_category(pages), previewed=previewed)
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
            picture=open_graph.section_picture(config, section, name, lang),
        ),
        crumbs=(home_crumb(lang),),
        name=name,
        door=door,
        by_product=by_product,
    )
