"""Two databases: one with rows in every table, one that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.database.engine import Database
from tests.support.filled_database import fill
from tests.support.fixtures.postgres_fixture import PostgresServer


@pytest.fixture
def source(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    fill(database)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'target.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def target(target_url: str) -> Iterator[Database]:
    database = Database.from_url(target_url)
    yield database
    database.close()
