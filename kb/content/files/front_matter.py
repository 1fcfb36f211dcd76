"""The YAML that authors write: split from the body, read into text with line numbers.

Scalars are never coerced (`no` stays "no"), anchors, aliases, tags, duplicate keys, deep nesting
and large front matter are problems. Knows no article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from kb.content.fault_kinds import FaultKind
from kb.content.files.misread.entries import FrontEntry, LinesBelow, entries, parted
from kb.content.files.misread.lines import fault
from kb.content.files.misread.parser_faults import STRANGE_REMEDY, explained, keyless
from kb.content.files.text import MAX_BYTES, BadFile, read_text
from kb.content.model import Problem

BAD_YAML = FaultKind.BAD_YAML
PLAIN_KEY_REMEDY = 'Write `key: value`, and values that begin with { in "double quotes"'
MAX_CHARS = 16_384
MAX_DEPTH = 5
DOCUMENT_END = "..."
FENCE = re.compile(r"---[ \t]*\r?(?:\n|$)")
TOML_FENCE = re.compile(r"\+{3}[ \t]*\r?(?:\n|$)")
CLOSING_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)

# libyaml where PyYAML was built with it, about ten times faster
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Node:
    """A value and the line it begins in: text, a tuple of nodes or a mapping of nodes."""

    value: str | tuple[Node, ...] | Mapping[str, Node]
    line: int


@dataclass(frozen=True)
class Parts:
    """A file split at its fences; lines count from 1."""

    front: str
    front_line: int
    body: str
    body_line: int


def split(text: str, path: str) -> Parts:
    """Part front matter from body. Raises BadFile when a fence is missing or too far down."""
    opening = FENCE.match(text)
    if not opening:
        message = "front matter is missing"
        remedy = "Begin the file with a line `---`, the keys, and another line `---`"
        if TOML_FENCE.match(text):
            message = "front matter is TOML, between lines `+++`"
            remedy = "Write it as YAML: `title: …` for `title = …`, between lines `---`"
        raise BadFile(path, message, remedy, kind=BAD_YAML)
    closing = CLOSING_FENCE.search(text, opening.end(), opening.end() + MAX_CHARS + 5)
    if not closing:
        if CLOSING_FENCE.search(text, opening.end()):
            message = f"front matter has more than {MAX_CHARS} characters"
            raise BadFile(path, message, "Move text to the body", kind=BAD_YAML)
        remedy = "Write a line `---` below the last key"
        raise BadFile(path, "front matter is not closed", remedy, kind=BAD_YAML)
    body_at = min(closing.end() + 1, len(text))
    return Parts(
        front=text[opening.end() : closing.start()],
        front_line=2,
        body=text[body_at:],
        body_line=text.count("\n", 0, body_at) + 1,
    )


Mapped = tuple[Mapping[str, Node], tuple[Problem, ...]]
"""A top-level mapping, and the problems that do not hinder reading it."""


def read_mapping(
    text: str,
    path: str,
    *,
    first_line: int = 1,
    max_chars: int = MAX_CHARS,
    max_depth: int = MAX_DEPTH,
) -> Mapped:
    """Read the YAML of the file `path`. Empty text is an empty mapping.

    Raises BadFile when nothing can be trusted.
    """
    if len(text) > max_chars:
        message = f"has more than {max_chars} characters of YAML"
        raise BadFile(path, message, "Shorten it", first_line, kind=BAD_YAML)
    reader = _YamlReader(path, first_line, max_depth)
    try:
        root = reader.document(yaml.parse(text, Loader=_LOADER))
        _require_valid_text(root)
    except yaml.YAMLError as error:
        found = explained(text, error)
        line = first_line + found.line
        raise BadFile(path, found.message, found.remedy, line, kind=BAD_YAML) from error
    except (ValueError, RecursionError) as error:
        message = f"is not valid YAML: {str(error).splitlines()[0] or type(error).__name__}"
        raise BadFile(path, message, STRANGE_REMEDY, first_line, kind=BAD_YAML) from error
    if root is None or root.value == "":
        return {}, tuple(reader.problems)
    if not isinstance(root.value, Mapping):
        at = root.line - first_line
        message, remedy = "is not a list of keys", "Write `key: value` lines"
        if isinstance(root.value, str) and at < len(lines := text.split("\n")):
            message, remedy = fault(lines[at]) or keyless(lines[at])
        raise BadFile(path, message, remedy, root.line, kind=BAD_YAML)
    return root.value, tuple(reader.problems)


@dataclass(frozen=True)
class FrontReading:
    """Keys of YAML as far as they can be read, and what is wrong with the others."""

    keys: Mapping[str, Node]
    problems: tuple[Problem, ...] = ()
    lost: frozenset[str] = frozenset()
    """Names in what cannot be read."""
    is_broken: bool = False
    """True where something cannot be read."""


def read_file(root: Path, path: str, *, max_chars: int = MAX_CHARS) -> FrontReading:
    """Read a whole file of YAML; a bad entry takes no other along. Raises BadFile."""
    return read_text_of_file(read_text(root, path), path, max_chars=max_chars)


def read_text_of_file(text: str, path: str, *, max_chars: int) -> FrontReading:
    """The same of a file's text. Raises BadFile for one that is too large."""
    if len(text) > max_chars:
        read_mapping(text, path, max_chars=max_chars)
    return _Salvage(path, max_chars, MAX_DEPTH).read(text, 1)


def read_entries(text: str, path: str, *, first_line: int = 1) -> FrontReading:
    """Read a front matter, one entry by itself where the whole is no YAML. Never raises."""
    return _Salvage(path, MAX_CHARS, max_depth=1).read(text, first_line)


