"""Ids that nobody can guess, for what the site hands out and keeps."""

from __future__ import annotations

import secrets


def new_id(prefix: str) -> str:
    """Make an id of `prefix` and 16 hex digits."""
    return f"{prefix}_{secrets.token_hex(8)}"
