"""Variables in `variables.yml`: short texts that stand in many articles, by name.

    return_days: {ru: 14 дней, en: 14 days}
    phone: +7 800 555-35-35

A text without languages is the same in all. Never raises for content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter
from kb.content.files.front_matter import Node
from kb.content.files.text import BadFile
from kb.content.model import Problem

VARIABLES_FILE = "variables.yml"
MAX_CHARS = 200_000
"""About two thousand variables."""
MAX_VALUE_CHARS = 200
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
REMEDY = "Write `name: {ru: …, en: …}`, or `name: …` for all languages"
NAME_REMEDY = "Use a-z, 0-9, _ and -, at most 40 characters, such as `return_days`"


@dataclass(frozen=True)
class Variable:
    """A short text in one language, and the line of its file that holds it."""

    text: str
    line: int


Variables = Mapping[str, Mapping[str, Variable]]
"""By language and name."""


@dataclass(frozen=True)
class ReadVariables:
    """Variables that can be used, and what is wrong with the others."""

    by_language: Variables
    problems: tuple[Problem, ...] = ()
    told: frozenset[str] = frozenset()
    """Names whose fault is told in the file itself."""
    is_readable: bool = True
    """False when nothing of the file can be trusted."""

    def values(self, lang: str) -> Mapping[str, str]:
        return {name: it.text for name, it in self.by_language.get(lang, {}).items()}

    def is_told(self, name: str) -> bool:
        return name in self.told or not self.is_readable


def read(root: Path, languages: Sequence[str]) -> ReadVariables:
    """Variables of every language and what is wrong with the file; none of both without one."""
    found: dict[str, dict[str, Variable]] = {lang: {} for lang in languages}
    if not (root / VARIABLES_FILE).exists():
        return ReadVariables(found)
    try:
        written = front_matter.read_file(root, VARIABLES_FILE, max_chars=MAX_CHARS)
    except BadFile as error:
        return ReadVariables(found, (error.problem,), is_readable=False)
    problems = list(written.problems)
    for name, node in written.keys.items():
        if not NAME.fullmatch(name):
            problems.append(_bad(node.line, f"`{name[:40]}` cannot be a name", NAME_REMEDY))
            continue
        problems += _unknown_languages(name, node, languages)
        for lang in languages:
            one = node.value.get(lang) if isinstance(node.value, Mapping) else node
            text = one.value.strip() if one and isinstance(one.value, str) else ""
            if fault := _fault(text):
                problems.append(_bad(node.line, f"`{name}` {fault} `{lang}`", REMEDY))
            elif one:
                found[lang][name] = Variable(text, one.line)
    told = written.lost | written.keys.keys()
    return ReadVariables(found, tuple(problems), told)


def _fault(text: str) -> str:
    """Fault of a text, in words that its language follows; "" when there is none."""
    if not text:
        return "has no text for"
    if len(text) > MAX_VALUE_CHARS:
        return f"has more than {MAX_VALUE_CHARS} characters for"
    if "\n" in text or "{{" in text:
        return "has more than plain words, or another variable, for"
    return ""


def _unknown_languages(name: str, node: Node, languages: Sequence[str]) -> Iterator[Problem]:
    if isinstance(node.value, Mapping):
        for lang in node.value.keys() - set(languages):
            message = f"`{name}` has a text for `{lang}`, which is not a language of the site"
            yield _bad(node.value[lang].line, message, "Remove it")


def _bad(line: int, message: str, remedy: str) -> Problem:
    return Problem(VARIABLES_FILE, line, message, remedy, FaultKind.BAD_VALUE)
