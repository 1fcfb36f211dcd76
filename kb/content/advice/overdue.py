"""Articles that nobody has gone over for long, by their `verified:`, and dates still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kb.content.fault_kinds import FaultKind
from kb.content.model import Library, Problem

GOOD_FOR = timedelta(days=365)
TO_COME_REMEDY = "Write the day on which it was done"
REMEDY = "Read it against how things are now, then set `verified` to that day"


def overdue(library: Library, today: date) -> Iterator[Problem]:
    """Articles that readers or staff see and that were verified more than a year before `today`."""
    for article in library.articles:
        if article.status == "draft" or article.verified is None:
            continue
        if article.verified + GOOD_FOR < today:
            months = (today - article.verified).days * 12 // 365
            message = f"was last verified {article.verified:%Y-%m-%d}, {months} months ago"
            line = article.key_lines.get("verified", 1)
            yield Problem(article.path, line, message, REMEDY, FaultKind.OVERDUE)


def to_come(library: Library, today: date) -> Iterator[Problem]:
    """Dates of articles, `verified` and `updated`, that lie more than a day after `today`."""
    for article in library.articles:
        for key, day in (("verified", article.verified), ("updated", article.updated)):
            # A day's grace: it is tomorrow already somewhere
            if day and day > today + timedelta(days=1):
                line = article.key_lines.get(key, 1)
                message = f"`{key}` is {day:%Y-%m-%d}, which is still to come"
                yield Problem(article.path, line, message, TO_COME_REMEDY, FaultKind.FUTURE_DATE)
