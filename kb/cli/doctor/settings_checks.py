"""Checks of the settings: that they can be used, and who can read the file they stand in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kb.cli.doctor.model import Finding
from kb.config import Config, is_secret
from kb.setting_types import variable
from kb.settings.settings_file import is_readable_by_all, read_settings, settings_path


def check_settings(config: Config) -> Iterator[Finding]:
    """Only reached with settings that can be read and fit each other."""
    changed = sum(
        getattr(config, name) != field.default for name, field in Config.model_fields.items()
    )
    yield Finding("settings", f"all can be used, {changed} differ from their defaults")
    if path := settings_path(os.environ):
        yield _file(path)


def _file(path: Path) -> Finding:
    names = read_settings(path)
    told = f"{len(names)} of them from {path}"
    if is_readable_by_all(path) and not _secrets().isdisjoint(names):
        return Finding(
            "settings",
            f"{told}, which holds secrets and can be read by everybody",
            f"`chmod o-r {path}`",
        )
    return Finding("settings", told)


def _secrets() -> set[str]:
    return {variable(name) for name, field in Config.model_fields.items() if is_secret(field)}
