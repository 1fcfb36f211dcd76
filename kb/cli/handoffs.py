"""Commands around suggestions and hand-offs: `kb key …`, `kb handoffs …`, `kb worker`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from kb.config import Config
from kb.errors import BadConfig, DatabaseUnavailable

if TYPE_CHECKING:
    from kb.database.engine import Database

EXIT_REFUSED = 1


@contextmanager
def _database(config: Config) -> Iterator[Database]:
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


@click.group()
def key() -> None:
    """Keys of the API, for widgets in pages and for servers."""


@key.command()
@click.option("--site", required=True, help="What the key is for: the shop's name.")
@click.option("--origin", "origins", multiple=True, help="https://shop.example.com; repeatable.")
@click.option("--secret", "is_secret", is_flag=True, help="A key for servers instead of pages.")
@click.option("--scope", "scopes", multiple=True, help="Of a secret key: suggest, agent.search, …")
@click.pass_obj
def create(
    config: Config, *, site: str, origins: tuple[str, ...], is_secret: bool, scopes: tuple[str, ...]
) -> None:
    """Make a key and print it. It is shown this once: only a hash of it is kept."""
    from kb.accounts import api_keys

    with _database(config) as database:
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
    """Every key with its site, origins or scopes, and whether it still works."""
    from kb.accounts import api_keys

    with _database(config) as database:
        for one in api_keys.all_keys(database):
            state = "revoked" if one.revoked_at else "in use"
            names = ", ".join(one.origins or one.scopes)
            click.echo(f"{one.id}  {one.kind}_…{one.hint}  {state}  {one.site}  {names}")


@key.command()
@click.argument("key_id")
@click.pass_obj
def revoke(config: Config, key_id: str) -> None:
    """End a key, by its id from `kb key list`; servers notice within five seconds."""
    from kb.accounts import api_keys

    with _database(config) as database:
        if not api_keys.revoke(database, key_id, now=datetime.now(UTC)):
            click.echo(f"{key_id}: no such key in use", err=True)
            sys.exit(EXIT_REFUSED)


@key.command()
def secret() -> None:
    """Print a new KB_WEBHOOK_SECRET."""
    from kb.handoffs.channels.webhook import new_secret

    click.echo(new_secret())


@click.group()
def handoffs() -> None:
    """Hand-offs that nobody has received yet."""


@handoffs.command("list")
@click.pass_obj
def list_handoffs(config: Config) -> None:
    """Each with its channel, attempts and last error. Exit code 1 if any has failed."""
    from kb.handoffs import outbox

    with _database(config) as database:
        found = outbox.unfinished(database)
    for one in found:
        made = one.created_at.isoformat(timespec="seconds")
        click.echo(f"{one.id}  {made}  {one.status}  {one.channel}  {one.attempts}  {one.error}")
    if any(one.status == "failed" for one in found):
        sys.exit(EXIT_REFUSED)


@handoffs.command()
@click.argument("handoff_id")
@click.pass_obj
def retry(config: Config, handoff_id: str) -> None:
    """Deliver again at once, e.g. when the help desk has been mended."""
    from kb.handoffs import outbox

    with _database(config) as database:
        if not outbox.retry(database, handoff_id, now=datetime.now(UTC)):
            click.echo(f"{handoff_id}: nothing is left to deliver", err=True)
            sys.exit(EXIT_REFUSED)


@click.command()
@click.pass_obj
def worker(config: Config) -> None:
    """Deliver hand-offs and delete what is too old, until stopped. `kb serve` runs one itself."""
    from kb import logs
    from kb.database.engine import Database
    from kb.handoffs.channels.registry import fallback_channel, primary_channel
    from kb.handoffs.delivery import Deliverer, Ways
    from kb.handoffs.encryption import Sealer
    from kb.secret_key import load_secret_key

    logs.configure(config.log_format)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    database = Database.from_url(config.effective_database_url)
    ways = Ways(primary_channel(config), fallback_channel(config))
    deliverer = Deliverer(database, ways, Sealer(load_secret_key(config)), config)
    try:
        deliverer.run(stopped)
    finally:
        database.close()
