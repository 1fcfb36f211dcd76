"""The page of an article as staff read it, public or internal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from kb.addresses import article_path, staff_article_path
from kb.catalog import staff_search
from kb.catalog.catalog import ArticleVersion
from kb.catalog.generation import Loaded
from kb.config import Config
from kb.web.layout.addresses import absolute
from kb.web.layout.contexts import LanguageLink
from kb.web.layout.frame import section_title
from kb.web.layout.lead import lead
from kb.web.layout.locale import date_in_words, language_name
from kb.web.layout.markup import markup
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.params import StaffSearchParams, search_address


@dataclass(frozen=True)
class StaffArticlePage:
    """`link` and `public_url` are "" for internal articles."""

    frame: StaffFrame
    back_url: str
    path: tuple[str, ...]
    lang: str
    title: str
    lead: str
    """The summary, where the text does not begin with it."""
    html: Markup
    is_internal: bool
    updated_at: datetime | None
    updated: str
    versions: tuple[LanguageLink, ...]
    link: str
    markdown: str
    public_url: str


def article_page(
    config: Config,
    loaded: Loaded,
    page: ArticleVersion,
    asked: StaffSearchParams,
    *,
    lang: str,
    name: str,
) -> StaffArticlePage:
    is_internal = staff_search.visibility_of(loaded, page) == "internal"
    category = loaded.catalog.category(page.section, page.category)
    site = absolute(config, "")
    link = "" if is_internal else staff_search.permanent_link(site, page.id, lang=page.lang)
    return StaffArticlePage(
        frame=staff_frame(
            config,
            lang,
            title=page.title,
            name=name,
            lang_asked=asked.lang,
            here=staff_article_path(page.id, page.lang),
        ),
        back_url=search_address(asked),
        path=(section_title(page.section), category.title(lang) if category else page.category),
        lang=page.lang,
        title=page.title,
        lead=lead(page.summary, page.html),
        html=markup(loaded.catalog.linkable_html(page)),
        is_internal=is_internal,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        versions=_versions(loaded, page, asked),
        link=link,
        markdown=staff_search.markdown_link(page.title, link) if link else "",
        public_url="" if is_internal else article_path(page, page.lang),
    )


def _versions(
    loaded: Loaded, page: ArticleVersion, asked: StaffSearchParams
) -> tuple[LanguageLink, ...]:
    return tuple(
        LanguageLink(
            one.lang,
            language_name(one.lang),
            staff_article_path(one.id, one.lang, asked.lang),
            one.lang == page.lang,
        )
        for one in loaded.catalog.translations(page.id)
    )
