"""The commands `kb test` and `kb explain`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
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
from search.errors import (
    BuildInProgress,
    EncoderUnavailable,
    IndexCorrupt,
    IndexMissing,
    IndexOutdated,
    ReaderUnavailable,
)

if TYPE_CHECKING:
    from kb.build.trial.comparison import Comparison
    from kb.relevance.cases import RelevanceCase

commands = click.Group()


@commands.command("test")
@click.option(
    "--against",
    default="",
    metavar="REVISION",
    help="Compare with a revision of git, or with what is `serving`.  [default: serving]",
)
@click.option(
    "--article",
    "articles",
    multiple=True,
    metavar="ID",
    help="Only what is about this article, by id or file; may be repeated.",
)
@click.option("--all", "is_whole", is_flag=True, help="Show what is as before, cut nothing.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write XML for CI.")
@click.pass_obj
def ask_all(
    config: Config,
    *,
    against: str,
    articles: tuple[str, ...],
    is_whole: bool,
    is_json: bool,
    junit: Path | None,
) -> None:
    """Ask every question of the articles and every test of relevance.yml, before and now.

    Exit code 1 when a test fails, or a question that was found or answered no longer is.
    """
    from kb.cli.relevance import machine_tables, table

    root = articles_dir(config)
    require_data_folder(config)
    found = _compared(config, against, _about(config, root, articles))
    for problem in found.problems:
        click.echo(str(problem), err=True)
    if junit:
        junit.write_bytes(machine_tables.as_junit(found))
    if is_json:
        click.echo(machine_tables.as_json(found))
    else:
        width = shutil.get_terminal_size().columns
        for line in table.lines(found, width=width, is_whole=is_whole or bool(articles)):
            click.echo(line)
    for line in table.summary(found):
        click.echo(line, err=is_json)
    if found.is_loss:
        sys.exit(EXIT_PROBLEMS)


def _compared(
    config: Config, against: str, is_wanted: Callable[[RelevanceCase], bool]
) -> Comparison:
    """Compare with progress, or end the command with a sentence."""
    from kb.build.trial.comparison import compare
    from kb.build.trial.revision import NoRevision
    from kb.cli.progress import Progress

    try:
        with Progress() as progress:
            return compare(config, against=against, is_wanted=is_wanted, progress=progress)
    except BuildInProgress as error:
        stop(str(error), EXIT_BUSY)
    except (IndexMissing, IndexCorrupt, IndexOutdated, NoRevision) as error:
        stop(str(error), EXIT_UNUSABLE)
    except (EncoderUnavailable, ReaderUnavailable) as error:
        stop(f"{error}. KB_ENCODER=none searches by words only", EXIT_UNUSABLE)


def _about(config: Config, root: Path, named: Sequence[str]) -> Callable[[RelevanceCase], bool]:
    """Tell cases about the articles that are named by id or file; all where none is."""
    from kb.content.library import load

    if not named:
        return lambda _: True
    library = load(root, languages=config.languages)
    by_path = {(root / it.path).resolve(): it.id for it in library.articles}
    ids = {by_path.get(Path(name).resolve(), name) for name in named}
    for unknown in sorted(ids - {it.id for it in library.articles}):
        stop(f"{unknown} is neither the id nor the file of an article in {root}", EXIT_UNUSABLE)
    return lambda case: not ids.isdisjoint(case.articles)


@commands.command("explain")
@click.argument("query")
@click.option("--article", "named", required=True, metavar="ID", help="Its id or its file.")
@click.option("--lang", help="Language of the reader.  [default: the article's]")
@click.option("--no-proposals", "is_untried", is_flag=True, help="Do not try changes.")
@click.pass_obj
def explain(config: Config, query: str, *, named: str, lang: str | None, is_untried: bool) -> None:
    """Say why an article is found for QUERY or is not, and which change of it would help.

    Of the articles as they lie here. Each proposal is really tried: the articles are built with it,
    aside, and asked again.
    """
    from kb.cli.relevance import inquiry

    root = articles_dir(config)
    require_data_folder(config)
    try:
        for line in inquiry.lines(config, root, query, named, lang, is_tried=not is_untried):
            click.echo(line)
    except BuildInProgress as error:
        stop(str(error), EXIT_BUSY)
    except inquiry.NotThere as error:
        stop(str(error), EXIT_UNUSABLE)
    except (EncoderUnavailable, ReaderUnavailable) as error:
        stop(f"{error}. KB_ENCODER=none searches by words only", EXIT_UNUSABLE)
