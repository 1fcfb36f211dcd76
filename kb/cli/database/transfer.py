"""Commands that move the database: `kb db …`."""

from __future__ import annotations

import click

from kb.cli.database.connection import found_database, no_database
from kb.cli.exits import EXIT_UNUSABLE, stop
from kb.config import Config

commands = click.Group()


@commands.group("db")
def db_group() -> None:
    """The database as a whole; see `kb backup` too."""


@db_group.command("copy")
@click.option("--to", "target_url", required=True, help="Address of an empty database.")
@click.pass_obj
def copy(config: Config, target_url: str) -> None:
    """Copy the database in use into another, of SQLite or PostgreSQL, and compare every row.

    Stop servers and workers first, and set KB_DATABASE_URL to the new address afterwards.
    """
    from kb.database.copies.move import move
    from kb.database.inspection import is_there

    url = config.effective_database_url
    with found_database(url) as source, found_database(target_url, named="--to") as target:
        if not is_there(url):
            stop(no_database(url), EXIT_UNUSABLE)
        totals = move(source, target)
    for name, total in totals.items():
        click.echo(f"{name:<20}{total.rows}")
    click.echo(
        f"{sum(total.rows for total in totals.values())} rows have been copied and compared:"
        " set KB_DATABASE_URL to the new address, then start servers and workers"
    )
