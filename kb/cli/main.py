"""The commands. Reads arguments, calls the domain, prints.

Heavy imports happen inside the commands that need them, so that `--help` is quick and serving
never loads what only building uses.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from kb.cli.handoffs import handoffs, key, worker
from kb.cli.staff import user
from kb.config import Config
from kb.errors import BadConfig
from search.errors import (
    BuildInProgress,
    EncoderUnavailable,
    IndexCorrupt,
    IndexMissing,
    IndexOutdated,
)

EXIT_PROBLEMS = 1
EXIT_UNUSABLE = 2
EXAMPLE_ADDRESS = "en/faq/delivery/track-a-parcel"
EXIT_BUSY = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Otvet: a self-hosted help centre.

    Settings are environment variables named KB_…; docs/configuration.md lists them.
    """
    try:
        context.obj = Config.from_environ(os.environ)
    except BadConfig as error:
        _stop(f"Bad setting: {error}", EXIT_UNUSABLE)


for command in (handoffs, key, user, worker):
    main.add_command(command)


@main.command()
@click.option("--strict", is_flag=True, help="Exit with 1 when an article had to be left out.")
@click.pass_obj
def build(config: Config, *, strict: bool) -> None:
    """Make a generation of the articles; running servers switch to it."""
    report = _build(config)
    if strict and report:
        sys.exit(EXIT_PROBLEMS)


@main.command()
@click.pass_obj
def check(config: Config) -> None:
    """Report every problem of articles and look with file, line and remedy. Exit code 1 if any."""
    from kb.cli import site_check
    from kb.content import checks, products, synonyms, topics_file
    from kb.content.library import load as load_library

    root = _articles_dir(config)
    library = load_library(root, languages=config.languages)
    _, of_synonyms = synonyms.read(root, config.languages)
    _, of_topics = topics_file.read(root, config.languages)
    goods, of_products = products.read(root, config.languages)
    library, misnamed = products.assigned(library, goods)
    of_site = site_check.check(config)
    of_files = {*of_synonyms, *of_topics, *of_products, *of_site.problems}
    problems = sorted({*checks.check(library, root), *of_files, *misnamed})
    for problem in problems:
        click.echo(str(problem))
    remarks = (*checks.remarks(library, config.default_language), *of_site.remarks)
    for remark in remarks:
        click.echo(f"remark: {remark}")
    told = f", {len(remarks)} remarks" if remarks else ""
    click.echo(f"{len(library.articles)} articles, {len(problems)} problems{told}", err=True)
    if problems:
        sys.exit(EXIT_PROBLEMS)


@main.command()
@click.argument("lang")
@click.pass_obj
def translations(config: Config, lang: str) -> None:
    """Write the catalogue of a language, to fill in: every text of the pages.

    Example: kb translations de > site/translations/de/LC_MESSAGES/messages.po
    """
    from kb.branding import translations as catalogues

    words = catalogues.read(config.site_dir)
    try:
        click.echo(words.to_translate(lang), nl=False)
        missing = words.missing(lang)
    except ValueError as error:
        _stop(f"{error}; use one such as `de` or `pt-br`", EXIT_UNUSABLE)
    for problem in words.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(missing)} texts are not translated", err=True)


@main.command()
@click.argument("address", metavar="LANG/SECTION/CATEGORY/SLUG")
@click.option("--title", prompt=True, help="The reader's question or task.")
@click.pass_obj
def new(config: Config, address: str, title: str) -> None:
    """Start an article as a draft, with a fresh id or that of the same address's translation.

    Example: kb new en/faq/delivery/track-a-parcel --title "Where is my parcel"
    """
    from kb.content import new_article
    from kb.content.library import load as load_library

    root = _articles_dir(config)
    parts = address.removesuffix(".md").split("/")
    if len(parts) != 4:
        _stop(f"{address}: use LANG/SECTION/CATEGORY/SLUG, e.g. {EXAMPLE_ADDRESS}", EXIT_UNUSABLE)
    lang, section, category, slug = parts
    library = load_library(root, languages=config.languages)
    try:
        path = new_article.new_article(
            root,
            library,
            languages=config.languages,
            lang=lang,
            section=section,
            category=category,
            slug=slug,
            title=title,
        )
    except new_article.CannotStart as error:
        _stop(str(error), EXIT_UNUSABLE)
    click.echo(str(path))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--watch", "is_watching", is_flag=True, help="Serve edits of articles at once.")
@click.pass_obj
def serve(config: Config, *, host: str, port: int, is_watching: bool) -> None:
    """Serve the site. With --watch, builds first and again after every edit."""
    from kb.handoffs.channels.registry import fallback_channel, primary_channel
    from kb.server import supervisor

    try:
        primary_channel(config)
        fallback_channel(config)
    except BadConfig as error:
        _stop(f"Bad setting: {error}", EXIT_UNUSABLE)
    if is_watching:
        _build_apart()
    supervisor.serve(config, host=host, port=port, watch=is_watching)


