"""The command `kb doctor`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from kb.cli.doctor.model import Finding, bad
from kb.cli.exits import EXIT_PROBLEMS, EXIT_UNUSABLE
from kb.config import Config
from kb.errors import BadConfig

NAME = "doctor"

commands = click.Group()


@commands.command(NAME)
@click.option(
    "--send-test",
    "is_test_sent",
    is_flag=True,
    help="Send a hand-off, marked as a test, by the channel in use and by its fallback.",
)
@click.pass_obj
def doctor(settings: Config | BadConfig, *, is_test_sent: bool) -> None:
    """Look the installation over, from settings to clock: a line each, good or with what to do.

    Exit code 1 when something is bad, 2 when settings are. Changes nothing.
    """
    if isinstance(settings, BadConfig):
        _show(
            bad("settings", line, "mend it; docs/configuration.md lists all settings")
            for line in str(settings).splitlines()
        )
        sys.exit(EXIT_UNUSABLE)
    from kb.cli.doctor.channel_checks import send_test
    from kb.cli.doctor.checks import CHECKS

    checks = (*CHECKS, send_test) if is_test_sent else CHECKS
    if not _show(finding for check in checks for finding in check(settings)):
        sys.exit(EXIT_PROBLEMS)


def _show(findings: Iterable[Finding]) -> bool:
    """Print each as it is found; False if any is bad."""
    is_good = True
    for one in findings:
        is_good = is_good and one.is_good
        remedy = f" → {one.remedy}" if one.remedy else ""
        click.echo(f"{'good' if one.is_good else 'BAD '}  {one.subject}: {one.text}{remedy}")
    return is_good
