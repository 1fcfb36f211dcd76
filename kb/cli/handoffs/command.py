"""Commands for hand-offs: those that nobody has received, and any one by its id."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from kb.cli.database import opened_database
from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, stop
from kb.config import Config

if TYPE_CHECKING:
    from kb.database.engine import Database
    from kb.handoffs.channels.packet import HandoffPacket

commands = click.Group()


@commands.group()
def handoffs() -> None:
    """Hand-offs: what nobody has received yet, and any one by its id."""


@handoffs.command("list")
@click.pass_obj
def list_handoffs(config: Config) -> None:
    """Each that nobody has received, with its channel, attempts and last error.

    Exit code 1 if any has failed.
    """
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
@click.option("--contact", "is_private", is_flag=True, help="The customer's words and contact too.")
@click.pass_obj
def show(config: Config, handoff_id: str, *, is_private: bool) -> None:
    """All that is known of a hand-off: when, by which ways, how often tried, and why not."""
    from kb.cli.handoffs.description import described, private
    from kb.handoffs.operation import register

    with opened_database(config) as database:
        one = register.entry(database, handoff_id)
        if one is None:
            stop(f"{handoff_id}: there is no such hand-off (any more)", EXIT_REFUSED)
        lines = [*described(one, config)]
        if is_private:
            packet = _packet(config, database, handoff_id)
            _record_opening(database, handoff_id)
            lines += private(packet)
    for name, value in lines:
        click.echo(f"{name:<14}{value}".rstrip())


@handoffs.command()
@click.argument("handoff_id", required=False)
@click.option("--all", "is_all", is_flag=True, help="Everything that waits or has failed.")
@click.pass_obj
def retry(config: Config, handoff_id: str | None, *, is_all: bool) -> None:
    """Deliver again at once, e.g. when the help desk has been mended."""
    from kb.handoffs import resend

    if is_all == bool(handoff_id):
        raise click.UsageError("Name a hand-off, or say --all.")
    now = datetime.now(UTC)
    with opened_database(config) as database:
        if handoff_id is None:
            click.echo(f"Tried again at once: {resend.retry_all(database, now=now)}")
        elif resend.retry(database, handoff_id, now=now):
            click.echo(f"{handoff_id} is tried again at once")
        else:
            stop(f"{handoff_id}: nothing is left to deliver", EXIT_REFUSED)
        _warn_without_worker(database)


@handoffs.command("resend")
@click.argument("handoff_id")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.pass_obj
def resend_handoff(config: Config, handoff_id: str, *, is_sure: bool) -> None:
    """Deliver once more what has been delivered, under the same id."""
    from kb.handoffs import resend
    from kb.handoffs.operation import register

    with opened_database(config) as database:
        one = register.entry(database, handoff_id)
        if one is None or not one.can_resend:
            why = "its customer has been forgotten" if one and one.is_forgotten else ""
            stop(f"{handoff_id}: {why or 'it has not been delivered'}", EXIT_REFUSED)
        if not is_sure:
            click.confirm(f"{one.id} has been delivered. Deliver it once more?", abort=True)
        if not resend.resend(database, handoff_id, now=datetime.now(UTC)):
            stop(f"{handoff_id}: it cannot be delivered again", EXIT_REFUSED)
        click.echo(f"{handoff_id} is delivered once more")
        _warn_without_worker(database)


def _packet(config: Config, database: Database, handoff_id: str) -> HandoffPacket:
    """The hand-off as its receiver sees it; ends the command where the key is not here."""
    from kb.branding.translator import Translator
    from kb.handoffs import handoffs as kept
    from kb.handoffs import history
    from kb.handoffs.encryption import CannotUnseal, Sealer
    from kb.secret_key import find_secret_keys

    keys = find_secret_keys(config)
    record = history.of_handoff(database, handoff_id)
    if keys is None or record is None:
        stop("The secret key is not here: give this shell the settings of the service", 2)
    try:
        return kept.packet_of(record, Sealer(keys), Translator(config.site_dir))
    except CannotUnseal as error:
        stop(f"{handoff_id}: {error}", EXIT_UNUSABLE)


def _record_opening(database: Database, handoff_id: str) -> None:
    """Before anything is shown: one that cannot be noted is not."""
    import getpass

    from kb.accounts import openings

    openings.record(
        database, handoff_id, reader_id=getpass.getuser(), way="command", now=datetime.now(UTC)
    )


def _warn_without_worker(database: Database) -> None:
    from kb.handoffs import signs_of_life

    if not signs_of_life.read(database, now=datetime.now(UTC)).is_alive:
        click.echo("Nothing delivers now: start `kb worker`", err=True)
