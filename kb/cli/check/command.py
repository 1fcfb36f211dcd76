"""The command `kb check`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from kb.cli.exits import (
    EXIT_BUSY,
    EXIT_PROBLEMS,
    EXIT_UNUSABLE,
    articles_dir,
    require_data_folder,
    stop,
)
from kb.config import Config
from kb.texts import counted
from search.errors import BuildInProgress, EncoderUnavailable, IndexCorrupt, ReaderUnavailable

if TYPE_CHECKING:
    from kb.cli.check.findings import Findings
    from kb.content.model import Problem

ReportFormat = Literal["text", "json", "sarif", "github"]

commands = click.Group()


@commands.command()
@click.option("--all", "is_whole", is_flag=True, help="Do not cut long groups.")
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(ReportFormat)),
    default="text",
    help="For people, for programs, or for annotations in CI.",
)
@click.option("--json", "form", flag_value="json", help="The same as `--format json`.")
@click.option(
    "--fix", "is_fixing", is_flag=True, help="First mend ids, quotes, lists and the order of keys."
)
@click.option(
    "--search",
    "is_searching",
    is_flag=True,
    help="Ask titles and questions too, and compare articles by meaning.",
)
@click.pass_obj
def check(
    config: Config, *, form: ReportFormat, is_whole: bool, is_fixing: bool, is_searching: bool
) -> None:
    """Report every problem of articles and look with file, line and remedy. Exit code 1 if any."""
    from kb.cli.check.findings import gather
    from kb.cli.check.text_report import summary

    root = articles_dir(config)
    if is_fixing:
        _fix(config, root)
    found = _searched(config) if is_searching else ()
    findings = gather(config, root, datetime.now(UTC).date(), found)
    for line in _report(findings, form, is_whole=is_whole):
        click.echo(line)
    click.echo(summary(findings), err=True)
    if findings.of("problem"):
        sys.exit(EXIT_PROBLEMS)


def _fix(config: Config, root: Path) -> None:
    """Mend what can be, and say beside the report what was done."""
    from kb.content.library import load as load_library
    from kb.content.repairs.files import mend

    repairs = list(mend(root, load_library(root, languages=config.languages), config.languages))
    for one in repairs:
        click.echo(str(one), err=True)
    click.echo(f"{counted(len(repairs), 'file')} fixed", err=True)


def _searched(config: Config) -> Sequence[Problem]:
    """Remarks on how articles are found, or the end of the command with a sentence."""
    from kb.cli.check import search_check
    from kb.cli.progress import Progress

    require_data_folder(config)
    try:
        with Progress() as progress:
            return search_check.check(config, progress)
    except BuildInProgress as error:
        stop(str(error), EXIT_BUSY)
    except IndexCorrupt as error:
        stop(str(error), EXIT_UNUSABLE)
    except (EncoderUnavailable, ReaderUnavailable) as error:
        stop(f"{error}. KB_ENCODER=none searches by words only", EXIT_UNUSABLE)


def _report(findings: Findings, form: ReportFormat, *, is_whole: bool) -> Iterable[str]:
    from kb.cli.check import machine_reports, text_report

    if form == "json":
        return (machine_reports.as_json(findings),)
    if form == "sarif":
        return (machine_reports.as_sarif(findings),)
    if form == "github":
        return machine_reports.as_annotations(findings)
    return text_report.lines(findings, is_whole=is_whole)