@main.command()
@click.option("--http", "is_http", is_flag=True, help="Serve at /mcp instead of stdio.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: address.")
@click.option("--port", default=8001, show_default=True, help="With --http: port.")
@click.pass_obj
def mcp(config: Config, *, is_http: bool, host: str, port: int) -> None:
    """Let AI agents search and read the published articles (Model Context Protocol)."""
    from kb.mcp import server

    if is_http:
        server.serve_http(config, host=host, port=port)
    else:
        server.serve_stdio(config)


@main.command()
@click.pass_obj
def watch(config: Config) -> None:
    """Build after every edit of the articles, until stopped."""
    from kb import logs
    from kb.build import watch as watching

    logs.configure(config.log_format)
    watching.watch(config)


@main.command()
@click.option("--steps", default=150, show_default=True, help="Training steps, five seconds each.")
@click.option("--minutes", default=30.0, show_default=True, help="Stop training after so long.")
@click.option("--undo", "is_undone", is_flag=True, help="Go back to the encoder of the settings.")
@click.pass_obj
def adapt(config: Config, steps: int, minutes: float, *, is_undone: bool) -> None:
    """Train the encoder on this site's articles; use it if it finds held-out ones better."""
    from datetime import UTC, datetime

    from kb.build import encoder_choice, fine_tune

    _articles_dir(config)
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
            _stop(str(error), EXIT_UNUSABLE)
    _build(config)
    _calibrate(config, None)


@main.command()
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

    from kb.build import calibrate as calibrating

    try:
        for line in calibrating.calibrate(config, labels=labels, now=datetime.now(UTC)):
            click.echo(line)
    except (IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable, ValueError) as error:
        _stop(str(error), EXIT_UNUSABLE)
    _build(config)


@main.command()
@click.argument("query")
@click.option("--lang", help="Language of the reader.  [default: the site's first]")
@click.option("--limit", default=5, show_default=True, help="Hits to show.")
@click.pass_obj
def search(config: Config, query: str, lang: str | None, limit: int) -> None:
    """Rank QUERY as the site does and explain each hit."""
    from kb.build import explain

    lang = lang or config.default_language
    try:
        for line in explain.explained(config, query, lang=lang, limit=limit):
            click.echo(line)
    except (IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable) as error:
        _stop(str(error), EXIT_UNUSABLE)


@main.command()
@click.pass_obj
def stats(config: Config) -> None:
    """Show what is served and what readers voted."""
    from kb.cli import stats

    for name, value in stats.collect(config):
        click.echo(f"{name:<28}{value}")


def _build(config: Config) -> int:
    """Build with progress; returns the number of problems, prints them and the outcome."""
    from kb.build import build as indexing
    from kb.cli.progress import Progress

    _articles_dir(config)
    try:
        with Progress() as progress:
            report = indexing.build(config, progress=progress)
    except BuildInProgress as error:
        _stop(str(error), EXIT_BUSY)
    except EncoderUnavailable as error:
        _stop(f"{error}. KB_ENCODER=none builds an index that searches by words only", 1)
    except OSError as error:
        _stop(
            f"The build stopped, the old index serves on: {error}. Free space: {_free(config)}", 1
        )
    for remark in (*report.problems, *report.remarks):
        click.echo(str(remark), err=True)
    click.echo(report.summary())
    if report.build.is_new:
        _warn_of_drift(config)
    return len(report.problems)


def _warn_of_drift(config: Config) -> None:
    from kb.build import calibrate as calibrating

    try:
        for one in calibrating.drifts(config):
            click.echo(str(one), err=True)
    except (IndexMissing, IndexCorrupt, IndexOutdated, EncoderUnavailable, ValueError) as error:
        click.echo(f"whether confidence has drifted is unknown: {error}", err=True)


def _build_apart() -> None:
    """Build in a process of its own: the encoder's memory is gone when serving starts."""
    import subprocess

    done = subprocess.run([sys.executable, "-m", "kb", "build"], check=False)
    if done.returncode not in (0, EXIT_PROBLEMS, EXIT_BUSY):
        sys.exit(done.returncode)


def _articles_dir(config: Config) -> Path:
    if not config.articles_dir.is_dir():
        _stop(f"No folder {config.articles_dir}: KB_ARTICLES_DIR must name it", EXIT_UNUSABLE)
    return config.articles_dir


def _free(config: Config) -> str:
    import shutil

    try:
        return f"{shutil.disk_usage(config.data_dir).free / 1e6:.0f} MB in {config.data_dir}"
    except OSError:
        return "unknown"


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
