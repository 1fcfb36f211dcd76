"""A reading that a page reports of itself: whether it counts, and as whose.

The rules of counts are in `kb/feedback/page_views.py`, the script that reports in
`static/help/viewed.js`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import request

from kb.feedback import page_views
from kb.feedback.crawlers import is_crawler
from kb.web.http.rate_limits import client_key
from kb.web.services import secret_key, services

PURPOSES = ("Sec-Purpose", "Purpose", "X-Moz")
"""Headers by which browsers say that nobody may be looking, as they only fetch ahead."""


def record_view(article_id: str) -> None:
    """Count the current request as a reading, unless it is not one or was counted today.

    Raises DatabaseUnavailable.
    """
    if not _is_of_a_reader():
        return
    day = today()
    key = page_views.day_key(secret_key(), day)
    mark = page_views.make_mark(
        key,
        client=client_key(request.remote_addr, salt=key),
        user_agent=request.user_agent.string,
        article_id=article_id,
    )
    page_views.count(services().database, article_id=article_id, mark=mark, day=day)


def today() -> date:
    """The day readings are counted on: that of UTC, the same for every process."""
    return datetime.now(UTC).date()


def _is_of_a_reader() -> bool:
    is_ahead = any("fetch" in request.headers.get(name, "").lower() for name in PURPOSES)
    return not is_ahead and not is_crawler(request.user_agent.string)
