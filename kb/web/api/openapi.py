"""The contract of the API for machines: OpenAPI 3.1, from the models that read and write it.

Only routes under /api/v1. What people should know besides is in docs/api.md.
"""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from kb.config import Config
from kb.web.api import agent_schemas, handoff_schemas, schemas, suggest_schemas
from kb.web.http.problems import KINDS
from kb.web.http.rate_limits import POLICIES

JsonObject = dict[str, Any]

V1 = "/api/v1"
PROBLEM = "application/problem+json"
JSON = "application/json"

EVERYWHERE = ("bad_request", "body_too_large", "internal_error", "search_unavailable")
"""Codes of requests that never reach a view, of faults, and of a site without an index."""

KEYED = (
    "key_missing",
    "key_invalid",
    "origin_not_allowed",
    "scope_missing",
    "secret_key_in_browser",
)
POSTED = ("malformed_json", "unsupported_media_type", "validation_failed", "rate_limited")

Credential = Literal["any", "secret"]
"""A publishable key or a secret one; a secret one alone."""

BEACON = "The same JSON may come as text/plain, which needs no preflight."
DESCRIPTION = (
    "Within v1 only additions happen: ignore fields and enum values you do not know; an unknown"
    " `decision.action` means `handoff`. Unknown parameters and fields of a request are ignored,"
    " of a repeated parameter the first counts, and null means absent. Requests that are not"
    " valid HTTP, or whose headers are too large, are refused with further statuses of 4xx and"
    " 5xx in the shape of `Problem`."
)


@dataclass(frozen=True)
class Operation:
    """One route: the models it reads and answers with, and the codes of `KINDS` it can end with."""

    path: str
    name: str
    summary: str
    answer: type[schemas.Outgoing]
    asked: type[schemas.Query] | None = None
    body: type[schemas.Incoming] | None = None
    codes: Sequence[str] = ()
    policies: Sequence[str] = ()
    has_redirect: bool = False
    status: int = 200
    credential: Credential | None = None
    is_idempotent_by_key: bool = False
    is_cached: bool = True
    is_beacon: bool = False
    """Its body may also come as text/plain, which a schema cannot say."""

    @property
    def method(self) -> Literal["get", "post"]:
        return "post" if self.body else "get"


