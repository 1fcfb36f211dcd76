"""Reading a JSON request body: what is refused before anything looks at the values.

The standard reader accepts NaN, duplicate names, lone surrogates and other encodings, and breaks
on deep nesting; each of these breaks something further in. Every refusal is a `MalformedJson`.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

MAX_BYTES = 32 * 1024
MAX_DEPTH = 8

# A string without its end is taken to the end of the body, and nothing is looked at twice:
# searching again from each quote inside of it would take quadratic time.
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*"?|[\[\]{}]', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class MalformedJson(ValueError):
    """The body is not JSON as this API reads it; the message says why and repeats none of it."""


def parse(body: bytes) -> object:
    """The value of a UTF-8 JSON text of at most MAX_DEPTH levels. Raises MalformedJson.

    Strings of the result, names included, hold neither NUL nor lone surrogates, numbers are
    finite, objects have no name twice.
    """
    _require_shallow(body)
    try:
        value: object = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise MalformedJson(f"the body is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise MalformedJson(f"not JSON at character {error.pos}: {error.msg}") from error
    except MalformedJson:
        raise
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits
        raise MalformedJson("a number is too long") from error
    _require_storable(value)
    return value


def _require_shallow(body: bytes) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(body):
        token = match.group()
        if token in (b"[", b"{"):
            depth += 1
        elif token in (b"]", b"}"):
            depth -= 1
        if depth > MAX_DEPTH:
            raise MalformedJson(f"nested deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedJson("an object has the same name twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJson(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedJson("a number is too large")
    return number


def _require_storable(value: object) -> None:
    """Refuse what neither database nor UTF-8 can hold. Depth is bounded by now."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise MalformedJson("a string holds NUL or half of a surrogate pair")
    elif isinstance(value, dict):
        for name, item in value.items():
            _require_storable(name)
            _require_storable(item)
    elif isinstance(value, list):
        for item in value:
            _require_storable(item)
