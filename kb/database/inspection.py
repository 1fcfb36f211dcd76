"""The database as it is found, before anything is made or brought up to date."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kb.database import migrations
from kb.database.engine import Connection
from kb.database.tables import handoffs


def file_of(url: str) -> Path | None:
    """The file of an SQLite database, None for a server's and for what is no address."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def is_there(url: str) -> bool:
    """False for a file that the first connection would make. `url` is one that can be used."""
    path = file_of(url)
    if path is None:
        return True
    nearest = next(one for one in (path, *path.absolute().parents) if one.exists())
    return nearest == path or not nearest.is_dir()  # none is made below a file


def shown(url: str) -> str:
    """The file of an SQLite database, the address of a server without its password."""
    path = file_of(url)
    return str(path.absolute()) if path else make_url(url).render_as_string(hide_password=True)


def has_tables(connection: Connection) -> bool:
    """False for a database that nobody has started on yet."""
    return bool(migrations.found_revision(connection))


def has_table(connection: Connection, name: str) -> bool:
    return inspect(connection).has_table(name)


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def require_known_revision(connection: Connection) -> None:
    """Raise BadConfig for tables of a newer version of the program."""
    if revision := migrations.found_revision(connection):
        migrations.require_known(revision)


def newest_handoff(connection: Connection) -> datetime | None:
    """Time of the last hand-off; None without any, or without the table."""
    if not has_table(connection, handoffs.name):
        return None
    newest: datetime | None = connection.execute(select(func.max(handoffs.c.created_at))).scalar()
    return newest


def clock_of_server(connection: Connection) -> datetime:
    """The time by PostgreSQL's own clock."""
    found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return found
