"""The file of settings: lines `NAME=value`, as systemd's EnvironmentFile and python-dotenv read.

Where the two disagree (escapes, comments behind a value, `export`, several lines), a line is
refused: service and shell would work with different values. Never shows a value. Shared.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from kb.errors import BadConfig

FILE_VARIABLE = "KB_ENV_FILE"
DEFAULT_FILE = Path("otvet.env")
"""In the working directory; read where there is one and KB_ENV_FILE is not set."""

_BLANKS = " \t\r"
_LINE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?P<value>.*)", re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'([^'\\]*)'")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_PLAIN = re.compile(r"[^'\"#\\][^\\]*")
_COMMENT_BEHIND = re.compile(r"[ \t]#")
_QUOTES_HELP = "put it in single quotes"


def settings_path(environ: Mapping[str, str]) -> Path | None:
    """The file that KB_ENV_FILE names, else `otvet.env` where there is one.

    KB_ENV_FILE set to nothing means no file. Raises BadConfig for an `otvet.env` of somebody else:
    standing in a folder must not be enough to run by its owner's settings.
    """
    named = environ.get(FILE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        owner = DEFAULT_FILE.stat().st_uid
    except OSError:  # none here, or a folder that cannot be looked into
        return None
    if owner not in (0, os.getuid()):
        raise BadConfig(
            f"{DEFAULT_FILE.absolute()} belongs to another user: name it by {FILE_VARIABLE} to"
            f" use it, or set {FILE_VARIABLE} to nothing"
        )
    return DEFAULT_FILE


def settings_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables named KB_…, of the environment and of the file; the environment goes before.

    Raises BadConfig, which names every line of the file that cannot be read, one a line.
    """
    own = {name: text for name, text in environ.items() if name.startswith("KB_")}
    own.pop(FILE_VARIABLE, None)
    path = settings_path(environ)
    if path is None:
        return own
    set_here = {name.removesuffix("_FILE") for name in own}
    read = read_settings(path)
    return {name: read[name] for name in read if name.removesuffix("_FILE") not in set_here} | own


def read_settings(path: Path) -> dict[str, str]:
    """The settings in a file, by variable. Raises BadConfig."""
    try:
        text = read_private(path)
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error.strerror}") from None
    found: dict[str, str] = {}
    faults = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            for name, value in _setting(line.strip(_BLANKS)):
                if name in found:
                    raise ValueError(f"{name} is set a second time")
                found[name] = value
        except ValueError as error:
            faults.append(f"{path}, line {number}: {error}")
    if faults:
        raise BadConfig("\n".join(faults))
    return found


def read_private(path: Path) -> str:
    """The text of a file. Raises OSError, and BadConfig when others can put another in it."""
    with path.open(encoding="utf-8") as file:
        if os.fstat(file.fileno()).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise BadConfig(f"{path} can be written by others; run `chmod go-w {path}`")
        folder = path.resolve().parent
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise BadConfig(f"{path} can be replaced by others; run `chmod o-w {folder}`")
        try:
            return file.read()
        except UnicodeDecodeError:
            raise BadConfig(f"{path} must hold a text") from None  # the error holds what it read


def is_readable_by_all(path: Path) -> bool:
    """True when every user of the machine may read the file."""
    return bool(path.stat().st_mode & stat.S_IROTH)


def _setting(line: str) -> Iterator[tuple[str, str]]:
    """Name and value of a line, nothing of a blank one. Raises ValueError with the remedy."""
    if not line or line.startswith("#"):
        return
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise ValueError("is no setting; write NAME=value, or # before a comment")
    name, value = parts["name"], parts["value"]
    if not name.startswith("KB_"):
        raise ValueError(f"{name} is no setting of Otvet; their names begin with KB_")
    if name == FILE_VARIABLE:
        raise ValueError(f"{name} is read from the environment alone")
    text = _unquoted(name, value)
    # What systemd makes of the line is settled; python-dotenv, which most tools are built on, must
    # make the same of it.
    bindings = list(parse_stream(io.StringIO(line)))
    if [(one.key, one.value) for one in bindings] != [(name, text)]:
        raise ValueError(f"{name} would be read in different ways; {_QUOTES_HELP}")
    yield name, text


def _unquoted(name: str, value: str) -> str:
    """Take the quotes off a value, as systemd does. Raises ValueError."""
    if "\0" in value:
        raise ValueError(f"{name} holds a NUL character")
    if quoted := _SINGLE_QUOTED.fullmatch(value):
        return quoted[1]
    if quoted := _DOUBLE_QUOTED.fullmatch(value):
        return quoted[1].replace('\\"', '"').replace("\\\\", "\\")
    if value[:1] in ("'", '"'):
        raise ValueError(
            f"{name} has a quote that does not close, or something behind it; a backslash may only"
            ' stand in double quotes, before \\ or "'
        )
    if _COMMENT_BEHIND.search(value) or value.startswith("#"):
        raise ValueError(
            f"{name} has a # behind or before its value: a comment needs a line of its own; if it"
            f" belongs to the value, {_QUOTES_HELP}"
        )
    if value and not _PLAIN.fullmatch(value):
        raise ValueError(f"{name} holds a backslash; put it in double quotes and write it twice")
    return value
