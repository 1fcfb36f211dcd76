"""Migrations of the tables: Alembic versions, run by the program itself, without alembic.ini.

Alembic is imported only when there is something to do: it would cost every process a third of
a second at its start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text

from kb.errors import BadConfig

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"

# Any number will do, as long as no other program locks the same one in the same database.
_ADVISORY_LOCK = 0x07E7


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing versions inside the open write transaction of `connection`.

    On PostgreSQL a second process waits here for the first; on SQLite it waited at its BEGIN.
    Raises BadConfig when the database has a version this program does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    if revision == "head" and found_revision(connection) == newest_revision():
        return
    if found := found_revision(connection):
        require_known(found)
    from alembic import command

    command.upgrade(alembic_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Undo versions down to `revision` (`base` for all); what only they held is lost."""
    from alembic import command

    command.downgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Settings for `env.py`: the folder of versions and a connection inside a transaction."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """The revision of the newest version, which begins the name of its file."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def is_known(revision: str) -> bool:
    """False for a revision that only a newer version of the program knows."""
    return any(path.name.partition("_")[0] == revision for path in VERSIONS.glob("*.py"))


def require_known(revision: str, holder: str = "the database") -> None:
    """Raise BadConfig for a revision that only a newer version of the program knows."""
    if not is_known(revision):
        raise BadConfig(
            f"{holder} has tables of a newer version ({revision}) than this program knows"
            f" ({newest_revision()}): install that version, or restore a backup"
        )


def found_revision(connection: Connection) -> str | None:
    """The revision that the database says it is at; None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
