"""The command by which a help centre moves out: `kb export`."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.exits import EXIT_REFUSED, EXIT_UNUSABLE, articles_dir, stop
from kb.config import Config

commands = click.Group()

_PATH = click.Path(path_type=Path)


@commands.command()
@click.argument("file", type=_PATH, metavar="FILE.zip")
@click.option("--internal", "has_internal", is_flag=True, help="Pack articles for staff too.")
@click.option("--drafts", "has_drafts", is_flag=True, help="Pack drafts too.")
@click.pass_obj
def export(config: Config, file: Path, *, has_internal: bool, has_drafts: bool) -> None:
    """Pack the articles as authors wrote them, byte for byte, with pictures and old addresses.

    What readers cannot see stays out unless it is asked for. Unpacked as a folder of articles it
    is the same help centre.
    """
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
    click.echo(f"{made.articles} articles and {made.pictures} pictures are in {file}")
    if made.left_out:
        click.echo(f"{made.left_out} files were left out: broken or not published", err=True)
