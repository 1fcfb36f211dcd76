"""The key of a request, and whether a page of its origin may use it.

Also CORS: browsers are told that a page may read the answer exactly when some key names its
origin. Credentials of browsers (cookies) are never allowed. See docs/api.md, "Keys".
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request

from kb.accounts.api_keys import DEMO_ID, ApiKey
from kb.errors import DatabaseUnavailable
from kb.web.http.problems import ApiProblem
from kb.web.services import services

PREFLIGHT_S = 7200
EXPOSED_HEADERS = "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, ETag"
ALLOWED_HEADERS = "authorization, content-type, idempotency-key"
MAX_KEY_CHARS = 200

OPEN_READS = ("/openapi.json",)
KEYED = (
    "/api/v1/suggest",
    "/api/v1/feedback",
    "/api/v1/events",
    "/api/v1/handoffs",
    "/api/v1/widget/config",
)
"""Requests that need a key; what lies below counts too."""
CLOSED = ("/api/v1/agent/",)
"""Never readable by a page of another origin."""


def require_key(scope: str) -> ApiKey:
    """A publishable key from a page it names, or a secret key with `scope`. Raises ApiProblem."""
    key = _bearer()
    return _of_server(key, scope) if key.is_secret else _of_page(key)


def require_secret_key(scope: str) -> ApiKey:
    """A secret key with `scope`, sent by a server. Raises ApiProblem."""
    key = _bearer()
    if not key.is_secret:
        raise ApiProblem("scope_missing", "a publishable key may not do this")
    return _of_server(key, scope)


def require_publishable_key(text: str | None) -> ApiKey:
    """The same for a key that came in the body or the address, as beacons have to send it."""
    key = _known(text)
    if key.is_secret:
        raise ApiProblem("secret_key_in_browser", "revoke this key: it has been in a page")
    return _of_page(key)


def require_known_origin() -> None:
    """The request is of a page that some key names, whichever its key is. Raises ApiProblem.

    For beacons, whose key stands in the body: nobody else's body is read at all.
    """
    origin = _page_origin()
    if origin is None or not services().keys.knows_origin(origin):
        raise ApiProblem("origin_not_allowed", "no key names the origin of this page")


def install(app: Flask) -> None:
    """Answer preflights and label responses under /api/v1."""

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or not _is_keyed():
            return None
        if not _origin_is_known():
            raise ApiProblem("origin_not_allowed")
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
        return response

    app.after_request(_label)


def _label(response: Response) -> Response:
    path = request.path
    is_api = path.startswith("/api/v1/") or path in OPEN_READS
    if not is_api or path.startswith(CLOSED):
        return response
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if not _is_keyed():
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    response.vary.add("Origin")
    if _origin_is_known():
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    return response


def _is_keyed() -> bool:
    return any(request.path == one or request.path.startswith(f"{one}/") for one in KEYED)


def _origin_is_known() -> bool:
    """Tell whether some key names the request's origin; asked once a request."""
    if "origin_is_known" not in g:
        origin = request.headers.get("Origin", "")
        try:
            g.origin_is_known = bool(origin) and services().keys.knows_origin(origin)
        except DatabaseUnavailable:
            g.origin_is_known = False
    return bool(g.origin_is_known)


def _bearer() -> ApiKey:
    header = request.headers.get("Authorization", "")
    scheme, _, text = header.partition(" ")
    if not text or scheme.lower() != "bearer":
        raise ApiProblem("key_missing", headers=_challenge())
    return _known(text.strip())


def _known(text: str | None) -> ApiKey:
    if not text:
        raise ApiProblem("key_missing", headers=_challenge())
    key = services().keys.find(text) if len(text) <= MAX_KEY_CHARS else None
    if key is None:
        raise ApiProblem("key_invalid", headers=_challenge())
    return key


def _of_server(key: ApiKey, scope: str) -> ApiKey:
    if "Origin" in request.headers:
        raise ApiProblem("secret_key_in_browser", "revoke this key: it has been in a page")
    if scope not in key.scopes:
        raise ApiProblem("scope_missing", f"the key needs the scope {scope}")
    return _used(key)


def _of_page(key: ApiKey) -> ApiKey:
    origin = _page_origin()
    if origin is None or not key.allows_origin(origin):
        raise ApiProblem("origin_not_allowed", "the key does not name the origin of this page")
    return _used(key)


def _used(key: ApiKey) -> ApiKey:
    """The key, noted as used now; the demo key is in no table."""
    if key.id != DEMO_ID:
        services().key_uses.note(key)
    return key


def _page_origin() -> str | None:
    origin = request.headers.get("Origin")
    if origin is None and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return request.host_url.rstrip("/")  # browsers leave it out of their own GETs
    return origin


def _challenge() -> dict[str, Any]:
    return {"WWW-Authenticate": "Bearer"}
