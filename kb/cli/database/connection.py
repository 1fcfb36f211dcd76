"""The database, as commands open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, stop
from kb.config import Config
from kb.errors import BadConfig, CannotCopy, DatabaseUnavailable

if TYPE_CHECKING:
    from kb.database.engine import Database

new_database_option = click.option(
    "--new-database",
    "is_new",
    is_flag=True,
    help="Make the database if there is none, as the first start would.",
)
"""For commands that may well come before the first start."""


@contextmanager
def opened_database(
    config: Config, *, is_new: bool = False, can_be_new: bool = False
) -> Iterator[Database]:
    """The database with its tables up to date; ends the command when it cannot be had.

    `is_new`: one that is missing, or holds no tables, is made; else it ends the command, for mostly
    the settings are not those of the service. `can_be_new`: the command has the option for it.
    """
    url = config.effective_database_url
    with found_database(url) as database:
        if not is_new and not _is_made(url, database):
            way = "; --new-database makes one here" if can_be_new else ""
            stop(f"{no_database(url)}{way}", EXIT_UNUSABLE)
        database.migrate()
        yield database


def no_database(url: str) -> str:
    """The sentence for a shell that has not the settings of the service, or came too early."""
    from kb.database.inspection import shown

    return (
        f"There is no database of Otvet at {shown(url)}: give this shell the settings of the"
        " service (KB_ENV_FILE names a file of them), or start the site first"
    )


def _is_made(url: str, database: Database) -> bool:
    from kb.database.inspection import has_tables, is_there

    return is_there(url) and database.query(has_tables)


@contextmanager
def found_database(url: str, *, named: str = "KB_DATABASE_URL") -> Iterator[Database]:
    """The database of an address as it is; ends the command with a sentence when work on it fails.

    `named` is where the operator wrote the address.
    """
    from kb.database.engine import Database

    try:
        database = Database.from_url(url)
        try:
            yield database
        finally:
            database.close()
    except BadConfig as error:
        stop(str(error).replace("KB_DATABASE_URL", named), EXIT_UNUSABLE)
    except DatabaseUnavailable as error:
        stop(str(error), EXIT_UNUSABLE)
    except CannotCopy as error:
        stop(str(error), EXIT_REFUSED)
