"""The database as it is found: nothing is made or brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kb.config import Config
from kb.database.engine import Database
from kb.database.inspection import is_there


@contextmanager
def found_database(config: Config) -> Iterator[Database | None]:
    """The database, None for a file that is not there yet. Raises BadConfig."""
    database = Database.from_url(config.effective_database_url)
    try:
        yield database if is_there(config.effective_database_url) else None
    finally:
        database.close()
