"""The contract for people: what the page of the API's documentation shows. Data only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from kb.config import Config
from kb.web.api.openapi.document import JSON
from kb.web.http.problem_kinds import KINDS
from kb.web.layout.contexts import Frame
from kb.web.layout.frame import frame
from kb.web.layout.locale import preferred_language

MAX_DEPTH = 3
"""Levels of nested objects that are spelled out."""


@dataclass(frozen=True)
class Run:
    """A stretch of a sentence; code stands between backticks in the contract."""

    text: str
    is_code: bool


Prose = tuple[Run, ...]


@dataclass(frozen=True)
class Field:
    """A field or parameter; `path` names it from the top: `decision.action`."""

    path: str
    type: str
    is_required: bool
    meaning: Prose


@dataclass(frozen=True)
class ProblemRow:
    """An error an operation can end with."""

    status: int
    code: str
    meaning: Prose


@dataclass(frozen=True)
class OperationEntry:
    """One operation as it is read."""

    id: str
    method: str
    path: str
    summary: str
    description: Prose
    keys: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    status: int
    answer: tuple[Field, ...]
    faults: tuple[ProblemRow, ...]


@dataclass(frozen=True)
class OperationGroup:
    title: str
    operations: tuple[OperationEntry, ...]


@dataclass(frozen=True)
class ApiDocsPage:
    frame: Frame
    introduction: Prose
    document_url: str
    groups: tuple[OperationGroup, ...]
    faults: tuple[ProblemRow, ...]
    """Every code, for looking up."""


def docs_page(config: Config, document: Mapping[str, Any]) -> ApiDocsPage:
    """The page for a document as `kb.web.api.openapi.document.document` makes it."""
    entries: dict[str, list[OperationEntry]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            entry = _entry(document, path, method, operation)
            entries[operation["tags"][0]].append(entry)
    lang = preferred_language(config.languages)
    return ApiDocsPage(
        frame=frame(config, lang, title="API", is_indexable=False),
        introduction=_prose(document["info"]["description"]),
        document_url=url_for("api.contract"),
        groups=tuple(OperationGroup(title, tuple(found)) for title, found in entries.items()),
        faults=tuple(_fault(code) for code in KINDS),
    )


def _entry(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> OperationEntry:
    good = next(status for status in operation["responses"] if status.startswith("2"))
    body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    answer = operation["responses"][good]["content"][JSON]["schema"]
    return OperationEntry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=_prose(operation.get("description", "")),
        keys=tuple(kind for one in operation.get("security", ()) for kind in one),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        body=tuple(_fields(document, body)) if body else (),
        status=int(good),
        answer=tuple(_fields(document, answer)),
        faults=tuple(_faults(document, operation)),
    )


def _parameter(parameter: Mapping[str, Any]) -> Field:
    schema = parameter["schema"]
    place = "" if parameter["in"] == "query" else f" ({parameter['in']})"
    meaning = parameter.get("description", schema.get("description", ""))
    return Field(parameter["name"] + place, _type(schema), parameter["required"], _prose(meaning))


def _faults(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[ProblemRow]:
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            content = _resolved(document, response)["content"]["application/problem+json"]
            _, narrowed = _resolved(document, content["schema"])["allOf"]
            yield from map(_fault, narrowed["properties"]["code"]["enum"])


def _fault(code: str) -> ProblemRow:
    kind = KINDS[code]
    return ProblemRow(kind.status, kind.code, _prose(kind.meaning))


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[Field]:
    """Fields of an object and of the objects in it, in the order they are sent."""
    schema = _resolved(document, schema)
    for name, item in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        inner = _inner(document, item)
        is_required = name in schema.get("required", ())
        meaning = item.get("description") or (inner or {}).get("description", "")
        yield Field(path, _type(item), is_required, _prose(meaning))
        if inner and depth < MAX_DEPTH:
            suffix = "[]." if _is_list(item) else "."
            yield from _fields(document, inner, path + suffix, depth + 1)


def _inner(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object that a field holds or lists, if it is one of ours."""
    for choice in (schema, *schema.get("anyOf", ())):
        if "$ref" in choice:
            return _resolved(document, choice)
        if "$ref" in choice.get("items", {}):
            return _resolved(document, choice["items"])
    return None


def _prose(text: str) -> Prose:
    return tuple(Run(part, bool(n % 2)) for n, part in enumerate(text.split("`")) if part)


def _is_list(schema: Mapping[str, Any]) -> bool:
    return any("items" in choice for choice in (schema, *schema.get("anyOf", ())))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    place: Any = schema
    while "$ref" in place:
        parts: Sequence[str] = place["$ref"].removeprefix("#/").split("/")
        place = document
        for part in parts:
            place = place[part]
    found: Mapping[str, Any] = place
    return found


def _type(schema: Mapping[str, Any]) -> str:
    """In a few words: `text, at most 2000`, `one of faq, guides`, `list of objects`, `or null`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(choice) for choice in schema["anyOf"]))
    if "$ref" in schema:
        return "object"
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return "one of " + ", ".join(json.dumps(value).strip('"') for value in values)
    kinds = schema.get("type", "any")
    return " or ".join(
        _bounded(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)
    )


_NAMES = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def _bounded(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_type(schema.get('items', {}))}{most}"
    name = "time" if schema.get("format") == "date-time" else _NAMES.get(kind, kind)
    least, most = (
        schema.get("minLength", schema.get("minimum")),
        schema.get("maxLength", schema.get("maximum")),
    )
    if kind in ("string", "integer") and most is not None:
        return f"{name}, {least} to {most}" if least else f"{name}, at most {most}"
    return name