OPERATIONS = (
    Operation("/site", "getSite", "Name, languages, features, contact", schemas.SiteOut),
    Operation(
        "/categories",
        "listCategories",
        "Sections with their categories",
        schemas.CategoryTree,
        asked=schemas.LocaleQuery,
        codes=("validation_failed",),
    ),
    Operation(
        "/articles",
        "listArticles",
        "Articles in one language, the latest changed first",
        schemas.ArticleList,
        asked=schemas.ArticlesQuery,
        codes=("validation_failed",),
    ),
    Operation(
        "/articles/{article}",
        "getArticle",
        "One article by id or slug",
        schemas.ArticleFull,
        asked=schemas.ArticleQuery,
        codes=("not_found", "article_removed", "validation_failed"),
        has_redirect=True,
    ),
    Operation(
        "/articles/{article}/related",
        "listRelatedArticles",
        "What the author named, then neighbours",
        schemas.RelatedList,
        asked=schemas.RelatedQuery,
        codes=("not_found", "article_removed", "validation_failed"),
    ),
    Operation(
        "/search",
        "search",
        "Articles with the passage that answers best",
        schemas.SearchResponse,
        asked=schemas.SearchQuery,
        codes=("validation_failed", "rate_limited"),
        policies=("search",),
    ),
    Operation(
        "/autocomplete",
        "complete",
        "Titles, headings and questions, while typing",
        schemas.AutocompleteResponse,
        asked=schemas.AutocompleteQuery,
        codes=("validation_failed", "rate_limited"),
        policies=("autocomplete",),
    ),
    Operation(
        "/suggest",
        "suggest",
        "What to do with a customer's message before a person is called",
        suggest_schemas.SuggestResponse,
        body=suggest_schemas.SuggestRequest,
        codes=(*KEYED, *POSTED),
        policies=("suggest", "suggest-key"),
        credential="any",
    ),
    Operation(
        "/feedback",
        "giveFeedback",
        "Whether an article of a suggestion helped",
        handoff_schemas.FeedbackResponse,
        body=handoff_schemas.FeedbackRequest,
        codes=(*KEYED, *POSTED, "token_invalid", "token_expired", "unavailable"),
        policies=("feedback",),
        credential="any",
    ),
    Operation(
        "/events",
        "recordEvents",
        "What the customer did; for navigator.sendBeacon",
        handoff_schemas.EventsResponse,
        body=handoff_schemas.EventsRequest,
        codes=(*KEYED, *POSTED, "unavailable"),
        policies=("events",),
        status=202,
        credential="any",
        is_beacon=True,
    ),
    Operation(
        "/handoffs",
        "makeHandoff",
        "Call a person, who then sees all that was tried",
        handoff_schemas.HandoffResponse,
        body=handoff_schemas.HandoffRequest,
        codes=(
            *KEYED,
            *POSTED,
            "token_invalid",
            "token_expired",
            "idempotency_key_missing",
            "idempotency_key_reused",
            "request_in_progress",
            "handoff_already_made",
            "consent_required",
            "handoff_unavailable",
            "unavailable",
        ),
        policies=("handoff",),
        status=201,
        credential="any",
        is_idempotent_by_key=True,
    ),
    Operation(
        "/handoffs/status",
        "getHandoffStatus",
        "What became of a hand-off",
        handoff_schemas.StatusResponse,
        body=handoff_schemas.StatusRequest,
        codes=(*KEYED, *POSTED, "token_invalid", "token_expired", "not_found", "unavailable"),
        policies=("handoff-status",),
        credential="any",
    ),
    Operation(
        "/widget/config",
        "getWidgetConfig",
        "What a widget shows before anything was asked",
        handoff_schemas.WidgetConfig,
        asked=handoff_schemas.WidgetQuery,
        codes=("key_missing", "key_invalid", "origin_not_allowed", "secret_key_in_browser"),
    ),
    Operation(
        "/agent/search",
        "searchForAgents",
        "Public and internal articles, for plug-ins of help desks",
        agent_schemas.AgentSearchResponse,
        asked=agent_schemas.AgentSearchQuery,
        codes=(
            *("key_missing", "key_invalid", "scope_missing", "secret_key_in_browser"),
            *("validation_failed", "rate_limited", "unavailable"),
        ),
        policies=("agent",),
        credential="secret",
        is_cached=False,
    ),
)


class FieldFault(BaseModel):
    """`pointer` is a JSON pointer into the body, or "/name" of a parameter."""

    pointer: str
    code: Literal[
        "required",
        "too_short",
        "too_long",
        "out_of_range",
        "wrong_type",
        "unknown_value",
        "invalid_value",
    ]
    detail: str


def as_json(config: Config) -> str:
    """The document of a site; made once."""
    return _as_json(config.languages, config.public_url.rstrip("/"))


@functools.lru_cache(maxsize=8)
def _as_json(languages: tuple[str, ...], public_url: str) -> str:
    return json.dumps(document(languages, public_url), ensure_ascii=False)


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
        "webhooks": {"handoff.created": _webhook(handoff_schemas.HandoffEvent)},
        "components": {
            "schemas": _schemas(),
            "responses": {_problem_name(status): _problem(status) for status in _statuses(KINDS)},
            "headers": _HEADERS,
            "securitySchemes": _SECURITY_SCHEMES,
        },
        "security": [],
        "tags": [{"name": tag} for tag in dict.fromkeys(map(_tag, OPERATIONS))],
    }


