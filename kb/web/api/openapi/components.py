"""Components of the contract: models, problems, headers and credentials by their names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from kb.web.api.openapi.operations import OPERATIONS
from kb.web.api.schemas.base import Incoming
from kb.web.api.schemas.handoffs import HandoffEvent
from kb.web.http.problem_kinds import KINDS, ProblemKind

JsonObject = dict[str, Any]

PROBLEM = "application/problem+json"


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


def components() -> JsonObject:
    """All of them, new for each call."""
    return {
        "schemas": _schemas(),
        "responses": {problem_name(status): _problem(status) for status in statuses(KINDS)},
        "headers": _HEADERS,
        "securitySchemes": SECURITY_SCHEMES,
    }


def header_references(names: Iterable[str]) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def statuses(codes: Iterable[str]) -> list[int]:
    return sorted({KINDS[code].status for code in codes})


def problem_name(status: int) -> str:
    return f"Problem{status}"


def reference(model: type[BaseModel]) -> JsonObject:
    return {"$ref": f"#/components/schemas/{_public_name(model.__name__)}"}


def _problem(status: int) -> JsonObject:
    """The response of a status."""
    kinds = _kinds(status)
    schema = {"$ref": f"#/components/schemas/{problem_name(status)}"}
    content: JsonObject = {PROBLEM: {"schema": schema}}
    if status == 400:  # a Host that is not ours is told nothing in detail
        content["text/plain"] = {"schema": {"type": "string"}}
    response: JsonObject = {
        "description": " Or: ".join(f"`{kind.code}`: {kind.title}." for kind in kinds),
        "content": content,
    }
    if status in (429, 503):
        response["headers"] = header_references(["Retry-After"])
    return response


def _problem_schema(status: int) -> JsonObject:
    """`Problem` with the codes that come with a status.

    Named, so that generated clients have a class for each status, not for each operation too.
    Not `const`: generators merge an enum with Problem's integer, and no constant.
    """
    narrowed = {
        "status": {"type": "integer", "enum": [status]},
        "code": {"enum": [kind.code for kind in _kinds(status)]},
    }
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": narrowed}]}


def _kinds(status: int) -> list[ProblemKind]:
    return [kind for kind in KINDS.values() if kind.status == status]


def _schemas() -> JsonObject:
    """Components by name: bodies as they are read, answers as they are written."""
    read = [(one.body, "validation") for one in OPERATIONS if one.body]
    written = [(one.answer, "serialization") for one in OPERATIONS]
    others = [(FieldFault, "serialization"), (HandoffEvent, "serialization")]
    models: Any = [*read, *written, *others]
    _, definitions = models_json_schema(
        models, ref_template="#/components/schemas/{model}", schema_generator=Generator
    )
    found: JsonObject = definitions["$defs"]
    for schema in found.values():
        del schema["title"]
        # We send no other fields today; clients must take those that come.
        schema.pop("additionalProperties", None)
        _join_types(schema)
    for model in Incoming.__subclasses__():
        if model.__name__ in found:
            _allow_nulls(found[model.__name__])
            _say_defaults(found[model.__name__])
    problems = {problem_name(status): _problem_schema(status) for status in statuses(KINDS)}
    return dict(sorted((found | problems | {"Problem": _PROBLEM_SCHEMA}).items()))


def _allow_nulls(schema: JsonObject) -> None:
    """Null means absent, so it is allowed where a field may be absent."""
    required = schema.get("required", ())
    for name, item in schema["properties"].items():
        if name in required or {"type": "null"} in item.get("anyOf", ()):
            continue
        if isinstance(item.get("type"), list):
            continue
        if "$ref" in item:
            schema["properties"][name] = {"anyOf": [item, {"type": "null"}]}
        else:
            item["type"] = [item["type"], "null"]


def _join_types(schema: JsonObject) -> None:
    """Plain types with null as a list of types: the same in fewer bytes.

    An enum would have to name null too, and stays as it is.
    """
    for item in schema.get("properties", {}).values():
        match item.get("anyOf"):
            case [{"type": str() as name, **rest}, {"type": "null"}] if "enum" not in rest:
                del item["anyOf"]
                item.update({"type": [name, "null"], **rest, **item})


def _say_defaults(schema: JsonObject) -> None:
    """Defaults of what clients send, told in words.

    Generators of typed clients take a field with a `default` for one that is always there, which
    is true of what a server reads and wrong of what a client writes.
    """
    for item in schema["properties"].values():
        default = item.pop("default", None)
        if isinstance(default, bool | int | str):
            words = f"Default: {json.dumps(default)}."
            item["description"] = f"{item.get('description', '')} {words}".strip()
        for option in item.get("anyOf", ()):
            option.pop("default", None)  # of a reference


def _public_name(name: str) -> str:
    """Our names tell incoming from outgoing models; for clients there is but one of each."""
    return name.removesuffix("Out")


class Generator(GenerateJsonSchema):
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

SECURITY_SCHEMES: Mapping[str, Any] = {
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
