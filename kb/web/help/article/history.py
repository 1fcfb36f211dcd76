"""The page that lists when an article changed: dates only, no words or names of commits.

Those may be meant for colleagues; who keeps the articles in public sets KB_HISTORY_URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import url_for

from kb.addresses import article_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.content.git_history import MOST_CHANGES
from kb.web.layout.contexts import Frame, Link
from kb.web.layout.frame import category_crumb, frame, home_crumb, section_crumb
from kb.web.layout.locale import date_in_words, name_in
from kb.web.layout.locale import gettext as _


@dataclass(frozen=True)
class Day:
    """`date` as YYYY-MM-DD and in words."""

    date: str
    words: str


@dataclass(frozen=True)
class HistoryPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    article: Link
    foreign_name: str
    """What the page's language calls the article's; "" when they are the same."""
    days: tuple[Day, ...]
    """On which the article changed, the latest first."""
    is_cut: bool
    """True when there may have been changes before these."""
    forge_url: str


def history_page(config: Config, catalog: Catalog, page: ArticleVersion, lang: str) -> HistoryPage:
    """The days on which `page` changed, for readers of `lang`; its own language may be another."""
    entry = catalog.category(page.section, page.category)
    title = entry.title(lang) if entry else page.category
    days = dict.fromkeys(
        moment.date() for moment in page.changes or filter(None, [page.updated_at])
    )
    is_foreign = page.lang != lang
    return HistoryPage(
        frame=frame(
            config,
            lang,
            title=f"{_('When this article changed')}: {page.title}",
            address=lambda code: url_for("site.history", lang=code, article_id=page.id),
            is_indexable=False,
        ),
        crumbs=(
            home_crumb(lang),
            section_crumb(page.section, lang),
            category_crumb(title, page.section, page.category, lang),
        ),
        article=Link(page.title, article_path(page, lang), page.lang if is_foreign else ""),
        foreign_name=name_in(page.lang, lang) if is_foreign else "",
        days=tuple(Day(day.isoformat(), date_in_words(day, lang)) for day in days),
        is_cut=len(page.changes) >= MOST_CHANGES,
        forge_url=forge_url(config, page),
    )


def has_history(config: Config, page: ArticleVersion) -> bool:
    """Is there more to tell than when the article changed last?"""
    return len({moment.date() for moment in page.changes}) > 1 or bool(config.history_url)


def forge_url(config: Config, page: ArticleVersion) -> str:
    """Address at which the site that keeps the articles lists this one's commits; "" for none."""
    return config.history_url.replace("{path}", quote(page.source_path))