def _operation(operation: Operation, languages: Sequence[str]) -> JsonObject:
    parts: JsonObject = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [_tag(operation)],
    }
    if operation.credential:
        kinds = ("secretKey",) if operation.credential == "secret" else tuple(_SECURITY_SCHEMES)
        parts["security"] = [{kind: []} for kind in kinds]
    parameters = [*_path_parameters(operation), *_query_parameters(operation, languages)]
    if operation.is_idempotent_by_key:
        parameters.append(dict(_IDEMPOTENCY_KEY))
    if parameters:
        parts["parameters"] = parameters
    if operation.body:
        content = {JSON: {"schema": _reference(operation.body)}}
        parts["requestBody"] = {"required": True, "content": content}
    described = [*map(_limits, operation.policies), *([BEACON] if operation.is_beacon else [])]
    if described:
        parts["description"] = " ".join(described)
    return parts | {"responses": _responses(operation)}


def _webhook(event: type[schemas.Outgoing]) -> JsonObject:
    """What is sent to KB_WEBHOOK_URL."""
    content = {JSON: {"schema": _reference(event)}}
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


def _path_parameters(operation: Operation) -> list[JsonObject]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": "`art_k2m7p`, `k2m7p` or a slug.",
            "schema": {"type": "string", "minLength": 1},
        }
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _query_parameters(operation: Operation, languages: Sequence[str]) -> list[JsonObject]:
    if operation.asked is None:
        return []
    properties = operation.asked.model_json_schema(schema_generator=_Generator)["properties"]
    return [_query_parameter(name, schema, languages) for name, schema in properties.items()]


def _query_parameter(name: str, schema: JsonObject, languages: Sequence[str]) -> JsonObject:
    schema = _without_null(schema)
    parameter = {"name": name, "in": "query", "required": False}
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    if name == "locale":
        schema["pattern"] = locale_pattern(languages)
    return parameter | {"schema": schema}


def _without_null(schema: JsonObject) -> JsonObject:
    """An address cannot say null: there, a parameter is absent."""
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            rest |= choice
    if rest.get("default", "") is None:
        del rest["default"]
    return rest


def locale_pattern(languages: Sequence[str]) -> str:
    """An ECMA-262 pattern of the locales that are answered: `en`, `EN`, `en-GB`, ``."""
    return "|".join(["^$", *(f"^{_any_case(code)}{_ending(code)}" for code in languages)])


def _any_case(code: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in code)


def _ending(code: str) -> str:
    """A language may be followed by any region, unless it has one itself."""
    return "$" if "-" in code else "([-_]|$)"


def _limits(group: str) -> str:
    policies = (f"{policy.quota} in {policy.window_s} s" for policy in POLICIES[group])
    whom = "key" if any(policy.is_per_key for policy in POLICIES[group]) else "client"
    return f"At most {' and '.join(policies)} for one {whom}."


def _tag(operation: Operation) -> str:
    return "Agents" if operation.credential == "secret" else _TAGS.get(operation.name, "Reading")


def _responses(operation: Operation) -> JsonObject:
    names = ["X-Request-Id"]
    names += ["RateLimit", "RateLimit-Policy"] if operation.policies else []
    names += ["ETag"] if operation.method == "get" and operation.is_cached else []
    good = {
        "description": operation.summary,
        "headers": _header_references(names),
        "content": {JSON: {"schema": _reference(operation.answer)}},
    }
    responses: JsonObject = {str(operation.status): good}
    if operation.has_redirect:
        responses["301"] = {
            "description": "A former slug: the article's present address",
            "headers": _header_references(["Location"]),
        }
    if operation.method == "get" and operation.is_cached:
        responses["304"] = {"description": "Unchanged since the ETag of If-None-Match"}
    for status in _statuses((*EVERYWHERE, *operation.codes)):
        responses[str(status)] = {"$ref": f"#/components/responses/{_problem_name(status)}"}
    return dict(sorted(responses.items()))


