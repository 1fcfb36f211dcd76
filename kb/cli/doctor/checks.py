"""Checks of `kb doctor`, in the order in which they are reported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kb.cli.doctor.index_checks import check_index
from kb.cli.doctor.key_checks import check_key
from kb.cli.doctor.machine_checks import check_clock, check_disk, check_permissions
from kb.cli.doctor.model import Check, Finding, bad
from kb.config import Config


def check_settings(config: Config) -> Iterator[Finding]:
    """Only reached with settings that can be read and fit each other."""
    changed = sum(
        getattr(config, name) != field.default for name, field in Config.model_fields.items()
    )
    yield Finding("settings", f"all can be used, {changed} differ from their defaults")


def check_folders(config: Config) -> Iterator[Finding]:
    """Articles are read, data is written; the site's own folder may be missing."""
    if not config.articles_dir.is_dir():
        yield bad(
            "folders",
            f"there is no folder of articles at {config.articles_dir}",
            "set KB_ARTICLES_DIR, or run from the folder that holds it",
        )
    elif not os.access(config.articles_dir, os.R_OK | os.X_OK):
        yield bad("folders", f"{config.articles_dir} cannot be read", _own(config.articles_dir))
    else:
        yield Finding("folders", f"articles in {config.articles_dir.absolute()}")
    yield _data_folder(config.data_dir)


def check_database(config: Config) -> Iterator[Finding]:
    """The database answers. One that is made at the first start is not made here."""
    from kb.cli.doctor.found_database import found_database
    from kb.errors import BadConfig, DatabaseUnavailable

    try:
        with found_database(config) as database:
            if database is None:
                yield Finding("database", "none yet; it is made at the first start")
                return
            database.ping()
            kind = "PostgreSQL" if database.is_postgresql else "SQLite"
            yield Finding("database", f"{kind} answers")
    except BadConfig as error:
        yield bad("database", str(error), "mend KB_DATABASE_URL")
    except DatabaseUnavailable as error:
        yield bad("database", str(error), "start it, or mend KB_DATABASE_URL")


CHECKS: tuple[Check, ...] = (
    check_settings,
    check_folders,
    check_permissions,
    check_disk,
    check_index,
    check_database,
    check_key,
    check_clock,
)


def _data_folder(path: Path) -> Finding:
    existing = next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())
    if not existing.is_dir():
        return bad(
            "folders",
            f"{existing} is a file, and data should lie there",
            "move it, or set KB_DATA_DIR",
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        return bad("folders", f"{existing} cannot be written by this user", _own(existing))
    note = "" if path.exists() else ", which is made at the first start"
    return Finding("folders", f"data in {path.absolute()}{note}")


def _own(path: Path) -> str:
    return f"run as the user the site runs as, or give it to this one: `chown -R $USER {path}`"
