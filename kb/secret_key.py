"""The key that signs cookies and seals contacts: given by the operator, or made once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kb.config import Config
from kb.errors import BadConfig
from kb.setting_types import MIN_SECRET_CHARS


def load_secret_key(config: Config) -> str:
    """Return the signing key, making `secret_key` in the data folder (mode 0600) on first use."""
    if config.secret_key:
        return config.secret_key
    path = config.data_dir / "secret_key"
    try:
        return _checked_key(path)
    except FileNotFoundError:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", encoding="ascii", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # another process made it first
    return _checked_key(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _checked_key(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if len(key) < MIN_SECRET_CHARS:
        raise BadConfig(f"{path} holds a key that is too short; delete the file to have one made")
    return key
