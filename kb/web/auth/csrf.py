"""State changes come from our own pages: a same-origin check instead of tokens in forms.

Browsers say where a request comes from, and pages cannot forge it: `Sec-Fetch-Site`, or `Origin`,
or `Referer` in old ones. So forms need no token, and pages can be cached. A page must not be
served with `Referrer-Policy: no-referrer`, which makes browsers hide the origin of its forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import Forbidden

from kb.config import Config

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_DEFAULT_PORTS = {"http": 80, "https": 443}

View = TypeVar("View", bound=Callable[..., Any])
Origin = tuple[str, str, int]


class CrossOriginRefused(Forbidden):
    """A state-changing request that did not come from a page of this site."""

    problem_code = "origin_not_allowed"
    description = "This request did not come from a page of this site."


def install(app: Flask, config: Config) -> None:
    """Refuse with 403 every request but GET, HEAD and OPTIONS that is not from our own pages.

    Views marked by `open_to_other_origins` are left out.
    """

    @app.before_request
    def refuse_other_origins() -> None:
        if request.method in SAFE_METHODS or _is_open(request.endpoint):
            return
        if not is_same_origin(request.headers, own=config.public_url or request.host_url):
            raise CrossOriginRefused


def open_to_other_origins(view: View) -> View:
    """Mark a view that reads no cookies and tells callers by a key instead."""
    view.is_open_to_other_origins = True  # type: ignore[attr-defined]
    return view


def is_same_origin(headers: Headers | Mapping[str, str], *, own: str) -> bool:
    """Tell whether a request with these headers came from a page at the address `own`.

    The first header present decides. None of the three: no, as no browser of the last ten years
    posts a form without any.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    for name in ("Origin", "Referer"):
        value = headers.get(name)
        if value is not None:
            return (origin := _origin(value)) is not None and origin == _origin(own)
    return False


def _is_open(endpoint: str | None) -> bool:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "is_open_to_other_origins", False)


def _origin(url: str) -> Origin | None:
    """Scheme, host and port, None for what has none, such as `null`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme]
