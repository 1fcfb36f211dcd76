"""Absolute addresses of the site; their paths are made in `kb.addresses`."""

from __future__ import annotations

from flask import request

from kb.config import Config


def absolute(config: Config, path: str) -> str:
    """Put `path` at the site's public address, or at the requested one when none is configured."""
    return (config.public_url or request.host_url).rstrip("/") + path
