"""Commands for the key that signs cookies and seals contacts: `kb secret …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.database import opened_database
from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, require_settings, stop
from kb.config import Config
from kb.errors import BadConfig

if TYPE_CHECKING:
    from kb.secret_key import SecretKeys

commands = click.Group()


@commands.group()
@click.pass_context
def secret(context: click.Context) -> None:
    """The key that signs cookies and seals contacts."""
    if context.invoked_subcommand != new.name:
        require_settings(context)


@secret.command()
def new() -> None:
    """Print a new KB_SECRET_KEY."""
    from kb.secret_key import new_secret_key

    click.echo(new_secret_key())


@secret.command()
@click.option(
    "--lost", "is_lost", is_flag=True, help="The former key is gone, with what it sealed."
)
@click.pass_obj
def rotate(config: Config, *, is_lost: bool) -> None:
    """Let a new key take over; run it before and after the restart, it says what to do next."""
    from kb.secret_key import find_secret_keys, load_secret_keys

    try:
        keys = load_secret_keys(config) if is_lost else find_secret_keys(config)
    except BadConfig as error:
        stop(f"Bad setting: {error}", EXIT_UNUSABLE)
    if keys is None:
        stop(
            f"There is no key in {config.data_dir}, and KB_SECRET_KEY is not set: run this with"
            " the settings of the service",
            EXIT_UNUSABLE,
        )
    if is_lost:
        _give_up_lost(config, keys)
    elif keys.previous:
        _reseal(config, keys)
    else:
        _begin(config, keys)


def _begin(config: Config, keys: SecretKeys) -> None:
    from kb.handoffs import canary
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import key_file, previous_key_file, replace_made_key

    if config.secret_key:
        stop(
            "Set KB_SECRET_KEY_PREVIOUS to the key in use and KB_SECRET_KEY to a new one"
            " (`kb secret new` prints one), restart servers and workers, then run this again",
            EXIT_REFUSED,
        )
    with opened_database(config) as database:  # ends the command where it is not the right key
        database.transact(lambda connection: canary.require(connection, Sealer(keys)))
    replace_made_key(config)
    click.echo(
        f"A new key is in {key_file(config)}, the one before it in {previous_key_file(config)}."
        " Restart servers and workers, then run this again."
    )


def _reseal(config: Config, keys: SecretKeys) -> None:
    from kb.handoffs import rotation
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import previous_key_file

    with opened_database(config) as database:
        count = rotation.reseal(database, Sealer(keys))
        unreadable = rotation.counts(database, Sealer(keys)).unreadable
    click.echo(f"Sealed anew: {count}. Nothing is sealed with the previous key any more.")
    if unreadable:
        click.echo(f"Neither key opens {unreadable}: see `kb doctor`.", err=True)
    if config.secret_key_previous:
        click.echo("Take KB_SECRET_KEY_PREVIOUS away with the next restart.")
    else:
        previous_key_file(config).unlink(missing_ok=True)


def _give_up_lost(config: Config, keys: SecretKeys) -> None:
    from kb.handoffs import rotation
    from kb.handoffs.encryption import Sealer

    with opened_database(config) as database:
        counts = rotation.counts(database, Sealer(keys))
        readable = counts.current + counts.previous
        click.confirm(
            f"This key opens {readable} of {readable + counts.unreadable} sealed hand-offs."
            " Contacts and words of the others will be deleted, and those that wait delivered"
            " without them. Go on?",
            abort=True,
        )
        count = rotation.give_up_lost(database, Sealer(keys))
    click.echo(f"Given up: {count}. Restart servers and workers.")
