"""Absolute addresses of the site; their paths are made in `kb.addresses`."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from kb.config import LOCAL_HOSTS, Config

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def absolute(config: Config, path: str) -> str:
    """Put `path` at the site's public address, or at the requested one when none is configured."""
    return origin(config) + path


def origin(config: Config) -> str:
    """Scheme, host and port of the site: those of KB_PUBLIC_URL, else the requested host.

    Not its port: whoever writes a Host header chooses it, and caches would keep what they chose.
    It is the port we listen on, and the scheme's own behind a proxy. Only this machine's own names,
    which mean something to whoever asks and to nobody else, keep theirs.
    """
    if config.public_url:
        return config.public_url.rstrip("/")
    if request.host.partition(":")[0] in LOCAL_HOSTS or request.host.startswith("[::1]"):
        return request.host_url.rstrip("/")
    name = (urlsplit(f"//{request.host}").hostname or "").removesuffix(".")
    host = f"[{name}]" if ":" in name else name
    own = _DEFAULT_PORTS[request.scheme]
    port = own if config.trusted_proxies else request.environ.get("SERVER_PORT", own)
    return f"{request.scheme}://{host}" + ("" if port == own else f":{port}")
