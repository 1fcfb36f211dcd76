"""Forms: pydantic models of the keys that authors write, read from YAML with lines.

A form never fails. What is at fault is noted, in our words, and the form holds what can be used;
whoever reads it decides whether that is enough. The words for pydantic's errors are all here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import ErrorDetails

from kb.content.fault_kinds import FaultKind
from kb.content.files.front_matter import FrontReading, Node
from kb.content.model import Problem

MAX_LIST_ITEMS = 30

Words = tuple[str, str]
"""Message and remedy, with places for the key's name and what the error knows."""

WORDS: Mapping[str, Words] = {
    "dict_type": ("`{name}` has no texts by language", "Write `{name}: {{ru: …, en: …}}`"),
    "extra_forbidden": ("has the unknown key `{name}`", "Use {known}"),
    "literal_error": ("has the unknown {name} `{input}`", "Use {choices}"),
    "mismatch": ("`{name}` is `{input}`, which cannot be", "{remedy}"),
    "missing": ("has no `{name}`", "Add a line `{name}: …`"),
    "no_date": ("`{name}` is `{input}`, which is no day", "Write a day such as 2026-11-30"),
    "name_too_long": ("`{name}` has a name of more than {max_length} characters", "{remedy}"),
    "string_too_long": (
        "`{name}` has {length} characters, at most {max_length} fit",
        "Shorten it",
    ),
    "string_type": ("`{name}` is not text", "Write one line of text"),
    "too_long": ("`{name}` has more than {max_length} items", "Keep the best"),
    "tuple_type": ("`{name}` is not a list", "Write `{name}: [one, two]`"),
    "whole_number": ("`{name}` is not a whole number", "Write a number such as 10"),
}
NO_TEXT_ITEM = "has an item that is not text"
ITEM_WORDS: Mapping[str, Words] = {
    "mismatch": ("`{name}` has `{input}`, which cannot be", "{remedy}"),
    "string_type": (f"`{{name}}` {NO_TEXT_ITEM}", "Put it into quotes"),
}
"""Of what stands in a list."""
KINDS: Mapping[str, FaultKind] = {
    "missing": FaultKind.MISSING_KEY,
    "name_too_long": FaultKind.TOO_LONG,
    "string_too_long": FaultKind.TOO_LONG,
    "too_long": FaultKind.TOO_LONG,
}
"""Kinds of problems that errors are, if not BAD_VALUE."""
UNUSABLE = frozenset(
    {"dict_type", "literal_error", "no_date", "string_type", "tuple_type", "whole_number"}
)
"""Errors of values that cannot be used; any other is too long or of a wrong form, and shown."""


class FileReader(Protocol):
    """Reads a whole file of YAML, its texts ready to be shown. Raises BadFile."""

    def __call__(
        self, root: Path, path: str, languages: Sequence[str], *, max_chars: int, lang: str = ""
    ) -> FrontReading: ...


