"""References of documents and docstrings exist: files, modules, functions, classes, attributes.

CHANGELOG.md tells of the past and is left alone.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from kb.suggestions.log import EVENT_TYPES
from tests.support.fixtures.encoder_fixture import REPOSITORY

ROOTS = ("kb", "search", "bench", "tests")
FOLDERS = (*ROOTS, "deploy", "docs", "static", "templates")
DOCUMENTS = sorted(
    [*REPOSITORY.glob("[A-BD-Z]*.md"), *REPOSITORY.glob("CO*.md"), *REPOSITORY.glob("docs/**/*.md")]
)
SOURCES = sorted(
    path
    for root in ROOTS
    for path in (REPOSITORY / root).rglob("*.py")
    if "node_modules" not in path.parts
)

PATH = re.compile(rf"(?<![\w./<>{{-])(?:{'|'.join(FOLDERS)})/[\w./-]*[\w/]")
DOTTED = re.compile(rf"(?<![\w./-])(?:{'|'.join(ROOTS)})(?:\.\w+)+")
QUOTED = re.compile(r"`([A-Za-z_]\w*)\.([A-Za-z_]\w*)(?:\(\))?`")
FILES = frozenset("css env html js json jsonl md po py sqlite svg toml txt yml".split())
"""What ends a file's name is no attribute."""
EVENTS = EVENT_TYPES | {"handoff.created"}
"""What the API and its webhooks call what happens."""


@cache
def names_of(path: Path) -> Mapping[str, frozenset[str]]:
    """Top-level names of a module, each with the attributes of a class."""
    found: dict[str, frozenset[str]] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = frozenset(_attributes(node))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found[node.name] = frozenset()
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: frozenset() for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: frozenset() for alias in node.names}
    return found


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield one.name
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield one.target.id
        elif isinstance(one, ast.Assign):
            yield from (target.id for target in one.targets if isinstance(target, ast.Name))
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield one.attr


@cache
def by_short_name() -> Mapping[str, tuple[frozenset[str], ...]]:
    """Last part of a module's name, or a class → the names in each of those so called."""
    found = defaultdict(list)
    for path in SOURCES:
        names = names_of(path)
        # `config.site_dir` is an attribute of what the module is named after.
        found[path.stem].append(frozenset(names).union(*names.values()))
        for name, attributes in names.items():
            if attributes:
                found[name].append(attributes)
    return {name: tuple(sets) for name, sets in found.items()}


def exists(dotted: str) -> bool:
    """True when a dotted name is a package, a module, or something in one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        place = REPOSITORY.joinpath(*parts[:end])
        module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if not module.exists():
            continue
        rest = parts[end:]
        names = names_of(module)
        if not rest:
            return True
        if rest[0] not in names:
            return False
        return len(rest) == 1 or not names[rest[0]] or rest[1] in names[rest[0]]
    return False


def is_there(path: str) -> bool:
    """True when a path leads to a file or folder, to a module, or to a name in a module."""
    if (REPOSITORY / path).exists() or (REPOSITORY / f"{path}.py").exists():
        return True
    stem, _, name = path.partition(".")
    return bool(name) and exists(f"{stem.replace('/', '.')}.{name}")


def missing(text: str) -> Iterator[str]:
    """Names that `text` uses and nothing has."""
    for path in PATH.findall(text):
        if not is_there(path.rstrip("/.")):
            yield path
    for dotted in DOTTED.findall(text):
        if dotted not in EVENTS and not exists(dotted):
            yield dotted
    for owner, name in QUOTED.findall(text):
        owners = by_short_name().get(owner, ())
        is_told = name in FILES or f"{owner}.{name}" in EVENTS
        if owners and not is_told and not any(name in names for names in owners):
            yield f"{owner}.{name}"


def docstrings(path: Path) -> str:
    """Join every docstring of a module, those of attributes too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.append(value.value)
    return "\n".join(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(path: Path) -> None:
    assert sorted(set(missing(path.read_text("utf-8")))) == []


def test_what_docstrings_name_exists() -> None:
    found = {path: sorted(set(missing(docstrings(path)))) for path in SOURCES}
    assert {
        str(path.relative_to(REPOSITORY)): names for path, names in found.items() if names
    } == {}


def test_what_is_gone_is_seen() -> None:
    text = "`kb/gone.py`, kb.config.Gone, `Config.gone`, `finder.gone`, kb/catalog/finder.gone"
    assert len(set(missing(text))) == 5
