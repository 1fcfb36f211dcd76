"""Front matter and settings of other systems: YAML, TOML or JSON, as plain values.

What cannot be read strictly is read line by line, so that the page itself still lands.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kb.content.files import front_matter
from kb.content.files.form import plain
from kb.content.files.text import BadFile

MAX_CHARS = 200_000
MAX_DEPTH = 40
FENCES = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
KEY = re.compile(r"([A-Za-z_][\w.-]{0,60})[ \t]{0,9}:(?:[ \t]{1,99}(.{0,2000}))?$")
PYTHON_TAG = re.compile(r"!(?:!python/[\w/]{1,40}:?[\w.:]{0,200}|ENV|relative|include)")


@dataclass(frozen=True)
class FrontMatter:
    """Values of a page's front matter, its text, and what is wrong with the former."""

    values: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    fault: str = ""


def split(text: str) -> FrontMatter:
    """Part front matter from text; a page may have none."""
    first, _, _ = text.partition("\n")
    closing = FENCES.get(first.rstrip())
    if closing is None:
        return _json_front(text) if text.startswith("{") else FrontMatter(body=text)
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() in closing), None)
    if end is None or sum(map(len, lines[:end])) > MAX_CHARS:
        return FrontMatter(body=text)
    written, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    values, fault = (toml if first.startswith("+++") else yaml)(written)
    return FrontMatter(values, body, end + 2, fault)


def _json_front(text: str) -> FrontMatter:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return FrontMatter(body=text)
    if not isinstance(values, dict) or text[end : end + 1] not in ("", "\n"):
        return FrontMatter(body=text)
    return FrontMatter(values, text[end:].lstrip("\n"), text.count("\n", 0, end) + 2)


def yaml(text: str) -> tuple[Mapping[str, Any], str]:
    """Values of YAML as text, tuples and dicts, and what is wrong with it."""
    try:
        keys, _ = front_matter.read_mapping(
            PYTHON_TAG.sub("", text), "", max_chars=MAX_CHARS, max_depth=MAX_DEPTH
        )
    except BadFile as error:
        return _by_lines(text), error.problem.message
    return {key: plain(node) for key, node in keys.items()}, ""


def toml(text: str) -> tuple[Mapping[str, Any], str]:
    """Values of TOML, and what is wrong with it."""
    try:
        return tomllib.loads(text), ""
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, f"is not valid TOML: {error}"


def _by_lines(text: str) -> Mapping[str, Any]:
    """Keys with values on their own line, of YAML that is not valid as a whole."""
    found: dict[str, Any] = {}
    for line in text.split("\n"):
        match = KEY.fullmatch(line[:2_100])
        if match and match[2]:
            found.setdefault(match[1], match[2].strip().strip("\"'"))
    return found


def text_of(value: object) -> str:
    """A scalar as one line of text; "" for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return _valid(" ".join(str(value).split()))
    return ""


def _valid(text: str) -> str:
    """`text` with a question mark for each half of a pair, which an escape may bring alone."""
    return text.encode("utf-8", "replace").decode()


def texts_of(value: object) -> tuple[str, ...]:
    """A list of texts; one text is a list too, parted by commas."""
    if isinstance(value, str):
        return tuple(part for one in _valid(value).split(",") if (part := one.strip()))
    if isinstance(value, list | tuple):
        found = (text_of(one.get("label") if isinstance(one, Mapping) else one) for one in value)
        return tuple(one for one in found if one)
    return ()


def first_text(values: Mapping[str, Any], *keys: str) -> str:
    """The first of the keys that holds text; `a.b` is b within a."""
    for key in keys:
        value: object = values
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if text := text_of(value):
            return text
    return ""


def is_true(values: Mapping[str, Any], key: str) -> bool:
    return text_of(values.get(key)).lower() in ("true", "yes", "1", "on")


def is_false(values: Mapping[str, Any], key: str) -> bool:
    return text_of(values.get(key)).lower() in ("false", "no", "0", "off")


def whole_number(values: Mapping[str, Any], *keys: str) -> int | None:
    """The first of the keys that holds a number, rounded down."""
    text = first_text(values, *keys)
    try:
        return max(-999_999, min(999_999, int(float(text)))) if text else None
    except (ValueError, OverflowError):
        return None
