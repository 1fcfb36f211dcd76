"""Commands for hand-offs that nobody has received: `kb handoffs …`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from kb.cli.database import opened_database
from kb.cli.exits import EXIT_REFUSED
from kb.config import Config

commands = click.Group()


@commands.group()
def handoffs() -> None:
    """Hand-offs that nobody has received yet."""


@handoffs.command("list")
@click.pass_obj
def list_handoffs(config: Config) -> None:
    """Each with its channel, attempts and last error. Exit code 1 if any has failed."""
    from kb.handoffs import backlog

    with opened_database(config) as database:
        found = backlog.unfinished(database)
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
    from kb.handoffs import resend

    with opened_database(config) as database:
        if not resend.retry(database, handoff_id, now=datetime.now(UTC)):
            click.echo(f"{handoff_id}: nothing is left to deliver", err=True)
            sys.exit(EXIT_REFUSED)