@dataclass
class Reading:
    """A mapping of a file while it is read into a form: its lines, and the problems found."""

    path: str
    keys: Mapping[str, Node]
    line: int = 2
    """Of the mapping itself, for keys that it lacks."""
    languages: Sequence[str] = ()
    problems: list[Problem] = field(default_factory=list)
    lost: frozenset[str] = frozenset()
    """Keys that are there and cannot be read."""
    is_lenient: bool = False
    """True while what can be used is taken from a value that was found at fault."""

    def note(
        self, key: str, message: str, remedy: str, kind: FaultKind = FaultKind.BAD_VALUE
    ) -> None:
        """Note a problem in the line of `key`."""
        self.problems.append(Problem(self.path, self._line((key,)), message, remedy, kind))

    def note_kind(self, kind: str, key: str, **values: object) -> None:
        """Note an error of a kind that WORDS has, in the line of `key`."""
        message, remedy = (words.format(name=key, **values) for words in WORDS[kind])
        self.note(key, message, remedy, KINDS.get(kind, FaultKind.BAD_VALUE))

    def note_error(self, key: str, error: ErrorDetails) -> None:
        """Note what pydantic found in the value of `key`."""
        place = (key, *error["loc"])
        kind = KINDS.get(error["type"], FaultKind.BAD_VALUE)
        self.problems.append(Problem(self.path, self._line(place), *_in_words(place, error), kind))

    @contextmanager
    def lenient(self) -> Iterator[None]:
        """Let values pass that can be used though they are at fault."""
        self.is_lenient = True
        try:
            yield
        finally:
            self.is_lenient = False

    def in_every_language(self, key: str, texts: Mapping[str, str]) -> Mapping[str, str]:
        """`texts`, those that are missing noted and taken from another language."""
        node = self.keys.get(key)
        if node is None:
            if key not in self.lost:
                self.note_kind("dict_type", key)
        elif isinstance(node.value, Mapping):
            for lang in self.languages:
                if not texts.get(lang):
                    self.note(key, f"`{key}` has no text for `{lang}`", f"Add `{lang}: …`")
        fallback = next((texts[lang] for lang in self.languages if texts.get(lang)), "")
        return {lang: texts.get(lang) or fallback for lang in self.languages}

    def _line(self, place: Sequence[int | str]) -> int:
        line, value = self.line, self.keys
        for part in place:
            node = value.get(part) if isinstance(part, str) else None
            if node is None:
                break
            line = node.line
            if not isinstance(node.value, Mapping):
                break
            value = node.value
        return line


class Form(BaseModel):
    """Keys of a mapping. `read` is the way to fill one."""

    model_config = ConfigDict(frozen=True, strict=True)
    required: ClassVar[tuple[str, ...]] = ()
    keeps_others: ClassVar[bool] = False
    """True where keys that nothing reads are no fault."""

    @classmethod
    def read(cls, reading: Reading) -> Self:
        """The form as far as it can be used; what is wrong is noted. Linear, never raises."""
        known = ", ".join(sorted(cls.model_fields))
        for key in reading.keys:
            if key not in cls.model_fields and not cls.keeps_others:
                reading.note_kind("extra_forbidden", key, known=known)
        for key in cls.required:
            node = reading.keys.get(key)
            if key in reading.lost:
                continue
            if node is None or (isinstance(node.value, str) and not node.value.strip()):
                reading.note_kind("missing", key)
        values = {key: plain(node) for key, node in reading.keys.items() if key in cls.model_fields}
        return cls.model_validate(values, context=reading)

    @field_validator("*", mode="wrap")
    @classmethod
    def _as_far_as_it_goes(
        cls, value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo[Reading]
    ) -> Any:
        reading, key = info.context, str(info.field_name)
        try:
            return handler(value)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                reading.note_error(key, one)
            try:
                with reading.lenient():
                    return handler(_usable(value, error))
            except ValidationError:  # nothing of it has the right shape
                return cls.model_fields[key].get_default(call_default_factory=True)


def plain(node: Node) -> object:
    """The node's value without lines: text, a tuple or a dict."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, Mapping):
        return {key: plain(inner) for key, inner in node.value.items()}
    return tuple(plain(item) for item in node.value)


def _usable(value: object, error: ValidationError) -> object:
    """`value` without the items or entries that cannot be used."""
    unusable_parts = {
        one["loc"][0]
        for one in error.errors(include_url=False)
        if one["type"] in UNUSABLE and one["loc"]
    }
    if isinstance(value, tuple):
        items = enumerate(value[:MAX_LIST_ITEMS])
        return tuple(item for at, item in items if at not in unusable_parts)
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key not in unusable_parts}
    return value


def _in_words(place: Sequence[int | str], error: ErrorDetails) -> Words:
    """Message and remedy. The last name of `place` is the one that authors know."""
    kind, context = error["type"], error.get("ctx", {})
    is_item = isinstance(place[-1], int)
    message, remedy = (is_item and ITEM_WORDS.get(kind)) or WORDS[kind]
    values = {
        **context,
        "name": next(part for part in reversed(place) if isinstance(part, str)),
        "input": error["input"],
        "length": len(str(error["input"])),
        "choices": context.get("expected", "").replace("'", "").replace(" or ", ", "),
    }
    return message.format(**values), remedy.format(**values)
