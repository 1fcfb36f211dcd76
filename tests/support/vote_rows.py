"""Rows of votes, written and counted; transactions counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select

from kb.database.engine import Connection, Database
from kb.database.tables import votes

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def add_vote(connection: Connection, number: int = 0) -> None:
    connection.execute(
        insert(votes).values(
            article_id="k2m7p",
            voter=f"{number:064x}",
            value=1,
            comment="",
            lang="ru",
            voted_at=NOW,
        )
    )


def count_votes(database: Database) -> int:
    return database.query(lambda c: c.execute(select(func.count()).select_from(votes)).scalar_one())


def count_transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kind of each transaction that is asked for from now on."""
    asked: list[str] = []

    def counted(kind: str) -> Callable[[], AbstractContextManager[Connection]]:
        begin: Callable[[], AbstractContextManager[Connection]] = getattr(database, kind)

        def count() -> AbstractContextManager[Connection]:
            asked.append(kind)
            return begin()

        return count

    for kind in ("_writing", "_reading"):
        monkeypatch.setattr(database, kind, counted(kind))
    return asked
