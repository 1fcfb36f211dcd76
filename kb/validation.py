"""Faults of values that were sent, in words that repeat nothing of them but their length.

Works on what pydantic says of a field; who tells it, and in which shape, is for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_TYPE_FAULTS = {
    "missing": "is required",
    "string_pattern_mismatch": "has characters or a length that are not allowed",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "datetime_from_date_parsing": "must be a time such as 2026-11-02T09:14:00Z",
    "datetime_parsing": "must be a time such as 2026-11-02T09:14:00Z",
}


def pointer(path: Sequence[str | int]) -> str:
    """The place of a field in a body, as a JSON pointer (RFC 6901)."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{part}" for part in parts)


def detail(item: Mapping[str, Any]) -> str:
    """A sentence, without its subject, about one of `ValidationError.errors()`."""
    kind = str(item["type"])
    context = item.get("ctx", {})
    if kind == "string_too_long":
        return f"{len(item['input'])} characters; at most {context['max_length']}"
    if kind == "string_too_short":
        return f"{len(item['input'])} characters; at least {context['min_length']}"
    if kind == "too_long":
        return f"{len(item['input'])} entries; at most {context['max_length']}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}"
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    return _TYPE_FAULTS.get(kind, "has the wrong type")
