"""Commands that make what is served: `kb build`, `kb watch`, `kb adapt`, `kb calibrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

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
from search.errors import (
    BuildInProgress,
    EncoderUnavailable,
    IndexCorrupt,
    IndexMissing,
    IndexOutdated,
)

if TYPE_CHECKING:
    from kb.build.build import Report

commands = click.Group()


@commands.command()
@click.option("--strict", is_flag=True, help="Exit with 1 when an article had to be left out.")
@click.pass_obj
def build(config: Config, *, strict: bool) -> None:
    """Make a generation of the articles; running servers switch to it."""
    report = _build(config)
    if strict and report:
        sys.exit(EXIT_PROBLEMS)


@commands.command()
@click.option("--check", "is_checking", is_flag=True, help="Check all articles after each build.")
@click.option("--published", "is_clone", is_flag=True, help="Pull, build and push for the editor.")
@click.pass_obj
def watch(config: Config, *, is_checking: bool, is_clone: bool) -> None:
    """Build after every edit of the articles, until stopped."""
    from kb import logs
    from kb.build.edits.published import follow_published
    from kb.build.edits.watch import watch as watch_articles
    from kb.drafts.repository.clone import open_clone

    articles_dir(config)
    require_data_folder(config)
    logs.configure(config.log_format)
    clone = open_clone(config) if is_clone else None
    if clone:
        follow_published(config, clone)
    elif is_clone:
        stop("--published needs KB_CONTENT_REPOSITORY", EXIT_UNUSABLE)
    else:
        watch_articles(config, is_checking=is_checking)


@commands.command()
@click.option("--steps", default=150, show_default=True, help="Training steps, five seconds each.")
@click.option("--minutes", default=30.0, show_default=True, help="Stop training after so long.")
@click.option("--undo", "is_undone", is_flag=True, help="Go back to the encoder of the settings.")
@click.pass_obj
def adapt(config: Config, steps: int, minutes: float, *, is_undone: bool) -> None:
    """Train the encoder on this site's articles; use it if it finds held-out ones better."""
    from datetime import UTC, datetime

    from kb.build import encoder_choice, fine_tune

    articles_dir(config)
    if is_undone:
        if not encoder_choice.undo(config):
            click.echo("the encoder of the settings is in use already")
    else:
        try:
            for line in fine_tune.adapt(
                config, steps=steps, minutes=minutes, now=datetime.now(UTC)
            ):
                click.echo(line)
        except (fine_tune.NotAdaptable, EncoderUnavailable, OSError) as error:
            stop(str(error), EXIT_UNUSABLE)
    _build(config)
    _calibrate(config, None)


@commands.command()
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSONL of messages with known answers: query, lang, relevant {article id: 2}.",
)
@click.pass_obj
def calibrate(config: Config, labels: Path | None) -> None:
    """Fit the confidence of suggestions to this site, then build with it."""
    _calibrate(config, labels)


def _calibrate(config: Config, labels: Path | None) -> None:
    from datetime import UTC, datetime

    from kb.build.calibrate import calibrate as calibrate_site

    try:
        for line in calibrate_site(config, labels=labels, now=datetime.now(UTC)):
            click.echo(line)
    except (IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable, ValueError) as error:
        stop(str(error), EXIT_UNUSABLE)
    _build(config)


def _build(config: Config) -> int:
    """Build with progress; returns the number of problems, prints them and the outcome."""
    from kb.build.build import build as build_generation
    from kb.cli.progress import Progress

    articles_dir(config)
    require_data_folder(config)
    try:
        with Progress() as progress:
            report = build_generation(config, progress=progress)
    except BuildInProgress as error:
        stop(str(error), EXIT_BUSY)
    except EncoderUnavailable as error:
        stop(f"{error}. KB_ENCODER=none builds an index that searches by words only", 1)
    except OSError as error:
        stop(f"The build stopped, the old index serves on: {error}. Free space: {_free(config)}", 1)
    for remark in (*report.problems, *report.remarks):
        click.echo(str(remark), err=True)
    click.echo(_outcome(report))
    if report.build.is_new:
        _warn_of_drift(config)
    return len(report.problems)


def _outcome(report: Report) -> str:
    """One line for the person who started the build."""
    build = report.build
    state = "is ready" if build.is_new else "is still right"
    counts = f"{counted(build.documents, 'article')}, {counted(build.passages, 'passage')}"
    internal = counted(report.internal, "internal article")
    problems = counted(len(report.problems), "problem")
    staff = f"; {internal} for staff" if report.internal else ""
    told = f"; {problems}, see above (`kb check` tells more)" if report.problems else ""
    return f"Generation {build.name} {state}: {counts}{staff}{told}"


def _warn_of_drift(config: Config) -> None:
    from kb.build.calibrate import drifts

    try:
        for one in drifts(config):
            click.echo(str(one), err=True)
    except (IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable, ValueError) as error:
        click.echo(f"whether confidence has drifted is unknown: {error}", err=True)


def _free(config: Config) -> str:
    import shutil

    try:
        return f"{shutil.disk_usage(config.data_dir).free / 1e6:.0f} MB in {config.data_dir}"
    except OSError:
        return "unknown"
