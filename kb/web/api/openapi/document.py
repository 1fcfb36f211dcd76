"""The contract of the API for machines: OpenAPI 3.1, from the models that read and write it.

Only routes under /api/v1. What people should know besides is in docs/api.md.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from kb.config import Config
from kb.web.api.openapi.components import (
    SECURITY_SCHEMES,
    JsonObject,
    components,
    header_references,
    problem_name,
    reference,
    statuses,
)
from kb.web.api.openapi.operations import OPERATIONS, Operation, tag
from kb.web.api.openapi.parameters import path_parameters, query_parameters
from kb.web.api.schemas.base import Outgoing
from kb.web.api.schemas.handoffs import HandoffEvent
from kb.web.http.rate_limits import POLICIES

V1 = "/api/v1"
JSON = "application/json"

EVERYWHERE = ("bad_request", "body_too_large", "internal_error", "search_unavailable")
"""Codes of requests that never reach a view, of faults, and of a site without an index."""

BEACON = "The same JSON may come as text/plain, which needs no preflight."
DESCRIPTION = (
    "Within v1 only additions happen: ignore fields and enum values you do not know; an unknown"
    " `decision.action` means `handoff`. Unknown parameters and fields of a request are ignored,"
    " of a repeated parameter the first counts, and null means absent. Requests that are not"
    " valid HTTP, or whose headers are too large, are refused with further statuses of 4xx and"
    " 5xx in the shape of `Problem`."
)


def as_json(config: Config) -> str:
    """The document of a site; made once."""
    return _as_json(config.languages, config.public_url.rstrip("/"))


@functools.lru_cache(maxsize=8)
def _as_json(languages: tuple[str, ...], public_url: str) -> str:
    return json.dumps(document(languages, public_url), ensure_ascii=False, separators=(",", ":"))


def document(languages: Sequence[str], public_url: str = "") -> JsonObject:
    """The document as plain data, new for each call."""
    paths: defaultdict[str, JsonObject] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[V1 + operation.path][operation.method] = _operation(operation, languages)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Otvet", "version": "1", "description": DESCRIPTION},
        **({"servers": [{"url": public_url}]} if public_url else {}),
        "paths": dict(paths),
        "webhooks": {"handoff.created": _webhook(HandoffEvent)},
        "components": components(),
        "security": [],
        "tags": [{"name": name} for name in dict.fromkeys(map(tag, OPERATIONS))],
    }


def _operation(operation: Operation, languages: Sequence[str]) -> JsonObject:
    parts: JsonObject = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [tag(operation)],
    }
    if operation.credential:
        kinds = ("secretKey",) if operation.credential == "secret" else tuple(SECURITY_SCHEMES)
        parts["security"] = [{kind: []} for kind in kinds]
    parameters = [*path_parameters(operation), *query_parameters(operation, languages)]
    if operation.is_idempotent_by_key:
        parameters.append(dict(_IDEMPOTENCY_KEY))
    if parameters:
        parts["parameters"] = parameters
    if operation.body:
        content = {JSON: {"schema": reference(operation.body)}}
        parts["requestBody"] = {"required": True, "content": content}
    described = [*map(_limits, operation.policies), *([BEACON] if operation.is_beacon else [])]
    if described:
        parts["description"] = " ".join(described)
    return parts | {"responses": _responses(operation)}


def _webhook(event: type[Outgoing]) -> JsonObject:
    """The request that is sent to KB_WEBHOOK_URL."""
    content = {JSON: {"schema": reference(event)}}
    accepted = {"200": {"description": "Taken; may hold external_id, url, online."}}
    summary = "A customer needs a person; signed by Standard Webhooks"
    return {
        "post": {
            "operationId": "onHandoffCreated",
            "summary": summary,
            "requestBody": {"required": True, "content": content},
            "responses": accepted,
        }
    }


def _limits(group: str) -> str:
    policies = (f"{policy.quota} in {policy.window_s} s" for policy in POLICIES[group])
    if any(policy.is_per_key for policy in POLICIES[group]):
        return f"At most {' and '.join(policies)} for a secret key; a public one is shared fairly."
    return f"At most {' and '.join(policies)} for one client."


def _responses(operation: Operation) -> JsonObject:
    names = ["X-Request-Id"]
    names += ["RateLimit", "RateLimit-Policy"] if operation.policies else []
    names += ["ETag"] if operation.method == "get" and operation.is_cached else []
    good = {
        "description": operation.summary,
        "headers": header_references(names),
        "content": {JSON: {"schema": reference(operation.answer)}},
    }
    responses: JsonObject = {str(operation.status): good}
    if operation.has_redirect:
        responses["301"] = {
            "description": "A former slug: the article's present address",
            "headers": header_references(["Location"]),
        }
    if operation.method == "get" and operation.is_cached:
        responses["304"] = {"description": "Unchanged since the ETag of If-None-Match"}
    for status in statuses((*EVERYWHERE, *operation.codes)):
        responses[str(status)] = {"$ref": f"#/components/responses/{problem_name(status)}"}
    return dict(sorted(responses.items()))


_IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID for every new request, the same one for every repetition.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
}
