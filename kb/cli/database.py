"""The database, as commands open it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kb.cli.exits import EXIT_REFUSED
from kb.config import Config
from kb.errors import BadConfig, DatabaseUnavailable

if TYPE_CHECKING:
    from kb.database.engine import Database


@contextmanager
def opened_database(config: Config) -> Iterator[Database]:
    """The database with its tables up to date; ends the command when it cannot be had."""
    from kb.database.engine import Database

    database = Database.from_url(config.effective_database_url)
    try:
        database.migrate()
        yield database
    except (DatabaseUnavailable, BadConfig) as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_REFUSED)
    finally:
        database.close()
