"""Regular expressions of the program: where each is made, and how it is used. Reads the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("kb", "search")
USES = {
    "match": "match",
    "fullmatch": "fullmatch",
    "search": "search",
    "findall": "findall",
    "finditer": "findall",
    "split": "split",
    "sub": "sub",
    "subn": "sub",
}
"""Method → the one that is measured for it: an iterator by itself does nothing."""


@dataclass
class _Module:
    name: str
    made: set[str] = field(default_factory=set)
    """Names of constants and of functions that make or use an expression."""
    imported: dict[str, str] = field(default_factory=dict)
    """Name → "module:name" it stands for."""
    used: list[tuple[str, str]] = field(default_factory=list)
    """Name and method."""


def expressions() -> set[str]:
    """ "module:NAME" of each constant, "module:function" of what is made inside of one."""
    return {f"{module.name}:{name}" for module in _modules() for name in module.made}


def uses() -> dict[str, set[str]]:
    """ "module:NAME" → methods by which the program uses this constant."""
    found: dict[str, set[str]] = {}
    for module in _modules():
        own = {name.rpartition(".")[2]: f"{module.name}:{name}" for name in module.made}
        for name, method in module.used:
            if full := (own | module.imported).get(name):
                found.setdefault(full, set()).add(USES[method])
    return found


@cache
def _modules() -> tuple[_Module, ...]:
    return tuple(
        _read(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    )


def _read(path: Path) -> _Module:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module = _Module(name)
    for node, place in _nodes(ast.parse(path.read_text("utf-8")), ()):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                module.imported[alias.asname or alias.name] = f"{node.module}:{alias.name}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr != "escape":
                module.made.add(".".join(place))
            elif node.func.attr in USES and isinstance(owner, ast.Name | ast.Attribute):
                known = owner.id if isinstance(owner, ast.Name) else owner.attr
                module.used.append((known, node.func.attr))
                # What reads for its caller is named as the method: `cursor.match(_MARK)`.
                given = (each.id for each in node.args if isinstance(each, ast.Name))
                module.used += [(each, node.func.attr) for each in given]
    return module


def _nodes(
    node: ast.AST, place: tuple[str, ...], *, is_inside: bool = False
) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Every node with the names around it: classes, functions, outside of these constants too."""
    for child in ast.iter_child_nodes(node):
        inner, is_function = place, isinstance(child, ast.FunctionDef)
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = (*place, child.name)
        elif isinstance(child, ast.Assign | ast.AnnAssign) and not is_inside:
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            inner = (*place, ast.unparse(target))
        yield child, inner
        yield from _nodes(child, inner, is_inside=is_inside or is_function)