@dataclass(frozen=True)
class _Salvage:
    """Reads YAML entry by entry where the whole cannot be read, and goes on within bad entries."""

    path: str
    max_chars: int
    max_depth: int

    def read(self, text: str, first_line: int, depth: int = 1) -> FrontReading:
        try:
            return FrontReading(
                *read_mapping(text, self.path, first_line=first_line, max_chars=self.max_chars)
            )
        except BadFile as error:
            of_whole = error.problem
        keys: dict[str, Node] = {}
        problems: list[Problem] = []
        lost: set[str] = set()
        is_any_told = False
        for entry in entries(text[: self.max_chars].split("\n")):
            part = self._entry(entry, first_line + entry.line, depth)
            problems += part.problems
            lost |= part.lost
            is_any_told = is_any_told or part.is_broken
            for key, node in part.keys.items():
                if key in keys:
                    problems.append(_twice(self.path, key, node.line))
                keys.setdefault(key, node)
        is_whole_told = len(text) > self.max_chars or not is_any_told
        told_first = (of_whole,) if is_whole_told else ()
        return FrontReading(keys, (*told_first, *problems), frozenset(lost), is_broken=True)

    def _entry(self, entry: FrontEntry, line: int, depth: int) -> FrontReading:
        try:
            return FrontReading(*_read_entry(entry, self.path, line))
        except BadFile as error:
            bad = FrontReading({}, (error.problem,), entry.names, is_broken=True)
        if depth == self.max_depth:
            return bad
        below = parted(entry)
        if below is None:
            return replace(bad, keys=self._first_line(entry, line))
        if not below.is_list:
            inner = self.read(below.text, line + 1, depth + 1)
            keys = {below.key: Node(inner.keys, line)} if inner.keys else {}
            return FrontReading(keys, inner.problems, inner.lost, is_broken=True)
        return self._items(below, line, entry.names)

    def _first_line(self, entry: FrontEntry, line: int) -> Mapping[str, Node]:
        """The key of an entry whose value stands beside it, and which a line below spoils."""
        try:
            found, _ = read_mapping(entry.lines[0], self.path, first_line=line)
        except BadFile:
            return {}
        return {key: node for key, node in found.items() if node.value}

    def _items(self, below: LinesBelow, line: int, lost: frozenset[str]) -> FrontReading:
        """A list, without the items that cannot be read."""
        nodes: list[Node] = []
        problems: list[Problem] = []
        for number, item in below.items():
            try:
                found, told = read_mapping(f"item:\n{item}\n", self.path, first_line=line + number)
            except BadFile as error:
                problems.append(error.problem)
                continue
            problems += told
            value = found["item"].value
            nodes += value if isinstance(value, tuple) else ()
        keys = {below.key: Node(tuple(nodes), line)} if nodes else {}
        return FrontReading(keys, tuple(problems), lost, is_broken=True)


def _read_entry(entry: FrontEntry, path: str, line: int) -> Mapped:
    """Raises BadFile."""
    if entry.lines[0].rstrip() == DOCUMENT_END and (told := fault(entry.lines[0])):
        raise BadFile(path, *told, line, kind=BAD_YAML)
    return read_mapping(entry.text, path, first_line=line, max_chars=MAX_BYTES)


def _twice(path: str, key: str, line: int) -> Problem:
    message = f"has the key `{key}` twice"
    return Problem(path, line, message, "Keep one; the first counts", FaultKind.DUPLICATE_KEY)


class _YamlReader:
    """Builds nodes from YAML events."""

    def __init__(self, path: str, first_line: int, max_depth: int) -> None:
        self._path = path
        self._first_line = first_line
        self._max_depth = max_depth
        self.problems: list[Problem] = []

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._stop(event, "holds more than one YAML document", "Keep one")
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, depth=1)
        return root

    def _node(self, event: Any, events: Iterator[Any], *, depth: int) -> Node:
        line = self._line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._stop(event, "uses a YAML anchor or alias", "Write the value out, or quote it")
        if event.tag is not None:
            self._stop(event, f"uses the YAML tag {event.tag}", "Leave it out, or quote the value")
        if depth > self._max_depth:
            self._stop(event, f"is nested deeper than {self._max_depth} levels", "Flatten it")
        if isinstance(event, yaml.ScalarEvent):
            return Node(event.value, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(tuple(self._items(events, depth=depth + 1)), line)
        return Node(self._pairs(events, depth=depth + 1), line)

    def _items(self, events: Iterator[Any], *, depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, events, depth=depth)

    def _pairs(self, events: Iterator[Any], *, depth: int) -> Mapping[str, Node]:
        pairs: dict[str, Node] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth=depth)
            value = self._node(next(events), events, depth=depth)
            if not isinstance(key.value, str):
                self._stop(event, "has a key that is not plain text", PLAIN_KEY_REMEDY)
            elif key.value in pairs:
                self.problems.append(_twice(self._path, key.value, key.line))
            else:
                pairs[key.value] = Node(value.value, key.line)
        return pairs

    def _line(self, event: Any) -> int:
        return self._first_line + int(event.start_mark.line)

    def _stop(self, event: Any, message: str, remedy: str) -> NoReturn:
        raise BadFile(self._path, message, remedy, self._line(event), kind=BAD_YAML)


def _require_valid_text(node: Node | None) -> None:
    """Raise UnicodeEncodeError (a ValueError) for lone surrogates that escapes can smuggle in."""
    stack = [node] if node else []
    while stack:
        value = stack.pop().value
        if isinstance(value, str):
            value.encode("utf-8")
        else:
            stack += value.values() if isinstance(value, Mapping) else value
