"""Commands for keys of the API: `kb key …`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from kb.cli.database import new_database_option, opened_database
from kb.cli.exits import EXIT_REFUSED, require_settings
from kb.config import Config

commands = click.Group()


@commands.group()
@click.pass_context
def key(context: click.Context) -> None:
    """Keys of the API, for widgets in pages and for servers."""
    if context.invoked_subcommand not in (secret.name, identity.name):
        require_settings(context)


@key.command()
@click.option("--site", required=True, help="What the key is for: the shop's name.")
@click.option("--origin", "origins", multiple=True, help="https://shop.example.com; repeatable.")
@click.option("--secret", "is_secret", is_flag=True, help="A key for servers instead of pages.")
@click.option("--scope", "scopes", multiple=True, help="Of a secret key: suggest, agent.search, …")
@new_database_option
@click.pass_obj
def create(
    config: Config,
    *,
    site: str,
    origins: tuple[str, ...],
    is_secret: bool,
    scopes: tuple[str, ...],
    is_new: bool,
) -> None:
    """Make a key and print it. It is shown this once: only a hash of it is kept."""
    from kb.accounts import api_keys

    with opened_database(config, is_new=is_new, can_be_new=True) as database:
        try:
            made, text = api_keys.create(
                database,
                kind="sk" if is_secret else "pk",
                site=site,
                origins=origins,
                scopes=scopes,
                now=datetime.now(UTC),
            )
        except api_keys.BadKey as error:
            click.echo(str(error), err=True)
            sys.exit(EXIT_REFUSED)
    click.echo(text)
    click.echo(f"{made.id}, works within a second", err=True)
    if not is_secret:
        base = (config.public_url or "https://help.example.com").rstrip("/")
        tag = f'<script async src="{base}/widget/v1.js" data-key="{text}"></script>'
        click.echo(f"Paste into your pages:\n{tag}", err=True)


@key.command("list")
@click.pass_obj
def list_keys(config: Config) -> None:
    """Every key with its site, origins or scopes, when it was made, used last and revoked.

    Times are those of UTC; the last use is known to the hour.
    """
    from kb.accounts import api_keys

    with opened_database(config) as database:
        found = api_keys.all_keys(database)
    if not found:
        click.echo("No keys yet: see kb key create --help", err=True)
    for one in found:
        names = ", ".join(one.origins or one.scopes)
        state = f"revoked {_day(one.revoked_at)}" if one.revoked_at else "in use"
        used = f"used {_hour(one.last_used_at)}" if one.last_used_at else "never used"
        fields = (
            one.id,
            f"{one.kind}_…{one.hint}",
            f"made {_day(one.created_at)}",
            used,
            state,
            one.site,
            names,
        )
        click.echo("  ".join(fields))


def _day(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d}" if time else "–"


def _hour(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H}h"


@key.command()
@click.argument("key_id")
@click.pass_obj
def revoke(config: Config, key_id: str) -> None:
    """End a key, by its id from `kb key list`; servers notice within five seconds."""
    from kb.accounts import api_keys

    with opened_database(config) as database:
        if not api_keys.revoke(database, key_id, now=datetime.now(UTC)):
            click.echo(f"{key_id}: no such key in use", err=True)
            sys.exit(EXIT_REFUSED)


@key.command()
def secret() -> None:
    """Print a new KB_WEBHOOK_SECRET."""
    from kb.handoffs.channels.webhook.channel import new_secret

    click.echo(new_secret())


@key.command()
def identity() -> None:
    """Print a new KB_IDENTITY_SECRET, for this site and for the shop's server."""
    import secrets

    from kb.setting_types import MIN_SECRET_BYTES

    click.echo(secrets.token_hex(MIN_SECRET_BYTES))
