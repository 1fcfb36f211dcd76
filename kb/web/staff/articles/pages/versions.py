"""Comparisons and the history of an article, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.drafts.model import ArticleDiff, ArticleRevision
from kb.web.layout.locale import date_in_words
from kb.web.staff.articles.pages.editor import Allowed, Notice
from kb.web.staff.articles.pages.proof import ProofProblem
from kb.web.staff.articles.pages.states import StateBadge
from kb.web.staff.articles.pages.version_words import message_in_words
from kb.web.staff.frame import StaffFrame

SHORT = 8
"""Characters of a revision that people are shown."""


@dataclass(frozen=True)
class VersionRow:
    revision: str
    author: str
    at: datetime
    when: str
    message: str
    is_published: bool
    is_newest: bool
    is_gone: bool
    """The file was not there then."""


@dataclass(frozen=True)
class HistoryOfArticle:
    frame: StaffFrame
    change_id: str
    title: str
    rows: tuple[VersionRow, ...]
    revision: str
    """The newest, which a restored text is saved upon."""
    old: str
    new: str
    diff: ArticleDiff | None
    notices: tuple[Notice, ...]
    edit_url: str
    can_write: bool


@dataclass(frozen=True)
class ReviewPage:
    frame: StaffFrame
    change_id: str
    title: str
    path: str
    badge: StateBadge
    author: str
    saved: str
    note: str
    is_new: bool
    is_retired: bool
    is_draft: bool
    """The file says that nobody may read it."""
    revision: str
    diff: ArticleDiff
    problems: tuple[ProofProblem, ...]
    """Of the text as it would be published."""
    notices: tuple[Notice, ...]
    allowed: Allowed
    edit_url: str
    step_url: str


def version_rows(versions: Sequence[ArticleRevision], lang: str) -> tuple[VersionRow, ...]:
    return tuple(
        VersionRow(
            revision=one.revision,
            author=one.author,
            at=one.at,
            when=f"{date_in_words(one.at, lang)}, {one.at:%H:%M} UTC",
            message=message_in_words(one.message),
            is_published=one.is_published,
            is_newest=number == 0,
            is_gone=not one.path,
        )
        for number, one in enumerate(versions)
    )
