"""A database in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.database.engine import Database


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "votes.sqlite"


@pytest.fixture
def sqlite_db(sqlite_path: Path) -> Iterator[Database]:
    database = Database.from_url(f"sqlite:///{sqlite_path}")
    database.migrate()
    yield database
    database.close()
