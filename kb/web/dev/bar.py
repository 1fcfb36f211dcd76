"""Contexts of the authors' bar: problems at once, the effect on search when it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.addresses import article_path
from kb.catalog.check_report import CheckReport
from kb.catalog.near_duplicates import NearDuplicate
from kb.catalog.quoted_blocks import QuotedBlock, quoted_blocks
from kb.content.model import Problem
from kb.labels import REASON_LABELS
from kb.suggestions.search_effect import AskedText
from kb.web.dev.viewed_page import ViewedPage, is_known
from kb.web.layout.contexts import Direction
from kb.web.layout.locale import direction, translated

MOST_ELSEWHERE = 50
"""Problems of other files that are listed; the rest is counted."""

Standing = Literal["served", "draft", "left-out", "no-article", "unchecked"]
"""An article that is served, is a draft, has a problem that leaves it out; a page of none; nothing
is known before the first check."""


@dataclass(frozen=True)
class BarPage:
    """Everything but the search: known at once."""

    lang: str
    direction: Direction
    at: str
    file: str
    standing: Standing
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    elsewhere: tuple[Problem, ...]
    """Of other files, at most MOST_ELSEWHERE."""
    elsewhere_count: int
    report_url: str
    search_url: str
    """Of the part that takes longer; "" for a page without an article."""


@dataclass(frozen=True)
class AskedRow:
    """A title or question, where it finds the article, and what a customer would see."""

    text: str
    is_title: bool
    line: int
    """Of the front matter's key, 0 when unknown."""
    rank: int
    action: str
    reason: str
    """In words."""
    is_own: bool
    """The words shown are of this article."""
    first_title: str
    first_url: str
    quotation: tuple[QuotedBlock, ...]
    is_degraded: bool


@dataclass(frozen=True)
class DuplicateRow:
    title: str
    url: str
    file: str
    percent: int


@dataclass(frozen=True)
class SearchPart:
    """The part that takes a search for each question."""

    lang: str
    article_lang: str
    rows: tuple[AskedRow, ...]
    first: int
    """Number of rows that find the article first."""
    answers: int
    """Number of rows which the article's own words answer."""
    duplicates: tuple[DuplicateRow, ...]
    has_vectors: bool


def bar_page(
    place: ViewedPage, report: CheckReport | None, *, lang: str, report_url: str, search_url: str
) -> BarPage:
    known = report or CheckReport((), (), {})
    elsewhere = tuple(one for one in known.problems if one.path != place.file)
    return BarPage(
        lang=lang,
        direction=direction(lang),
        at=place.path,
        file=place.file,
        standing=_standing(place, report),
        problems=known.problems_of(place.file) if place.file else (),
        remarks=known.remarks_of(place.file) if place.file else (),
        elsewhere=elsewhere[:MOST_ELSEWHERE],
        elsewhere_count=len(elsewhere),
        report_url=report_url,
        search_url=search_url if place.page else "",
    )


def _standing(place: ViewedPage, report: CheckReport | None) -> Standing:
    if report is None:
        return "unchecked"
    if place.page:
        return "served"
    if not place.file or not is_known(place, report):
        return "no-article"
    state = report.articles.get(place.file)
    return "draft" if state and state.status != "published" else "left-out"


def search_part(
    place: ViewedPage,
    asked: Sequence[AskedText],
    duplicates: Sequence[NearDuplicate],
    report: CheckReport | None,
    *,
    lang: str,
    has_vectors: bool,
) -> SearchPart:
    """Of a place with an article that is served."""
    assert place.page is not None  # noqa: S101 – asked for such places only
    state = report.articles.get(place.file) if report else None
    lines = state.key_lines if state else {}
    rows = tuple(_row(place, one, lines.get(one.origin, 0), lang) for one in asked)
    return SearchPart(
        lang=lang,
        article_lang=place.page.lang,
        rows=rows,
        first=sum(row.rank == 1 for row in rows),
        answers=sum(row.is_own and row.action == "answer" for row in rows),
        duplicates=tuple(
            DuplicateRow(
                title=one.page.title,
                url=article_path(one.page, lang),
                file=one.page.source_path,
                percent=round(100 * one.likeness),
            )
            for one in duplicates
        ),
        has_vectors=has_vectors,
    )


def _row(place: ViewedPage, asked: AskedText, line: int, lang: str) -> AskedRow:
    is_own = bool(asked.first and place.page and asked.first.id == place.page.id)
    return AskedRow(
        text=asked.text,
        is_title=asked.origin == "title",
        line=line,
        rank=asked.rank,
        action=asked.action,
        reason=translated(REASON_LABELS[asked.reason]),
        is_own=is_own,
        first_title=asked.first.title if asked.first else "",
        first_url=article_path(asked.first, lang) if asked.first else "",
        quotation=quoted_blocks(asked.shown) if asked.shown else (),
        is_degraded=asked.is_degraded,
    )