def _header_references(names: Iterable[str]) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _statuses(codes: Iterable[str]) -> list[int]:
    return sorted({KINDS[code].status for code in codes})


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem(status: int) -> JsonObject:
    """The response of a status, with the codes that come with it."""
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    narrowed = {"status": {"const": status}, "code": {"enum": [kind.code for kind in kinds]}}
    reference = {"$ref": "#/components/schemas/Problem"}
    content: JsonObject = {PROBLEM: {"schema": {"allOf": [reference, {"properties": narrowed}]}}}
    if status == 400:  # a Host that is not ours is told nothing in detail
        content["text/plain"] = {"schema": {"type": "string"}}
    response: JsonObject = {
        "description": " Or: ".join(f"`{kind.code}`: {kind.title}." for kind in kinds),
        "content": content,
    }
    if status in (429, 503):
        response["headers"] = _header_references(["Retry-After"])
    return response


def _schemas() -> JsonObject:
    """Components by name: bodies as they are read, answers as they are written."""
    read = [(one.body, "validation") for one in OPERATIONS if one.body]
    written = [(one.answer, "serialization") for one in OPERATIONS]
    others = [(FieldFault, "serialization"), (handoff_schemas.HandoffEvent, "serialization")]
    models: Any = [*read, *written, *others]
    _, definitions = models_json_schema(
        models, ref_template="#/components/schemas/{model}", schema_generator=_Generator
    )
    found: JsonObject = definitions["$defs"]
    for schema in found.values():
        del schema["title"]
        # We send no other fields today; clients must take those that come.
        schema.pop("additionalProperties", None)
    for model in schemas.Incoming.__subclasses__():
        if model.__name__ in found:
            _allow_nulls(found[model.__name__])
    return dict(sorted((found | {"Problem": _PROBLEM_SCHEMA}).items()))


def _allow_nulls(schema: JsonObject) -> None:
    """Null means absent, so it is allowed where a field may be absent."""
    required = schema.get("required", ())
    for name, item in schema["properties"].items():
        if name in required or {"type": "null"} in item.get("anyOf", ()):
            continue
        if "$ref" in item:
            schema["properties"][name] = {"anyOf": [item, {"type": "null"}]}
        else:
            item["type"] = [item["type"], "null"]


def _reference(model: type[BaseModel]) -> JsonObject:
    return {"$ref": f"#/components/schemas/{_public_name(model.__name__)}"}


def _public_name(name: str) -> str:
    """Our names tell incoming from outgoing models; for clients there is but one of each."""
    return name.removesuffix("Out")


class _Generator(GenerateJsonSchema):
    """Without titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def normalize_name(self, name: str) -> str:
        return _public_name(super().normalize_name(name))


_PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "enum": sorted(KINDS)},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldFault"}},
        "violated-policies": {"type": "array", "items": {"type": "string"}},
    },
}

_HEADERS: Mapping[str, Any] = {
    "ETag": {"schema": {"type": "string"}},
    "Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}},
    "RateLimit": {"schema": {"type": "string"}},
    "RateLimit-Policy": {"schema": {"type": "string"}},
    "Retry-After": {
        "required": True,
        "description": "Seconds.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-Request-Id": {"required": True, "schema": {"type": "string", "pattern": "^req_"}},
}

_IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID for every new request, the same one for every repetition.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
}

_SECURITY_SCHEMES: Mapping[str, Any] = {
    "publishableKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "`pk_…`, for pages of the origins that the key names.",
    },
    "secretKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "`sk_…` with the scope that the operation needs; refused with an Origin.",
    },
}

_TAGS: Mapping[str, str] = {
    "suggest": "Customers",
    "giveFeedback": "Customers",
    "recordEvents": "Customers",
    "makeHandoff": "Customers",
    "getHandoffStatus": "Customers",
    "getWidgetConfig": "Customers",
}
