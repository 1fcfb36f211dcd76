"""The words of docs/glossary.md are those of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.fixtures.encoder_fixture import REPOSITORY

ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
AVOIDED = frozenset("chunk chunks manager helper helpers utils util".split())
LIBRARY_WORDS = frozenset({"_chunk"})
"""Names that a library or a file format gives."""


def rows() -> list[tuple[str, tuple[str, ...]]]:
    """Each word with its names in the code."""
    text = (REPOSITORY / "docs" / "glossary.md").read_text("utf-8")
    found = [(word, tuple(re.findall(r"`([^`]+)`", names))) for word, names in ROW.findall(text)]
    return [(word, names) for word, names in found if word not in ("word", "---")]


@cache
def names_in_code() -> frozenset[str]:
    """Every name that the program gives to a module, class, function, argument or value."""
    found: set[str] = set()
    for root in ("kb", "search"):
        for path in (REPOSITORY / root).rglob("*.py"):
            found |= {path.stem, path.parent.name}
            found |= set(_given(ast.parse(path.read_text("utf-8"))))
    return frozenset(found)


def _given(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_the_glossary_has_words() -> None:
    assert len(rows()) > 40


@pytest.mark.parametrize(("word", "names"), rows(), ids=lambda value: str(value)[:20])
def test_a_word_is_the_name_in_the_code(word: str, names: tuple[str, ...]) -> None:
    assert names, f"{word} has no name in the code"
    assert set(names) <= names_in_code()


def test_words_of_nothing_name_nothing() -> None:
    found = {
        name
        for name in names_in_code() - LIBRARY_WORDS
        if AVOIDED & set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))
    }
    assert not found
