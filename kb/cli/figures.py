"""Figures of an installation for `kb stats`: what is served and what readers voted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kb.catalog import catalog_json
from kb.catalog.generation import CATALOG
from kb.config import Config
from kb.database.engine import Database
from kb.database.inspection import has_tables, is_there, require_known_revision, shown
from kb.feedback import votes
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.files import CONTENT
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store


def collect(config: Config) -> Iterator[tuple[str, object]]:
    """Pairs of name and value, in the order to be shown; that there is no generation is said.

    Raises BadConfig and DatabaseUnavailable.
    """
    try:
        yield from _generation(config)
    except (IndexMissing, IndexCorrupt, IndexOutdated) as error:
        yield "Generation", str(error)
    yield from _votes(config)


def _generation(config: Config) -> Iterator[tuple[str, object]]:
    store = Store(config.index_dir)
    generation = OpenGeneration(store.path(store.candidates()[0]))
    manifest = generation.manifest
    catalog = catalog_json.from_json((generation.path(CONTENT) / CATALOG).read_bytes())
    yield "Generation", manifest.name
    yield "Built", manifest.created_at
    yield "Encoder", manifest.fingerprints["encoder"]
    yield "Passages", manifest.counts["passages"]
    yield "Size", f"{sum(file.bytes for file in manifest.files.values()) / 1e6:.0f} MB"
    articles = Counter((page.lang, page.section) for page in catalog.all_pages)
    for (lang, section), count in sorted(articles.items()):
        yield f"Articles {lang} {section}", count


def _votes(config: Config) -> Iterator[tuple[str, object]]:
    url = config.effective_database_url
    database = Database.from_url(url)
    try:
        if not is_there(url) or not database.query(has_tables):
            yield "Votes", f"there is no database of Otvet at {shown(url)}"
            return
        database.query(require_known_revision)
        total, left_out = votes.total(database), votes.left_out(database)
    finally:
        database.close()
    yield "Votes yes", total.up
    yield "Votes no", total.down
    yield "Votes left out", left_out
