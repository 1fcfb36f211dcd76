"""The command `kb import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.exits import EXIT_PROBLEMS, EXIT_UNUSABLE, stop
from kb.config import Config

if TYPE_CHECKING:
    from kb.imports.model import ImportOptions

commands = click.Group()


@commands.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Folder of articles; KB_ARTICLES_DIR without it.",
)
@click.option(
    "--format", "form", default="", help="System it comes from, if the source does not say it."
)
@click.option(
    "--section", type=click.Choice(["faq", "guides"]), default="guides", show_default=True
)
@click.option(
    "--faq", multiple=True, metavar="FOLDER", help="Folder or category for `faq`; may have *."
)
@click.option("--language", default="", help="Of pages that do not say theirs.")
@click.option("--old-site", default="", metavar="URL", help="Address of the site they come from.")
@click.option(
    "--depth", default=2, show_default=True, help="Levels of folders that make a category."
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Value of a variable.")
@click.option("--edition", multiple=True, default=["public"], help="Condition that holds.")
@click.option("--name", default="", help="Of the source, when several have one format.")
@click.option("--update", is_flag=True, help="Take what has changed in the source.")
@click.option("--dry-run", is_flag=True, help="Report, and write nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="File for the whole report.")
@click.pass_obj
def import_(config: Config, /, source: Path, **given: object) -> None:
    """Bring another help centre in: its pages, pictures and old addresses.

    SOURCE is a folder or zip of Markdown, Docusaurus, MkDocs, Jekyll, Hugo, Obsidian, Starlight or
    VitePress, an export of Zendesk, Intercom or Help Scout, saved HTML pages, or a zip of our own
    export. A second import changes nothing; --update takes changes, and never what was edited here
    since.

    Example: kb import zendesk-export.zip --old-site https://help.example.com
    """
    from kb.imports import importer
    from kb.imports.model import CannotImport
    from kb.imports.report import brief, whole

    options = _options(config, given)
    into = given["into"]
    root = into if isinstance(into, Path) else config.articles_dir
    try:
        result = importer.run(source, root, options, is_dry=bool(given["dry_run"]))
    except CannotImport as error:
        stop(f"{error}. Nothing was imported", EXIT_UNUSABLE)
    except OSError as error:
        reason = error.strerror or "cannot be written"
        stop(f"{error.filename or root}: {reason}. Nothing was imported", EXIT_PROBLEMS)
    for line in brief.lines(result):
        click.echo(line)
    if result.findings or result.is_changed:
        _write_report(config, given["report"], options.name or result.format, whole.text(result))
    if given["dry_run"]:
        click.echo("A dry run: nothing was written", err=True)


def _options(config: Config, given: dict[str, object]) -> ImportOptions:
    from kb.imports.formats.detection import FORMATS
    from kb.imports.model import ImportOptions

    form = str(given["form"])
    if form and form not in FORMATS:
        stop(f"`{form}` is not a format; use one of {', '.join(FORMATS)}", EXIT_UNUSABLE)
    language = str(given["language"])
    if language and language not in config.languages:
        stop(f"`{language}` is not a language; use {' or '.join(config.languages)}", EXIT_UNUSABLE)
    return ImportOptions(
        languages=tuple(config.languages),
        format=form,
        name=str(given["name"]),
        section="faq" if given["section"] == "faq" else "guides",
        faq=_texts(given["faq"]),
        language=language,
        old_site=_site(str(given["old_site"])),
        depth=int(str(given["depth"])),
        variables=dict(_variable(one) for one in _texts(given["settings"])),
        editions=frozenset(_texts(given["edition"])),
        is_update=bool(given["update"]),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def _variable(written: str) -> tuple[str, str]:
    name, mark, value = written.partition("=")
    if not mark or not name:
        stop(f"`{written}`: use --set NAME=VALUE", EXIT_UNUSABLE)
    return name.strip(), value


def _site(written: str) -> str:
    if written and not written.startswith(("http://", "https://")):
        stop(
            f"`{written}`: --old-site is an address such as https://help.example.com", EXIT_UNUSABLE
        )
    return written


def _write_report(config: Config, path: object, name: str, text: str) -> None:
    """Write the whole report beside the data, never among the articles."""
    target = path if isinstance(path, Path) else config.data_dir / "imports" / f"{name}.md"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        click.echo(f"The report could not be written to {target}: {error.strerror}", err=True)
        return
    click.echo(f"\nThe whole report: {target}")
