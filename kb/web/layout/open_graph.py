"""Words on the preview picture of each kind of page, and the picture's address.

An address carries a digest of everything the picture is drawn from, so that it may be kept for
ever and still never shows an old title. Nothing is drawn here.
"""

from __future__ import annotations

from flask import url_for

from kb.branding.previews import GROUND, INK, Preview
from kb.catalog.catalog import ArticleVersion, Catalog, CatalogCategory
from kb.config import Config
from kb.web.layout import branding
from kb.web.layout.locale import gettext as _


def home_preview(config: Config) -> Preview:
    return _preview(config, _("How can we help?"))


def section_preview(config: Config, title: str) -> Preview:
    return _preview(config, title)


def category_preview(config: Config, entry: CatalogCategory, lang: str, place: str) -> Preview:
    """`place` is the title of its section."""
    return _preview(config, entry.title(lang), place)


def article_preview(config: Config, catalog: Catalog, page: ArticleVersion) -> Preview:
    """In the article's language, whatever the page around it speaks."""
    entry = catalog.category(page.section, page.category)
    place = entry.title(page.lang) if entry else page.category
    return _preview(config, page.title, place)


def home_picture(config: Config, lang: str) -> str:
    return url_for("previews.home", lang=lang, v=home_preview(config).digest)


def section_picture(config: Config, section: str, title: str, lang: str) -> str:
    version = section_preview(config, title).digest
    return url_for("previews.section", lang=lang, section=section, v=version)


def category_picture(config: Config, entry: CatalogCategory, lang: str, place: str) -> str:
    return url_for(
        "previews.category",
        lang=lang,
        section=entry.section,
        category=entry.slug,
        v=category_preview(config, entry, lang, place).digest,
    )


def article_picture(config: Config, catalog: Catalog, page: ArticleVersion) -> str:
    version = article_preview(config, catalog, page).digest
    return url_for("previews.article", lang=page.lang, article_id=page.id, v=version)


def _preview(config: Config, title: str, place: str = "") -> Preview:
    ground, ink = branding.brand_colours() or (GROUND, INK)
    return Preview(config.site_name, title, place, ground, ink)
