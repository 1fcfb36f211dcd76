"""Check of the index: it is there, whole, and of this version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store

SUBJECT = "index"


def check_index(config: Config) -> Iterator[Finding]:
    """The generation that servers open first can be opened; every file of it is read."""
    store = Store(config.index_dir)
    try:
        name = store.candidates()[0]
        manifest = OpenGeneration(store.path(name)).manifest
    except IndexMissing:
        if config.data_dir.exists():
            yield bad(SUBJECT, f"there is none in {config.index_dir}", _BUILD)
        else:
            yield Finding(SUBJECT, "none yet", _BUILD)
        return
    except (IndexCorrupt, IndexOutdated, OSError) as error:
        yield bad(SUBJECT, str(error), _BUILD)
        return
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.created_at)
    yield Finding(SUBJECT, f"{name} is whole; built {_ago(age.total_seconds())}")


def _ago(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} ago"
    return "just now"


_BUILD = "run `kb build`, or `kb publish` on the machine that builds"
