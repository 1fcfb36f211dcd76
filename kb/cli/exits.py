"""Ends of commands: exit codes, and stopping with a sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from kb.config import Config

EXIT_PROBLEMS = 1
EXIT_REFUSED = 1
EXIT_UNUSABLE = 2
EXIT_BUSY = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""


def stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def articles_dir(config: Config) -> Path:
    """The folder of articles; ends the command without one."""
    if not config.articles_dir.is_dir():
        stop(f"No folder {config.articles_dir}: KB_ARTICLES_DIR must name it", EXIT_UNUSABLE)
    return config.articles_dir
