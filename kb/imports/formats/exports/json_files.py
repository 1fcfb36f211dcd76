"""JSON of an export: every object that its files hold, by the kind of list it stands in."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from kb.imports.formats.facts import day
from kb.imports.model import CannotImport
from kb.imports.sources.files import TEXT_LIMIT, SourceFiles

Json = Mapping[str, Any]
KINDS = frozenset("article collection category section translation redirect attachment".split())


@dataclass(frozen=True)
class ExportObject:
    """An object of an export, the list it stood in and the file."""

    kind: str
    """Name of its list, in the singular: `article`; else that of its file; "" for neither."""
    path: str
    values: Json


def objects(files: SourceFiles) -> list[ExportObject]:
    """Objects of all files; lists of one kind may be parted over pages. Raises CannotImport."""
    found: list[ExportObject] = []
    for path in files.paths:
        if path.lower().endswith((".json", ".jsonl", ".ndjson")):
            found += _objects(files, path)
    return found


def _objects(files: SourceFiles, path: str) -> Iterator[ExportObject]:
    text = files.text(path, limit=TEXT_LIMIT)
    kind = _kind_of_file(path)
    for value in _values(text or "", path):
        yield from _unpacked(value, path, kind, 0)


def _kind_of_file(path: str) -> str:
    """The kind that the file's name tells, for lists that do not: `collections-2.json`."""
    words = re.findall(r"[a-z]{1,40}", posixpath.basename(path).lower())
    return next((one for word in reversed(words) if (one := _singular(word)) in KINDS), "")


def _values(text: str, path: str) -> Iterator[Any]:
    """The one value of a file, or one a line."""
    try:
        yield _loaded(text)
        return
    except RecursionError as error:
        raise CannotImport(f"{path}: is nested too deeply") from error
    except ValueError as error:
        fault = error
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        values = [_loaded(line) for line in lines]
    except (ValueError, RecursionError):
        raise CannotImport(f"{path}: is not valid JSON: {fault}") from fault
    yield from values


def _loaded(text: str) -> Any:
    """The value of JSON, with a question mark for each half of a pair that stands alone."""
    value = json.loads(text)
    if not HALF.search(text):
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


HALF = re.compile(r"\\u[dD][89a-fA-F]")
LISTS = frozenset({"data", "items", "results"})
"""Names of lists that say nothing of what they hold."""


def _unpacked(value: Any, path: str, kind: str, depth: int) -> Iterator[ExportObject]:
    if depth > 4:
        return
    if isinstance(value, list):
        for one in value:
            yield from _unpacked(one, path, kind, depth + 1)
    elif isinstance(value, dict):
        inner = {name: one for name, one in value.items() if _holds_objects(one)}
        if "id" in value:
            yield ExportObject(str(value.get("type") or kind), path, value)
            nested = value.get("translations")
            if isinstance(nested, list):
                yield from _unpacked(nested, path, "translation", depth + 1)
        else:
            for name, one in inner.items():
                own = kind if name in LISTS else _singular(name)
                yield from _unpacked(one, path, own, depth + 1)


def _holds_objects(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(one, dict) for one in value)
    return isinstance(value, dict)


def _singular(name: str) -> str:
    return name.removesuffix("ies") + "y" if name.endswith("ies") else name.removesuffix("s")


def text_at(values: Json, *keys: str) -> str:
    """The first of the keys that holds text or a number, as one line."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return " ".join(str(value).split())
    return ""


def html_at(values: Json, *keys: str) -> str:
    """Text as it is, line ends included."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def texts_at(values: Json, key: str) -> tuple[str, ...]:
    value = values.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(text for one in value if isinstance(one, str | int) and (text := str(one).strip()))


def number_at(values: Json, key: str) -> int | None:
    value = values.get(key)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(-999_999, min(999_999, value)) if is_number and value is not None else None


def day_at(values: Json, *keys: str) -> str:
    """The day of a time, written out or in seconds; "" for none."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str) and (found := day(value)):
            return found
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**10:
            return datetime.fromtimestamp(value, tz=UTC).date().isoformat()
    return ""


def words_of(html: str) -> str:
    """Words of a short text with tags and entities, such as a title."""
    words = _TextOfTags()
    words.feed(html[:10_000])
    words.close()
    return " ".join("".join(words.found).split())


class _TextOfTags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)
