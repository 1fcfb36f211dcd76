"""The command `kb`: reads the settings, then leaves the rest to the groups of commands.

A command registers itself in the module of its group. Heavy imports happen inside the commands
that need them, so that `--help` is quick and serving never loads what only building uses.
"""

from __future__ import annotations

import os
from typing import Any

import click

from kb import VERSION
from kb.cli import articles, build, export, keys, search, secret, serve, staff
from kb.cli.check import command as check
from kb.cli.database import backup, transfer
from kb.cli.doctor import command as doctor
from kb.cli.exits import EXIT_UNUSABLE, is_fault_of_settings, stop
from kb.cli.handoffs import command as handoffs
from kb.cli.imports import command as imports
from kb.cli.publish import command as publish
from kb.cli.relevance import command as relevance
from kb.config import Config
from kb.errors import BadConfig, DatabaseUnavailable

MAY_DO_WITHOUT_SETTINGS = (doctor.NAME, *keys.commands.commands, *secret.commands.commands)
"""Of the doctor, and of groups that ask for settings where they need them."""
FORMER_NAMES = {"user": "staff"}
GROUPS = (
    *(
        articles,
        backup,
        build,
        check,
        doctor,
        export,
        handoffs,
        imports,
        keys,
        publish,
        relevance,
        search,
        secret,
        serve,
        staff,
    ),
    transfer,
)


class Commands(click.Group):
    """Commands, found by their former names too, which scripts use.

    What the operator must mend ends any of them with a sentence.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, FORMER_NAMES.get(cmd_name, cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadConfig, DatabaseUnavailable) as error:
            stop(str(error), EXIT_UNUSABLE)
        except OSError as error:
            if not is_fault_of_settings(error):
                raise
            stop(f"{error.filename}: {error.strerror}", EXIT_UNUSABLE)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("", "kb", "search"):
                raise
            stop(
                f"{error.name} is not installed here: what builds needs"
                " `pip install -r requirements.txt`",
                EXIT_UNUSABLE,
            )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="Otvet")
@click.pass_context
def main(context: click.Context) -> None:
    """Otvet: a self-hosted help centre.

    Settings are environment variables named KB_…; docs/configuration.md lists them.
    """
    from kb.handoffs.channels import registry

    try:
        context.obj = Config.from_environ(os.environ)
        registry.check(context.obj)
    except BadConfig as error:
        if context.invoked_subcommand in MAY_DO_WITHOUT_SETTINGS:
            context.obj = error  # told by them
            return
        stop(f"Bad setting: {error}", EXIT_UNUSABLE)


for group in GROUPS:
    for command in group.commands.commands.values():
        main.add_command(command)
