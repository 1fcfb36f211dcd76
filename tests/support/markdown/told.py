"""Kinds and lines of what the text of one article is told, as `kb check` tells it."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.content.model import Article, ArticleHead, Problem
from kb.content.remarks.leftovers import of_article
from kb.content.sanitize import to_html

BODY_LINE = 6


def found(body: str) -> list[Problem]:
    """All leftovers of an article with this body, whose links lead somewhere."""
    head = ArticleHead(
        *("k2m7p", "ru", "faq", "a", "b", "T", "S", (), (), 0, (), ()),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    article = Article(head, "published", body, BODY_LINE, "ru/faq/a/b.md")
    return list(of_article(article, to_html(body, resolve_link=lambda href: href)))


def told(body: str) -> list[tuple[str, int]]:
    """Kind and line, from 1, within the body."""
    return [(str(one.kind), one.line - BODY_LINE + 1) for one in found(body)]
