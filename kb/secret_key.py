"""The keys that sign cookies and seal contacts: given by the operator, or made once."""

from __future__ import annotations

import fcntl
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from kb.config import Config, read_secret_file
from kb.errors import BadConfig
from kb.setting_types import MIN_SECRET_CHARS


@dataclass(frozen=True)
class SecretKeys:
    """The key in use, and during a rotation the one before it; `previous` is "" otherwise."""

    current: str = field(repr=False)
    previous: str = field(default="", repr=False)


def load_secret_keys(config: Config) -> SecretKeys:
    """The keys of this site; see `load_secret_key`. Raises BadConfig."""
    current = load_secret_key(config)
    previous = config.secret_key_previous or _made_before(config)
    return SecretKeys(current, "" if previous == current else previous)


def find_secret_keys(config: Config) -> SecretKeys | None:
    """The keys that are there already; None where the next `load_secret_keys` would make one."""
    is_there = config.secret_key or _holds_something(key_file(config))
    return load_secret_keys(config) if is_there else None


def load_secret_key(config: Config) -> str:
    """Return the key in use, making `secret_key` in the data folder (mode 0600) on first use.

    Raises BadConfig for a file that others can write, or that holds too short a key, and where
    none can be made.
    """
    if config.secret_key:
        return config.secret_key
    path = key_file(config)
    if not _holds_something(path):
        try:
            config.data_dir.mkdir(parents=True, exist_ok=True)
            _make(path)
        except OSError as error:
            raise BadConfig(
                f"no secret key can be made in KB_DATA_DIR {config.data_dir}: {error.strerror}"
            ) from error
    return _checked_key(path)


def copy_keys(keys: SecretKeys, path: Path) -> None:
    """Put the key in use into a file (mode 0600), the previous one into `….previous` beside it.

    Raises BadConfig for a file that is there and holds something else, and OSError.
    """
    previous = path.with_name(f"{path.name}.previous")
    wanted = {path: keys.current} | ({previous: keys.previous} if keys.previous else {})
    for file, key in wanted.items():
        if _holds_something(file) and file.read_text("utf-8", errors="replace").strip() != key:
            raise BadConfig(f"{file} is there and holds another; name another file")
    for file, key in wanted.items():
        _write_whole(file, key)


def new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def key_file(config: Config) -> Path:
    """The file of the key that is made by itself."""
    return config.data_dir / "secret_key"


def replace_made_key(config: Config) -> None:
    """Make a new key in the data folder; the one in use stays beside it as the previous.

    Whenever this is interrupted, the key in use is still in one of the two files.
    """
    path = key_file(config)
    _write_whole(previous_key_file(config), load_secret_key(config))
    _write_whole(path, new_secret_key())


def previous_key_file(config: Config) -> Path:
    return config.data_dir / "secret_key.previous"


def _made_before(config: Config) -> str:
    if config.secret_key:
        return ""
    try:
        return _checked_key(previous_key_file(config))
    except FileNotFoundError:
        return ""


def _holds_something(path: Path) -> bool:
    """False for an empty file, too: its process was killed, or is about to write."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _make(path: Path) -> None:
    """Write a new key, unless another process does; on the disk when this returns."""
    with open(path, "a+", encoding="ascii", opener=_private) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not file.read():
            file.write(new_secret_key())
            file.flush()
            os.fsync(file.fileno())
    _sync_folder(path.parent)


def _write_whole(path: Path, key: str) -> None:
    """Put a key into a file so that, whatever happens, it holds the old one or the new one."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with open(beside, "x", encoding="ascii", opener=_private) as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _checked_key(path: Path) -> str:
    try:
        key = read_secret_file(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error.strerror}") from error
    if len(key) < MIN_SECRET_CHARS:
        raise BadConfig(f"{path} holds a key that is too short; delete the file to have one made")
    return key
