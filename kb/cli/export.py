"""The command by which a help centre moves out: `kb export`."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, articles_dir, stop
from kb.config import Config
from kb.texts import counted

commands = click.Group()

_PATH = click.Path(path_type=Path)


@commands.command()
@click.argument("file", type=_PATH, metavar="[FILE.zip]", required=False)
@click.option("--internal", "has_internal", is_flag=True, help="Pack articles for staff too.")
@click.option("--drafts", "has_drafts", is_flag=True, help="Pack drafts too.")
@click.option("--site", "site", type=_PATH, help="Write the site as plain files into a folder.")
@click.option("--url", default="", help="Address the site of plain files will have.")
@click.pass_obj
def export(
    config: Config,
    file: Path | None,
    *,
    has_internal: bool,
    has_drafts: bool,
    site: Path | None,
    url: str,
) -> None:
    """Pack the articles as authors wrote them, byte for byte, or write the site as plain files.

    A zip holds what readers see, with pictures and old addresses; unpacked as a folder of articles
    it is the same help centre. With --site every page becomes a file that any host serves, and the
    search works without a server.
    """
    if (file is None) == (site is None):
        stop("Name a zip to be written, or a folder by --site", EXIT_UNUSABLE)
    if site:
        if has_internal or has_drafts:
            stop("The site of plain files is public: it holds no drafts and nothing internal", 2)
        _export_site(config, site, url)
    elif file:
        _export_archive(config, file, has_internal=has_internal, has_drafts=has_drafts)


def _export_archive(config: Config, file: Path, *, has_internal: bool, has_drafts: bool) -> None:
    from kb.build.former_addresses import last_addresses, with_last
    from kb.build.open_index import serving_catalog
    from kb.content import products
    from kb.content.files.text import BadFile
    from kb.content.files.whole_file import write_authored
    from kb.content.library import load as load_library
    from kb.content.model import ArticleStatus
    from kb.exports.archive import archive
    from search.generation.store import Store

    root = articles_dir(config)
    if file.exists() and not file.is_file():
        stop(f"{file} is not a file: name the zip that is to be written", EXIT_UNUSABLE)
    goods, _ = products.read(root, config.languages)
    library, _ = products.assigned(load_library(root, languages=config.languages), goods)
    served = serving_catalog(Store(config.index_dir))
    library = with_last(library, last_addresses(served.all_pages, served.former))
    asked = {"internal": has_internal, "draft": has_drafts}
    statuses: list[ArticleStatus] = ["published"]
    statuses += [status for status in ("internal", "draft") if asked[status]]
    try:
        made = archive(root, library, library.former, statuses=statuses)
    except BadFile as error:
        stop(str(error.problem), EXIT_REFUSED)
    write_authored(file, made.content)
    articles, pictures = counted(made.articles, "article"), counted(made.pictures, "picture")
    click.echo(f"{articles} and {pictures} are in {file}")
    if made.left_out:
        click.echo(f"{counted(made.left_out, 'file')} left out: broken or not published", err=True)


def _export_site(config: Config, target: Path, url: str) -> None:
    from kb.exports import folder
    from kb.exports.application import source_of
    from kb.exports.site import static_site
    from search.errors import IndexMissing

    base = url or config.public_url
    if base and not base.startswith(("http://", "https://")):
        stop(f"{base}: write the whole address, such as https://help.example.com", EXIT_UNUSABLE)
    try:
        folder.require_own(target)
        with source_of(config) as source:
            made = static_site(source, base=base)
        folder.write(target, made.files)
    except (folder.BadFolder, IndexMissing) as error:
        stop(str(error), EXIT_UNUSABLE)
    for link in made.dead:
        click.echo(link, err=True)
    click.echo(f"{counted(made.pages, 'page')}, {made.leading} that lead on, are in {target}")
    if made.left_out:
        click.echo(f"{made.left_out} old addresses need a host that reads _redirects", err=True)
    if not base:
        click.echo("No sitemap was written: --url tells the address it needs", err=True)
