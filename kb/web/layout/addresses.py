"""Addresses of the help site's pages: paths by what they lead to, and absolute ones."""

from __future__ import annotations

from flask import request, url_for

from kb.catalog.catalog import ArticleVersion
from kb.config import Config


def absolute(config: Config, path: str) -> str:
    """Put `path` at the site's public address, or at the requested one when none is configured.

    `path` is as `url_for` makes it: below whatever path the site is mounted at.
    """
    return (config.public_url or request.host_url).rstrip("/") + path


def page_address(page: ArticleVersion, lang: str) -> str:
    """Path of an article inside the pages of `lang`, whatever language it is written in."""
    return url_for(
        "site.article", lang=lang, section=page.section, category=page.category, slug=page.slug
    )


def category_address(section: str, category: str, lang: str) -> str:
    return url_for("site.category", lang=lang, section=section, category=category)


def products_address(lang: str) -> str:
    return url_for("site.products", lang=lang)


def product_address(product: str, lang: str) -> str:
    return url_for("site.product", lang=lang, product=product)
