"""Commands for the accounts of staff: `kb staff …`. Asks for passwords, calls `kb.accounts.staff`,
prints.

A password is typed twice or comes from standard input; never from the command line, where other
processes and the shell's history would see it.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from kb.accounts.roles import ROLES, USUAL_ROLE, Role, first_page
from kb.addresses import invitation_path
from kb.cli.database import new_database_option, opened_database
from kb.cli.exits import EXIT_REFUSED, stop
from kb.config import Config

if TYPE_CHECKING:
    from kb.accounts.invitations import Invitation
    from kb.database.engine import Database

commands = click.Group()


@commands.group("staff")
def staff_group() -> None:
    """Accounts of the people who use the agents' tool and the editor, and their roles."""


def _password_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--password-stdin",
        "is_piped",
        is_flag=True,
        help="Read the password's one line from standard input.",
    )(command)


_ROLE = click.Choice(ROLES)


@staff_group.command()
@click.argument("email")
@click.option("--name", required=True, help="What colleagues call this person.")
@click.option("--role", type=_ROLE, default=USUAL_ROLE, show_default=True)
@_password_option
@new_database_option
@click.pass_obj
def add(config: Config, email: str, name: str, role: Role, *, is_piped: bool, is_new: bool) -> None:
    """Make an account, or bring a removed one back."""
    from kb.accounts import staff

    with _database(config, is_new=is_new, can_be_new=True) as db:
        account = staff.add(
            db,
            email=email,
            name=name,
            password=_password(is_piped),
            now=datetime.now(UTC),
            site_name=config.site_name,
            role=role,
            actor=_user(),
        )
    page = first_page(account.role, has_clone=bool(config.content_repository))
    click.echo(f"{account.email} can sign in at {page}")


@staff_group.command("role")
@click.argument("email")
@click.argument("role", type=_ROLE)
@click.pass_obj
def set_role(config: Config, email: str, role: Role) -> None:
    """Give an account another role, from its next request on."""
    from kb.accounts import staff

    with _database(config) as db:
        staff.set_role(db, email=email, role=role, now=datetime.now(UTC), actor=_user())
    click.echo(f"{email} is {role} now")


@staff_group.command()
@click.argument("email")
@click.option("--role", type=_ROLE, default="author", show_default=True)
@click.option("--no-mail", "is_unmailed", is_flag=True, help="Show the link only.")
@new_database_option
@click.pass_obj
def invite(config: Config, email: str, role: Role, *, is_unmailed: bool, is_new: bool) -> None:
    """Invite somebody by a link that works once, for three days; mailed where that is set up."""
    from kb.accounts import invitations

    now = datetime.now(UTC)
    with _database(config, is_new=is_new, can_be_new=True) as db:
        made, token = invitations.invite(db, email=email, role=role, now=now, actor=_user())
    url = f"{config.public_url.rstrip('/')}{invitation_path(token)}"
    click.echo(url)
    if not config.public_url:
        click.echo("Put the site's address before it: KB_PUBLIC_URL is not set", err=True)
    elif config.smtp_url and not is_unmailed:
        _mail(config, made, url)


@staff_group.command("events")
@click.option("--most", default=100, show_default=True, help="Show at most so many.")
@click.pass_obj
def list_events(config: Config, *, most: int) -> None:
    """Show who invited, added, removed whom and gave which role, the latest first."""
    from kb.accounts import audit

    with _database(config) as db:
        for one in audit.latest(db, most=most):
            at = one.at.isoformat(timespec="seconds")
            click.echo(f"{at}  {one.actor:<40}{one.action:<12}{one.email:<40}{one.detail}".rstrip())


@staff_group.command()
@click.argument("email")
@_password_option
@click.pass_obj
def password(config: Config, email: str, *, is_piped: bool) -> None:
    """Set a new password and end every session of the account."""
    from kb.accounts import staff

    with _database(config) as db:
        staff.set_password(
            db, email=email, password=_password(is_piped), site_name=config.site_name
        )
    click.echo(f"{email} has a new password; all sessions have ended")


@staff_group.command()
@click.argument("email")
@click.pass_obj
def remove(config: Config, email: str) -> None:
    """Let an account in no more and end its sessions."""
    from kb.accounts import staff

    with _database(config) as db:
        staff.deactivate(db, email=email, now=datetime.now(UTC), actor=_user())
    click.echo(f"{email} can no longer sign in; all sessions have ended")


@staff_group.command("list")
@click.pass_obj
def list_accounts(config: Config) -> None:
    """Show all accounts, and when each was last used."""
    from kb.accounts import staff

    with _database(config) as db:
        for account in staff.accounts(db):
            used = account.signed_in_at
            state = f"last signed in {used:%Y-%m-%d %H:%M}" if used else "never signed in"
            state = state if account.is_active else "removed"
            click.echo(f"{account.email:<40}{account.name:<30}{account.role:<10}{state}")


@staff_group.command("openings")
@click.option("--handoff", "handoff_id", default="", help="Only of this hand-off: ho_…")
@click.option("--most", default=100, show_default=True, help="Show at most so many.")
@click.pass_obj
def list_openings(config: Config, *, handoff_id: str, most: int) -> None:
    """Show who opened which hand-off, the latest first."""
    from kb.accounts import openings

    with _database(config) as db:
        for one in openings.latest(db, handoff_id=handoff_id, most=most):
            opened = one.opened_at.isoformat(timespec="seconds")
            click.echo(
                f"{opened}  {one.handoff_id}  {one.way:<8}{one.reader:<40}{one.name}".rstrip()
            )


@contextmanager
def _database(config: Config, **options: bool) -> Iterator[Database]:
    """The database, as `opened_database` has it; a refusal ends the command with a sentence."""
    from kb.accounts import staff

    try:
        with opened_database(config, **options) as db:
            yield db
    except staff.InvalidAccount as error:
        stop(f"{error.field}: {error}", EXIT_REFUSED)
    except staff.AccountExists as error:
        ways = "`kb staff password` sets a new password, `kb staff role` another role"
        stop(f"{error} has an account; {ways}", EXIT_REFUSED)
    except staff.NoSuchAccount as error:
        stop(f"{error} has no account; `kb staff list` shows all", EXIT_REFUSED)


def _mail(config: Config, invitation: Invitation, url: str) -> None:
    from kb.errors import BadConfig
    from kb.handoffs.channels.email.invitation import mail_invitation
    from kb.handoffs.channels.model import DeliveryFailed

    now, lang = datetime.now(UTC), config.default_language
    try:
        mail_invitation(config, invitation, url=url, inviter="", lang=lang, now=now)
    except (BadConfig, DeliveryFailed) as error:
        stop(f"It could not be mailed, so hand the link on yourself: {error}", EXIT_REFUSED)
    click.echo(f"mailed to {invitation.email}", err=True)


def _user() -> str:
    """The user of this shell, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return str(os.getuid())


def _password(is_piped: bool) -> str:
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
