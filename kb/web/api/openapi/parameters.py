"""Parameters of an operation, as they stand in its path and its address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.web.api.openapi.components import Generator, JsonObject
from kb.web.api.openapi.operations import Operation


def path_parameters(operation: Operation) -> list[JsonObject]:
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


def query_parameters(operation: Operation, languages: Sequence[str]) -> list[JsonObject]:
    if operation.asked is None:
        return []
    properties = operation.asked.model_json_schema(schema_generator=Generator)["properties"]
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
