"""Parts that all ways to ask for a person share: the widget's API and the contact page."""

from __future__ import annotations

import re

from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.addresses import article_path
from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.handoffs.handoffs import SiteContext
from kb.web.layout.addresses import absolute
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from search.errors import IndexMissing

CONSENT_VERSION = "2026-11"
"""Of the text below which a customer puts a mark: raise it when the text changes."""

_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"\x00-\x1f]{1,64}@[^@\s,;:<>()\[\]\\\"\x00-\x1f]{1,185}")


def is_email(text: str) -> bool:
    """Tell whether one address stands here; whether there is somebody, only a letter can tell."""
    return _EMAIL.fullmatch(text) is not None


def one_line_name(text: str) -> str:
    """A name as it was typed, without line ends and control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text).strip()


def consent_text(config: Config, lang: str) -> str:
    """The text a customer agrees to before a contact is kept."""
    with force_locale(lang):
        return _(
            "I agree that my name, my e-mail address and my message are passed on to the support"
            " of %(site)s and kept for %(days)d days.",
            site=config.site_name,
            days=config.contact_days,
        )


def place() -> SiteContext:
    """Site as hand-offs need to know it; works without an index."""
    config = services().config
    try:
        catalog: Catalog | None = services().loaded().catalog
    except IndexMissing:
        catalog = None
    base = absolute(config, "")

    def describe(article: str, lang: str) -> tuple[str, str] | None:
        page = catalog.page_for(article, lang) if catalog else None
        return (page.title, base + article_path(page, lang)) if page else None

    parts = services()
    return SiteContext(describe, parts.sealer, config.stored_attributes, base, parts.translator)
