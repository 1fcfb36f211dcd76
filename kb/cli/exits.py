"""Ends of commands: exit codes, and stopping with a sentence."""

from __future__ import annotations

import errno
import socket
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
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}
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


def require_settings(context: click.Context) -> Config:
    """The settings of a command; ends it with a sentence on those that cannot be used.

    For groups with commands that need none, such as those that print a new secret.
    """
    found: Config | BadConfig = context.obj
    if isinstance(found, BadConfig):
        stop(f"Bad setting: {found}", EXIT_UNUSABLE)
    return found


def require_free_address(host: str, port: int) -> None:
    """End the command with a sentence where nobody can listen."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        stop(f"Port {port} of {host} cannot be listened on: {reason}", EXIT_UNUSABLE)


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
