"""Commands that save the database to a file and bring it back: `kb backup`, `kb restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.database.connection import found_database, no_database
from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, stop
from kb.config import Config
from kb.errors import BadConfig

if TYPE_CHECKING:
    from kb.database.engine import Connection, Database

commands = click.Group()

_FILE = click.Path(path_type=Path)
_NOT_HERE = (
    "the one that the database is sealed with is not here: run this with the settings of the"
    " service, for without it contacts cannot be read"
)


@commands.command()
@click.argument("file", type=_FILE)
@click.option("--key", "key_copy", type=_FILE, help="Write the secret key to this other file.")
@click.pass_obj
def backup(config: Config, file: Path, key_copy: Path | None) -> None:
    """Save all that is in the database to FILE, while the site runs. The secret key is not in it.

    Either database can be restored from it, by this version of the program or a later one.
    """
    from kb.database.copies.backup import backup as write_backup
    from kb.database.inspection import is_there

    if key_copy and key_copy.absolute() == file.absolute():
        stop("The secret key must not lie in the backup: name another file", EXIT_UNUSABLE)
    url = config.effective_database_url
    with found_database(url) as database:
        if not is_there(url):
            stop(no_database(url), EXIT_UNUSABLE)
        click.echo(f"{write_backup(database, file)} rows are in {file}")
        click.echo(_key_sentence(config, database, key_copy))


@commands.command()
@click.argument("file", type=_FILE)
@click.option(
    "--replace", "is_replacing", is_flag=True, help="Put it in the place of what is there."
)
@click.pass_obj
def restore(config: Config, file: Path, *, is_replacing: bool) -> None:
    """Fill the database from FILE, which `kb backup` has made, whole or not at all.

    Stop servers and workers first. A backup of an older version is brought up to date. With
    --replace what the database holds is deleted; a file of SQLite that a newer version has made is
    kept under another name.
    """
    from kb.database.copies.backup import restore as fill
    from kb.errors import HoldsData

    with found_database(config.effective_database_url) as database:
        _require_nobody_at_work(database)
        try:
            done = fill(database, file, is_replacing=is_replacing)
        except HoldsData as error:
            stop(f"{error}; `--replace` puts the backup in its place", EXIT_REFUSED)
        click.echo(f"{done.rows} rows have been restored")
        if done.kept:
            click.echo(f"The database of the newer version is kept as {done.kept}")
        if not _has_right_key(config, database):
            click.echo(_wrong_key_sentence(config), err=True)


def _wrong_key_sentence(config: Config) -> str:
    from kb.secret_key import find_secret_keys, key_file

    place = f"{key_file(config)} or KB_SECRET_KEY before you start"
    if find_secret_keys(config):
        return (
            "The secret key here is not the one that the backup is sealed with: put that one into"
            f" {place}"
        )
    return f"There is no secret key here: put the one that the backup is sealed with into {place}"


def _require_nobody_at_work(database: Database) -> None:
    """End the command while a worker shows signs of life: it would go on with what is replaced.

    Signs in tables of a newer version are not read, for they may have another form.
    """
    from kb.database import migrations
    from kb.database.inspection import has_table
    from kb.database.tables import delivery_workers
    from kb.handoffs import signs_of_life

    def is_told(connection: Connection) -> bool:
        revision = migrations.found_revision(connection)
        is_known = revision is not None and migrations.is_known(revision)
        return is_known and has_table(connection, delivery_workers.name)

    if database.query(is_told) and signs_of_life.read(database, now=datetime.now(UTC)).is_alive:
        stop(
            "A worker is at work on this database: stop servers and workers, then restore."
            " One that was killed is forgotten within half a minute",
            EXIT_REFUSED,
        )


def _key_sentence(config: Config, database: Database, key_copy: Path | None) -> str:
    """Tell where the key is, after copying it where that was asked for."""
    from kb.secret_key import copy_keys, find_secret_keys, key_file

    try:
        keys = find_secret_keys(config)
        if key_copy and not (keys and _has_right_key(config, database)):
            stop(f"The secret key was not saved: {_NOT_HERE}", EXIT_REFUSED)
        if keys and key_copy:
            copy_keys(keys, key_copy)
    except BadConfig as error:
        stop(f"The secret key was not saved: {error}", EXIT_REFUSED)
    except OSError as error:
        stop(f"The secret key was not saved: {error.filename}: {error.strerror}", EXIT_REFUSED)
    place = f"in {key_copy or key_file(config)}"
    if config.secret_key and not key_copy:
        place = "the value of KB_SECRET_KEY"
    if keys is None and _has_right_key(config, database):
        return "The site has no secret key yet; it will not be in a backup"
    if keys is None:
        return f"The secret key is not in it, and {_NOT_HERE}"
    return (
        f"The secret key is not in it, but {place}: keep a copy of that apart from the backup,"
        " for without it contacts cannot be read"
    )


def _has_right_key(config: Config, database: Database) -> bool:
    from kb.handoffs import canary
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import find_secret_keys

    keys = find_secret_keys(config)
    return canary.is_right_key(database, Sealer(keys) if keys else None)
