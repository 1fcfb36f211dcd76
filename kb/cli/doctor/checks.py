"""Checks of `kb doctor`, in the order in which they are reported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kb.cli.doctor.budget_check import check_budget
from kb.cli.doctor.channel_checks import check_channels
from kb.cli.doctor.clone_check import check_clone
from kb.cli.doctor.database_checks import check_database
from kb.cli.doctor.delivery_check import check_delivery
from kb.cli.doctor.index_checks import check_index
from kb.cli.doctor.key_checks import check_key
from kb.cli.doctor.machine_checks import check_clock, check_disk, check_permissions
from kb.cli.doctor.model import Check, Finding, bad
from kb.cli.doctor.settings_checks import check_settings
from kb.config import Config


def check_folders(config: Config) -> Iterator[Finding]:
    """Articles are read, data is written; the site's own folder may be missing."""
    if not config.articles_dir.is_dir() and (config.index_dir / "current").exists():
        yield Finding("folders", "no articles here: this machine serves what `kb publish` brings")
    elif not config.articles_dir.is_dir():
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


CHECKS: tuple[Check, ...] = (
    check_settings,
    check_folders,
    check_permissions,
    check_disk,
    check_index,
    check_database,
    check_budget,
    check_channels,
    check_delivery,
    check_key,
    check_clone,
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
