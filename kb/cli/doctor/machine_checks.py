"""Checks of the machine: room on the disk, the clock, and who may read what lies there."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.cli.doctor.found_database import found_database
from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.database import disk
from kb.database.inspection import clock_of_server, file_of, newest_handoff
from kb.errors import BadConfig, DatabaseUnavailable
from search.generation.store import Store

MOST_APART = timedelta(seconds=30)
"""Between two clocks that agree."""


def check_disk(config: Config) -> Iterator[Finding]:
    """A build needs room beside the index in use."""
    share = disk.used_share(_nearest(config.data_dir))
    text = f"{share:.0%} used where {config.data_dir} lies"
    if share >= disk.WARNING_SHARE:
        yield bad("disk", text, "free space: with none left, votes and hand-offs are refused")
    else:
        yield Finding("disk", text)


def check_clock(config: Config) -> Iterator[Finding]:
    """Nothing was written after now, and a database of its own has the same time."""
    now = datetime.now(UTC)
    written = {"the index was built": _built_at(config)}
    try:
        with found_database(config) as database:
            if database is not None:
                written["a hand-off was made"] = database.query(newest_handoff)
                if database.is_postgresql:
                    written["the database has it"] = database.query(clock_of_server)
                    now = datetime.now(UTC)
    except (BadConfig, DatabaseUnavailable):
        pass  # told by the check of the database
    for what, at in written.items():
        if at is not None and at - now > MOST_APART:
            yield bad("clock", f"{what} {at - now} from now", _SYNCHRONISE)
            return
    theirs = written.get("the database has it")
    if theirs is not None and now - theirs > MOST_APART:
        yield bad("clock", f"{now - theirs} ahead of the database's", _SYNCHRONISE)
        return
    yield Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, after all that was written")


def check_permissions(config: Config) -> Iterator[Finding]:
    """Customers' words are for the site's user alone; nobody else may change what is served."""
    faults = list(_loose(config))
    yield from faults
    if not faults:
        yield Finding("permissions", "nobody else may read the database or write the data folder")


def _loose(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    if folder.is_dir() and _mode(folder) & (stat.S_IWGRP | stat.S_IWOTH):
        text = f"others may write in {folder}, and so replace what is served"
        yield bad("permissions", text, f"run `chmod go-w {folder}`")
    database = file_of(config.effective_database_url)
    for path in sorted(database.parent.glob(f"{database.name}*")) if database else ():
        if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO):
            text = f"others may read {path}, where customers' words are"
            yield bad("permissions", text, f"run `chmod 600 {path}`")


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest above it that exists."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _built_at(config: Config) -> datetime | None:
    name = Store(config.index_dir).current_name()
    try:
        stamp = datetime.strptime(f"{name}"[:15], "%Y%m%dT%H%M%S")
    except ValueError:
        return None
    return stamp.replace(tzinfo=UTC)


_SYNCHRONISE = "set the clock and keep it so: `timedatectl set-ntp true`"
