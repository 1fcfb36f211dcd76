"""One log line and one count a request, under an id of our own. Never an address of a client,
never a query: the route is logged as its rule, without what filled it in."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from kb.catalog.finder import ArticleResults
from kb.web.http.metrics import Metrics
from kb.web.services import services

log = structlog.get_logger("request")

HEADER = "X-Request-Id"
_EXTENSION = "otvet_metrics"
_ID_BYTES = 10
_QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})


def install(app: Flask, metrics: Metrics) -> None:
    """Time, name and count requests. Install first: it must see the finished response."""
    app.extensions[_EXTENSION] = metrics
    app.before_request(_begin)
    app.after_request(_end)


def metrics() -> Metrics:
    """Those of the current application."""
    return metrics_of(current_app)


def metrics_of(app: Flask) -> Metrics:
    return cast(Metrics, app.extensions[_EXTENSION])


def route_of(app: Flask, path: str) -> str:
    """The rule that a path belongs to, whatever the method; "-" for none."""
    routes = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        with suppress(HTTPException):
            rule, _ = routes.match(path, method, return_rule=True)
            return rule.rule
    return "-"


def request_id() -> str:
    """The current request's id, made here: one sent by a client is not looked at."""
    if "request_id" not in g:
        g.request_id = f"req_{secrets.token_hex(_ID_BYTES)}"
    return cast(str, g.request_id)


def note_search(findings: ArticleResults, *, kind: str) -> None:
    """Count a search of `kind` (page, api, suggest) and log with the request if it was degraded."""
    g.is_degraded = findings.is_degraded
    metrics().count_search(kind, is_degraded=findings.is_degraded)
    metrics().count_stage(findings.results.stage)
    # Here, because each process knows only its own encoder and any of them may be asked.
    metrics().follow_encoder(services().library.encoder_state())
    metrics().follow_reader(services().library.reader_state())


def _begin() -> None:
    g.started = time.perf_counter()
    request_id()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    duration_s = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "-"
    metrics().observe_request(_method(), route, response.status_code, duration_s)
    write = log.debug if route in _QUIET_ROUTES else log.info
    write(
        "request",
        method=_method(),
        route=route,
        status=response.status_code,
        duration_ms=round(duration_s * 1000, 1),
        bytes=response.calculate_content_length(),
        request_id=request_id(),
        degraded=g.get("is_degraded", False),
    )
    return response


def _method() -> str:
    """Known methods only: a client could otherwise make up labels without end."""
    known = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
    return request.method if request.method in known else "OTHER"
