"""The database, as commands open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, stop
from kb.config import Config
from kb.errors import BadConfig, CannotCopy, DatabaseUnavailable

if TYPE_CHECKING:
    from kb.database.engine import Database

NO_DATABASE = (
    "There is no database yet: it is made at the first start, or run this with the settings of the"
    " service"
)


@contextmanager
def opened_database(config: Config) -> Iterator[Database]:
    """The database with its tables up to date; ends the command when it cannot be had."""
    with found_database(config.effective_database_url) as database:
        database.migrate()
        yield database


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
