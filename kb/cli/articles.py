"""Commands for authors: `kb new`, `kb id`, `kb mv`, `kb translations`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.exits import EXIT_PROBLEMS, EXIT_UNUSABLE, articles_dir, stop
from kb.config import Config

EXAMPLE_ADDRESS = "en/faq/delivery/track-a-parcel"

commands = click.Group()


@commands.command()
@click.argument("lang")
@click.pass_obj
def translations(config: Config, lang: str) -> None:
    """Write the catalogue of a language, to fill in: every text of the pages.

    Example: kb translations de > site/translations/de/LC_MESSAGES/messages.po
    """
    from kb.branding import translations as site_translations

    words = site_translations.read(config.site_dir)
    try:
        click.echo(words.to_translate(lang), nl=False)
        missing = words.missing(lang)
    except ValueError as error:
        stop(f"{error}; use one such as `de` or `pt-br`", EXIT_UNUSABLE)
    for problem in words.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(missing)} texts are not translated", err=True)


@commands.command()
@click.argument("address", metavar="LANG/SECTION/CATEGORY/SLUG")
@click.option("--title", prompt=True, help="The reader's question or task.")
@click.pass_obj
def new(config: Config, address: str, title: str) -> None:
    """Start an article as a draft, with a fresh id or that of the same address's translation.

    Example: kb new en/faq/delivery/track-a-parcel --title "Where is my parcel"
    """
    from kb.content import new_article
    from kb.content.library import load as load_library

    root = articles_dir(config)
    parts = address.removesuffix(".md").split("/")
    if len(parts) != 4:
        stop(f"{address}: use LANG/SECTION/CATEGORY/SLUG, e.g. {EXAMPLE_ADDRESS}", EXIT_UNUSABLE)
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
        stop(str(error), EXIT_UNUSABLE)
    click.echo(str(path))


@commands.command("id")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.pass_obj
def give_ids(config: Config, files: tuple[str, ...]) -> None:
    """Give articles without an id one, changing no other byte; a folder means its articles.

    Translations, files of the same folder and slug in other languages, share theirs.
    """
    from kb.content.addresses import article_ids
    from kb.content.files.text import BadFile
    from kb.content.library import load as load_library

    root = articles_dir(config)
    library = load_library(root, languages=config.languages)
    is_fault = False
    paths = [
        path
        for file in files
        for path in article_ids.articles_below(root, _inside(root, file), config.languages)
    ]
    for found in article_ids.give_ids(root, library, tuple(dict.fromkeys(paths))):
        if isinstance(found, BadFile):
            is_fault = True
            click.echo(str(found.problem), err=True)
        else:
            click.echo(f"{found.path}: {found.id}{'' if found.is_new else ' as before'}")
    if is_fault:
        sys.exit(EXIT_PROBLEMS)


@commands.command("mv")
@click.argument("file", metavar="FILE")
@click.argument("place", metavar="SECTION/CATEGORY/SLUG")
@click.option("--translations", is_flag=True, help="Move its versions in other languages too.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@click.pass_obj
def move(config: Config, file: str, place: str, *, translations: bool, dry_run: bool) -> None:
    """Move an article with its links and those that lead to it; old addresses go on answering.

    Example: kb mv articles/en/faq/returns/refund.md faq/payment/refund-timing
    """
    from kb.content.moves import article_move

    root = articles_dir(config)
    path = _inside(root, file)
    try:
        aim = _aim(root, place)
        planned = article_move.planned(
            root, path, aim, config.languages, with_translations=translations
        )
        if not dry_run:
            article_move.carry_out(root, planned)
    except article_move.CannotMove as error:
        stop(str(error), EXIT_UNUSABLE)
    except OSError as error:
        stop(f"{error.filename or path}: {error.strerror}", EXIT_UNUSABLE)
    would = "would be " if dry_run else ""
    for old, new in planned.files.items():
        click.echo(f"{would}moved: {old} → {new}")
    for other in planned.others:
        click.echo(f"{would}changed: {other}")


def _aim(root: Path, place: str) -> str:
    """A place from the folder of articles, however its path was written."""
    absolute, base = Path(place).absolute(), root.resolve()
    inside = absolute.parent.resolve() / absolute.name
    if place.startswith(("/", "./", "../", f"{root}/")):
        if not inside.is_relative_to(base):
            stop(f"{place} lies outside of {root}", EXIT_UNUSABLE)
        return inside.relative_to(base).as_posix() + ("/" if place.endswith("/") else "")
    return place


def _inside(root: Path, file: str) -> str:
    """Path below the folder of articles of what was named from here, or from that folder."""
    base = root.resolve()
    named = [path.parent.resolve() / path.name for path in (Path(file).absolute(), root / file)]
    found = [path for path in named if path.exists() and path.is_relative_to(base)]
    if not found:
        stop(f"{file}: no such file below {root}", EXIT_UNUSABLE)
    return found[0].relative_to(base).as_posix()
