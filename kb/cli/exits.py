"""Ends of commands: exit codes, and stopping with a sentence."""

from __future__ import annotations

import errno
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click

from kb.config import Config
from kb.errors import BadConfig

EXIT_PROBLEMS = 1
EXIT_REFUSED = 1
EXIT_UNUSABLE = 2
EXIT_BUSY = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""

_FAULTS_OF_SETTINGS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}
)


def stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def articles_dir(config: Config) -> Path:
    """The folder of articles; ends the command without one."""
    if not config.articles_dir.is_dir():
        stop(f"No folder {config.articles_dir}: KB_ARTICLES_DIR must name it", EXIT_UNUSABLE)
    return config.articles_dir


def is_fault_of_settings(error: OSError) -> bool:
    """True for a file or folder in the wrong place, or of another user; not for a full disk."""
    return error.filename is not None and error.errno in _FAULTS_OF_SETTINGS


def require_data_folder(config: Config) -> None:
    """Raise BadConfig where the data folder cannot be written, but for want of room."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=config.data_dir).close()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return
        raise BadConfig(
            f"KB_DATA_DIR names {config.data_dir}, which cannot be written: {error.strerror}"
        ) from error
