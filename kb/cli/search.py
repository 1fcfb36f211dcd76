"""Commands that look into what is served: `kb search`, `kb stats`."""

from __future__ import annotations

import click

from kb.cli.exits import EXIT_UNUSABLE, stop
from kb.config import Config
from search.errors import EncoderUnavailable, IndexCorrupt, IndexMissing, IndexOutdated

commands = click.Group()


@commands.command()
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
        stop(str(error), EXIT_UNUSABLE)


@commands.command()
@click.pass_obj
def stats(config: Config) -> None:
    """Show what is served and what readers voted."""
    from kb.cli import figures

    for name, value in figures.collect(config):
        click.echo(f"{name:<28}{value}")
