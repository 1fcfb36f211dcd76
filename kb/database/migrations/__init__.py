"""How the tables came to be: Alembic versions, run by the program itself, without alembic.ini."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from kb.errors import BadConfig

# Any number will do, as long as no other program locks the same one in the same database.
_ADVISORY_LOCK = 0x07E7


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing versions inside the open write transaction of `connection`.

    On PostgreSQL a second process waits here for the first; on SQLite it waited at its BEGIN.
    Raises BadConfig when the database has a version this program does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    try:
        command.upgrade(alembic_config(connection), revision)
    except CommandError as error:
        raise BadConfig(
            f"the database cannot be brought up to date: {error};"
            " it was probably made by a newer version: install that, or restore a backup"
        ) from error


def downgrade(connection: Connection, revision: str) -> None:
    """Undo versions down to `revision` (`base` for all); what only they held is lost."""
    command.downgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """What `env.py` needs: the folder of versions and a connection inside a transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
