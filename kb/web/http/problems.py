"""Errors as clients see them: problem+json (RFC 9457) under /api, a page everywhere else.

No error tells more than its code, a sentence and the id under which the log has the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, json, request
from flask.globals import request_ctx
from werkzeug.exceptions import Gone, HTTPException, NotFound
from werkzeug.routing import RoutingException
from werkzeug.wrappers import Response as BaseResponse

from kb.errors import DatabaseUnavailable
from kb.web.http.old_addresses import listed_redirect
from kb.web.http.problem_kinds import KINDS
from kb.web.http.rate_limits import LimitExceeded
from kb.web.http.request_log import metrics, request_id
from kb.web.http.security import UntrustedHost
from kb.web.layout.addresses import origin
from kb.web.layout.errors import error_response
from kb.web.services import services
from search.errors import IndexMissing

log = logging.getLogger(__name__)

QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"
RETRY_AFTER_S = 5
"""For what mends itself: the first index appears, the database comes back."""


_BY_STATUS = {
    400: "bad_request",
    401: "key_missing",
    403: "origin_not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "request_in_progress",
    410: "article_removed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    429: "rate_limited",
    503: "unavailable",
}


@dataclass(frozen=True)
class FieldError:
    """A fault in one field; `pointer` is a JSON pointer, or "/name" of a parameter."""

    pointer: str
    code: str
    detail: str


class ApiProblem(Exception):
    """Ends an API request with the problem of `code`; `detail` is for developers, in English."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def install(app: Flask) -> None:
    """Answer every error of `app` in one of the two shapes."""
    app.register_error_handler(ApiProblem, to_response)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(IndexMissing, _on_index_missing)
    app.register_error_handler(DatabaseUnavailable, _on_database_unavailable)
    app.before_request(_refuse_unknown_addresses)


def _refuse_unknown_addresses() -> None:
    """Answer 404 or 405 for what does not exist, whatever else would be wrong with the request."""
    if request.routing_exception is not None:
        raise request.routing_exception


def is_api_request() -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def to_response(problem: ApiProblem) -> Response:
    """The problem+json response; never cached."""
    metrics().count_problem(problem.kind.code)
    response = Response(
        json.dumps(_document(problem)),
        status=problem.kind.status,
        content_type="application/problem+json",
    )
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _document(problem: ApiProblem) -> dict[str, Any]:
    kind = problem.kind
    base = origin(services().config)
    is_quota = kind.code == "rate_limited"
    document: dict[str, Any] = {
        "type": QUOTA_EXCEEDED if is_quota else f"{base}/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail or kind.meaning,
        "instance": request.path,
        "code": kind.code,
        "request_id": request_id(),
    }
    if problem.errors:
        document["errors"] = [
            {"pointer": error.pointer, "code": error.code, "detail": error.detail}
            for error in problem.errors
        ]
    return document | problem.members


def _on_http_exception(error: HTTPException) -> BaseResponse:
    if isinstance(error, RoutingException):
        return error.get_response()  # a redirect
    if isinstance(error, UntrustedHost) or not _has_addresses():
        return _plain(error.code or 500)
    if is_api_request():
        return to_response(_from_http_exception(error))
    if isinstance(error, NotFound):
        try:
            if listed := listed_redirect():
                return listed
        except Gone as gone:
            error = gone
    status = error.code or 500
    return _page(_from_http_exception(error).kind.code, status, _retry_after_s(error))


def _from_http_exception(error: HTTPException) -> ApiProblem:
    status = error.code or 500
    code = _BY_STATUS.get(status, "bad_request" if status < 500 else "internal_error")
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    if (retry_after_s := _retry_after_s(error)) is not None:
        headers["Retry-After"] = str(retry_after_s)
    members = _quota_members(error) if isinstance(error, LimitExceeded) else {}
    return ApiProblem(code, headers=headers, members=members)


def _quota_members(error: LimitExceeded) -> dict[str, Any]:
    """An office behind one address may use up its hand-offs: its people can still write."""
    members: dict[str, Any] = {"violated-policies": [error.policy]}
    if error.policy.startswith("handoff") and services().config.contact_email:
        members["contact_email"] = services().config.contact_email
    return members


def _on_index_missing(error: IndexMissing) -> BaseResponse:
    log.error("no answer: %s", error)
    if is_api_request():
        return to_response(
            ApiProblem("search_unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})
        )
    return _page("search_unavailable", 503, RETRY_AFTER_S)


def _on_database_unavailable(error: DatabaseUnavailable) -> BaseResponse:
    log.error("not stored: %s", error)
    if is_api_request():
        return to_response(ApiProblem("unavailable", headers={"Retry-After": str(RETRY_AFTER_S)}))
    return _page("unavailable", 503, RETRY_AFTER_S)


def _retry_after_s(error: HTTPException) -> int | None:
    if isinstance(error, LimitExceeded):
        return error.retry_after_s
    value = getattr(error, "retry_after", None)
    if isinstance(value, int):
        return value
    return RETRY_AFTER_S if error.code == 503 else None


def _page(code: str, status: int, retry_after_s: int | None) -> BaseResponse:
    metrics().count_problem(code)
    return error_response(status, retry_after_s=retry_after_s)


def _has_addresses() -> bool:
    """False when not even the Host header could be read: then no page can be put together."""
    return request_ctx.url_adapter is not None


def _plain(status: int) -> Response:
    response = Response(f"{status}: this address is not served here.\n", status=status)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
