"""Files beside the articles whose texts may hold variables: each text in its own language.

A text that is the same in all languages takes variables that are the same too; a tag that nothing
fills in is told, for readers would see its braces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter
from kb.content.files.front_matter import FrontReading, Node
from kb.content.files.text import BadFile, read_bytes
from kb.content.model import Problem
from kb.content.remarks.likeness import nearest
from kb.content.shared_text import variables
from kb.content.shared_text.expansion import MARK, filled_line
from kb.content.shared_text.variables import VARIABLES_FILE, ReadVariables

SNIPPET_REMEDY = "Snippets stand in articles; write the words, or use a variable"
MARKS = "{{"
NAMES = (
    *("categories.yml", "glossary.yml", "products.yml"),
    *("relevance.yml", "synonyms.yml", "topics.yml"),
)
"""Files that are read so."""


def source_texts(root: Path, languages: Sequence[str]) -> Iterator[str]:
    """All such files as they are written, those of single languages too."""
    for path in (*NAMES, *(f"{lang}/{NAMES[0]}" for lang in languages)):
        with suppress(BadFile):
            yield read_bytes(root, path).decode("utf-8", "replace")


def read_file(
    root: Path, path: str, languages: Sequence[str], *, max_chars: int, lang: str = ""
) -> FrontReading:
    """Read a whole file of YAML with its variables filled in. Raises BadFile.

    `lang` is that of texts without a language of their own.
    """
    found = front_matter.read_file(root, path, max_chars=max_chars)
    if not any(_has_tag(node) for node in found.keys.values()):
        return found
    filler = _NodeFiller(path, variables.read(root, languages), languages)
    keys = {key: filler.filled(key, node, key, lang) for key, node in found.keys.items()}
    return replace(found, keys=keys, problems=(*found.problems, *filler.problems))


def _has_tag(node: Node) -> bool:
    if isinstance(node.value, str):
        return MARKS in node.value
    some = node.value.values() if isinstance(node.value, Mapping) else node.value
    return any(map(_has_tag, some))


class _NodeFiller:
    """Fills in the texts of one file, and notes what it cannot."""

    def __init__(self, path: str, known: ReadVariables, languages: Sequence[str]) -> None:
        self._path, self._known, self._languages = path, known, languages
        self.problems: list[Problem] = []

    def filled(self, key: str, node: Node, name: str, lang: str) -> Node:
        """The node; `name` is the nearest key that is no language, `lang` the nearest that is."""
        is_language = key in self._languages
        name, lang = (name, key) if is_language else (key, lang)
        if isinstance(node.value, str):
            return Node(self._text(node, name, lang), node.line)
        if isinstance(node.value, Mapping):
            inner = {it: self.filled(it, one, name, lang) for it, one in node.value.items()}
            return Node(inner, node.line)
        return Node(tuple(self.filled(key, one, name, lang) for one in node.value), node.line)

    def _text(self, node: Node, name: str, lang: str) -> str:
        line = filled_line(str(node.value), self._values(lang))
        self.problems += self._unknown(line.unknown, node.line, name)
        return line.text

    def _values(self, lang: str) -> Mapping[str, str]:
        if lang:
            return self._known.values(lang)
        first, *others = (self._known.values(one) for one in self._languages)
        return {it: text for it, text in first.items() if all(o.get(it) == text for o in others)}

    def _unknown(self, names: Sequence[str], line: int, key: str) -> Iterator[Problem]:
        known = {name for lang in self._languages for name in self._known.values(lang)}
        for name in names:
            differs = name in known
            if self._known.is_told(name) and not differs:
                continue
            message = f"`{key}` has `{{{{ {name} }}}}`, which nothing fills in"
            near = ", ".join(nearest(name, known)) or f"none in {VARIABLES_FILE}"
            remedy = SNIPPET_REMEDY if MARK in name else f"Nearest: {near}"
            if differs:
                message = f"`{key}` has `{{{{ {name} }}}}`, which differs by language"
                remedy = "Write a text for each language, or the words themselves"
            kind = FaultKind.UNKNOWN_VARIABLE
            yield Problem(self._path, line, message, remedy, kind)
