"""Counts of readings: one per visitor, article and day. No requests, no cookies, no addresses.

A visitor is known for a day only, by a mark: a hash of what the browser shows anyway (its address
and its name), under a key that is made of the site's secret and the day. The article goes into the
hash too, so that neither marks of different days nor those of different articles can be joined: the
table tells that somebody read this article today, and nothing about what else they read.
`kb.database.retention` deletes marks when their day is over, counts later.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from sqlalchemy import func, select

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import article_views, view_marks

MOST_ARTICLES = 5000
"""That totals are given for; those read most come first."""


def day_key(secret_key: str, day: date) -> bytes:
    """The key of one day's marks, 32 bytes."""
    key = hashlib.sha256(b"otvet view key\0" + secret_key.encode()).digest()
    return hmac.new(key, day.isoformat().encode(), hashlib.sha256).digest()


def make_mark(key: bytes, *, client: str, user_agent: str, article_id: str) -> str:
    """Tell one visitor of an article from another on the day of `key`, by 64 hex digits."""
    visitor = "\0".join((client, user_agent, article_id))
    return hmac.new(key, visitor.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def count(db: Database, *, article_id: str, mark: str, day: date) -> bool:
    """Count a reading unless this mark was counted before on that day; whether it was new.

    Mark and count are written in one transaction, so the count is always that of the marks there
    were, whatever is sent twice or breaks. Raises DatabaseUnavailable.
    """
    key = {"day": day, "article_id": article_id}

    def work(connection: Connection) -> bool:
        is_new = upsert.insert_new(connection, view_marks, key | {"mark": mark})
        if is_new:
            upsert.add(connection, article_views, key, "views", 1)
        return is_new

    return db.transact(work)


def totals(db: Database, *, since: date) -> dict[str, int]:
    """Article id → readings on `since` and later, the most first. Raises DatabaseUnavailable."""
    total = func.sum(article_views.c.views)
    statement = (
        select(article_views.c.article_id, total)
        .where(article_views.c.day >= since)
        .group_by(article_views.c.article_id)
        .order_by(total.desc(), article_views.c.article_id)
        .limit(MOST_ARTICLES)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return {article_id: int(views) for article_id, views in rows}
