"""The database as it is found, before anything is made or brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from kb.database.engine import Connection


def is_there(url: str) -> bool:
    """False for a file that the first connection would make. `url` is one that can be used."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite"
    return not is_file or Path(parsed.database or "").exists()


def has_table(connection: Connection, name: str) -> bool:
    return inspect(connection).has_table(name)
