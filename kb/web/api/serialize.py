"""Domain objects → what the API shows of them: ids with their prefixes, absolute addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.addresses import article_path, category_path, section_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.finder import ArticleHit, ArticleResults, CompletionHit
from kb.catalog.generation import index_version
from kb.config import Config
from kb.content.model import Category
from kb.feedback import votes
from kb.web.api.schemas.articles import (
    ArticleFull,
    ArticleOut,
    CategoryOut,
    CategoryTree,
    SectionOut,
    SiteOut,
    Votes,
)
from kb.web.api.schemas.base import CategoryRef, OffsetPage, PassageOut, SegmentOut
from kb.web.api.schemas.search import (
    CompletionOut,
    RepairOut,
    SearchHit,
    SearchQuery,
    SearchResponse,
)
from kb.web.layout.addresses import absolute
from kb.web.layout.branding import widget_theme
from kb.web.layout.frame import section_title
from kb.web.services import services
from search.model import Repair, Segment

EXCERPT_CHARS = 240


def article_id(article: str) -> str:
    return f"art_{article}"


def bare_article_id(value: str) -> str:
    """The id without its prefix, which may be missing."""
    return value.removeprefix("art_")


def category_id(section: str, slug: str) -> str:
    """No section's name holds a hyphen, so that the id can be taken apart again."""
    return f"cat_{section}-{slug}"


def article(
    config: Config, catalog: Catalog, page: ArticleVersion, lang: str, tally: votes.Tally | None
) -> ArticleOut:
    return ArticleOut(
        **_article_fields(config, catalog, page, lang),
        votes=Votes(up=tally.up, down=tally.down) if tally else None,
    )


def full_article(
    listed: ArticleOut, content: str, format_: str, translations: Sequence[ArticleVersion]
) -> ArticleFull:
    return ArticleFull.model_validate(
        {
            **dict(listed),
            "format": format_,
            "content": content,
            "translations": [page.lang for page in translations],
        }
    )


def search_response(
    config: Config,
    catalog: Catalog,
    findings: ArticleResults,
    lang: str,
    *,
    asked: SearchQuery,
    is_detected: bool,
    id_: str,
) -> SearchResponse:
    return SearchResponse(
        data=[_search_hit(config, catalog, hit, lang) for hit in findings.hits],
        page=OffsetPage(limit=asked.limit, offset=asked.offset, total=findings.total),
        query=findings.query,
        locale=lang,
        locale_detected=is_detected,
        repair=_repair(findings.repair),
        mode=findings.mode,
        degraded=findings.is_degraded,
        took_ms=round(findings.took_ms),
        search_id=id_,
        index_version=index_version(findings.generation),
    )


def _repair(repair: Repair | None) -> RepairOut | None:
    return RepairOut(query=repair.text, kinds=list(repair.kinds)) if repair else None


def completion(config: Config, found: CompletionHit) -> CompletionOut:
    return CompletionOut.model_validate(
        {
            "text": segments(found.text),
            "url": absolute(config, found.url),
            "kind": found.kind,
            "title": found.title,
            "locale": found.lang,
        }
    )


def category_tree(config: Config, catalog: Catalog, lang: str) -> CategoryTree:
    sections = list(dict.fromkeys(category.section for category in catalog.categories))
    return CategoryTree(data=[_section(config, catalog, name, lang) for name in sections])


def site(config: Config, catalog: Catalog, generation: str) -> SiteOut:
    return SiteOut(
        name=config.site_name,
        url=absolute(config, "/"),
        locales=list(catalog.languages),
        default_locale=config.default_language,
        theme=widget_theme(),
        features={
            "search": True,
            "autocomplete": True,
            "suggest": True,
            "handoff": bool(services().channel),
        },
        contact={"email": config.contact_email} if config.contact_email else {},
        index_version=index_version(generation),
    )


def segments(parts: Sequence[Segment]) -> list[SegmentOut]:
    return [SegmentOut(t=part.text, m=part.is_match) for part in parts]


def _article_fields(
    config: Config, catalog: Catalog, page: ArticleVersion, lang: str
) -> dict[str, Any]:
    category = catalog.category(page.section, page.category)
    return {
        "id": article_id(page.id),
        "slug": page.slug,
        "locale": page.lang,
        "title": page.title,
        "url": absolute(config, article_path(page, lang)),
        "excerpt": page.summary[:EXCERPT_CHARS],
        "category": CategoryRef(
            id=category_id(page.section, page.category),
            title=category.title(lang) if category else page.category,
        ),
        "section": page.section,
        "tags": list(page.tags),
        "updated_at": page.updated_at,
    }


def _search_hit(config: Config, catalog: Catalog, hit: ArticleHit, lang: str) -> SearchHit:
    return SearchHit.model_validate(
        {
            **_article_fields(config, catalog, hit.page, lang),
            "url": absolute(config, hit.url),
            "score": round(hit.score, 4),
            "passage": passage(hit),
            "highlights": segments(hit.snippet),
        }
    )


def passage(hit: ArticleHit) -> PassageOut:
    return PassageOut(heading=hit.heading, anchor=hit.anchor, text=hit.passage_text)


def _section(config: Config, catalog: Catalog, section: str, lang: str) -> SectionOut:
    with force_locale(lang):
        title = str(section_title(section))
    return SectionOut(
        id=f"sec_{section}",
        title=title,
        url=absolute(config, section_path(section, lang)),
        categories=[
            _category(config, catalog, category, lang) for category in catalog.in_section(section)
        ],
    )


def _category(config: Config, catalog: Catalog, category: Category, lang: str) -> CategoryOut:
    return CategoryOut(
        id=category_id(category.section, category.slug),
        slug=category.slug,
        title=category.title(lang),
        description=category.description(lang),
        url=absolute(config, category_path(category.section, category.slug, lang)),
        articles=len(catalog.in_category(lang, category.section, category.slug)),
    )
