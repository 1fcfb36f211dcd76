"""The house stays one with rooms: sizes, one name for one thing, docstrings in the same form."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.fixtures.encoder_fixture import REPOSITORY

MOST_MODULES = 15
LONGEST_FUNCTION, USUAL_FUNCTION = 50, 20
LONGEST_MODULE, USUAL_MODULE = 450, 300
USUAL = 0.9
"""Share of functions and modules that keep within the usual length."""
QUESTIONS = frozenset("how what when where whether which who whose why this that".split())
"""Words, demonstratives among them, that a docstring doesn't begin with."""
NOUNS = frozenset("branding embedding ranking reading setting training".split())
"""Words of the field that end like a gerund."""


def parsed(*roots: str) -> dict[Path, ast.Module]:
    """Every module below folders, parsed; what a migration does is written once and left."""
    paths = (path for root in roots for path in (REPOSITORY / root).rglob("*.py"))
    return {
        path.relative_to(REPOSITORY): ast.parse(path.read_text("utf-8"))
        for path in sorted(paths)
        if "versions" not in path.parts
    }


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the program."""
    app = Path("app.py")
    return {app: ast.parse((REPOSITORY / app).read_text("utf-8")), **parsed("kb", "search")}


def functions() -> Iterator[tuple[int, str]]:
    """Length in lines and name of every function."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield (node.end_lineno or 0) - node.lineno + 1, f"{path}:{node.name}"


def usual(lengths: list[int]) -> int:
    """Length that nine of ten keep within."""
    return sorted(lengths)[int(USUAL * (len(lengths) - 1))]


def test_functions_are_short() -> None:
    found = list(functions())
    assert [name for length, name in found if length > LONGEST_FUNCTION] == []
    assert usual([length for length, _ in found]) <= USUAL_FUNCTION


def test_modules_are_short() -> None:
    lengths = {path: len((REPOSITORY / path).read_text("utf-8").splitlines()) for path in modules()}
    assert [str(path) for path, length in lengths.items() if length > LONGEST_MODULE] == []
    assert usual(list(lengths.values())) <= USUAL_MODULE


def test_folders_hold_few_modules() -> None:
    held: dict[Path, int] = defaultdict(int)
    for path in modules():
        held[path.parent] += path.name != "__init__.py"
    assert {str(path): count for path, count in held.items() if count > MOST_MODULES} == {}


def test_a_class_name_means_one_thing() -> None:
    """Aliases of types count too: a `Status` is one set of values."""
    owners: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                owners[node.name].add(str(path))
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Literal["):
                owners[ast.unparse(node.targets[0])].add(str(path))
    assert {name: paths for name, paths in owners.items() if len(paths) > 1} == {}


def test_docstrings_begin_with_a_noun_or_a_verb() -> None:
    found = []
    for path, tree in (modules() | parsed("bench", "tests")).items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                words = (ast.get_docstring(node) or "").split()
                if words and words[0].strip(",.:").lower() in QUESTIONS:
                    found.append(f"{path}:{getattr(node, 'name', '')}")
    assert found == []


def test_modules_are_named_by_nouns() -> None:
    """Packages too: `shared_files`, not `sharing`."""
    found = {
        str(path)
        for path in modules()
        for word in "_".join(path.with_suffix("").parts).split("_")
        if word.endswith("ing") and word not in NOUNS
    }
    assert found == set()


def modules_of_tests() -> list[Path]:
    return sorted((REPOSITORY / "tests").rglob("*.py"))


def test_modules_of_tests_are_short() -> None:
    lengths = {
        str(path.relative_to(REPOSITORY)): len(path.read_text("utf-8").splitlines())
        for path in modules_of_tests()
    }
    assert lengths
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_folders_of_tests_hold_few_modules() -> None:
    held: dict[str, int] = defaultdict(int)
    for path in modules_of_tests():
        held[str(path.parent.relative_to(REPOSITORY))] += path.name != "__init__.py"
    assert {folder: count for folder, count in held.items() if count > MOST_MODULES} == {}
