"""The command `kb publish`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.exits import EXIT_PROBLEMS, EXIT_UNUSABLE, stop
from kb.config import Config
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated

if TYPE_CHECKING:
    from kb.cli.publish.publication import Publication
    from kb.cli.publish.target import PublishTarget

commands = click.Group()


@commands.command()
@click.argument("target")
@click.option("--ssh", default="ssh", show_default=True, help="Command that reaches a host.")
@click.pass_obj
def publish(config: Config, target: str, *, ssh: str) -> None:
    """Bring what is built here to a machine that serves; it follows by itself.

    TARGET is the data folder there, as user@host:/var/lib/otvet, or a folder here. All files arrive
    and are compared before anything points at them.
    """
    from kb.cli.publish.target import BadTarget, PublishFailed, PublishTarget

    try:
        place = PublishTarget.parse(target, ssh=ssh)
    except BadTarget as error:
        stop(str(error), EXIT_UNUSABLE)
    if not place.host and Path(place.folder).resolve() == config.data_dir.resolve():
        stop(f"{target} is the data folder of this site itself", EXIT_UNUSABLE)
    try:
        _publish(config, place)
    except (IndexMissing, IndexCorrupt, IndexOutdated) as error:
        stop(str(error), EXIT_UNUSABLE)
    except (PublishFailed, OSError) as error:
        stop(f"{place}: {error}. What is served there is as it was before", EXIT_PROBLEMS)


def _publish(config: Config, target: PublishTarget) -> None:
    from kb.catalog.generation import STAFF_INDEX
    from kb.cli.publish.publication import send
    from search.generation.store import Store

    stores = [Store(config.index_dir)]
    staff = Store(config.data_dir / STAFF_INDEX)
    if staff.current_name():
        stores.append(staff)
    arrived = [send(store, target, store.root.name) for store in stores]
    for publication in arrived:  # only when all is there: pages and the agents' tool go together
        publication.switch()
        click.echo(_told(publication))
    for publication in arrived:
        for name in publication.prune(config.keep_generations):
            click.echo(f"{publication.store}: {name} deleted")


def _told(publication: Publication) -> str:
    return (
        f"{publication.store}: {publication.name} is current,"
        f" {publication.sent_bytes / 1e6:.1f} MB sent, {publication.linked} files there already"
    )
