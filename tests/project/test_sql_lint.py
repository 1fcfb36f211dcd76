"""Rules no test run could show: how the program talks to its database, read from the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SQL_START = re.compile(
    r"\s*(select|insert|update|delete|create|drop|alter|pragma|begin|attach|with|vacuum)\s",
    re.IGNORECASE,
)


# Lines that a person has read: only question marks are put in, the values are bound.
REVIEWED = {'query = f"SELECT key, vector FROM embedding WHERE key IN ({marks})"  # noqa: S608'}


def test_no_sql_is_put_together_from_strings() -> None:
    found = []
    for path in program_files():
        source = path.read_text(encoding="utf-8")
        lines = [source.splitlines()[number - 1].strip() for number in formatted_sql(source)]
        found += [f"{path.relative_to(ROOT)}: {line}" for line in lines if line not in REVIEWED]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "c.execute(f'SELECT * FROM {table}')",
        "c.execute('DELETE FROM votes WHERE id = %s' % id)",
        "c.execute('SELECT 1 FROM ' + table)",
        "c.execute('UPDATE votes SET x = {}'.format(x))",
        "s = f'insert into votes values ({x})'",
        "s = ' '.join(['SELECT', column])\nc.execute(' '.join(parts))",
    ],
)
def test_the_lint_sees_sql_put_together(source: str) -> None:
    assert formatted_sql(source)


@pytest.mark.parametrize(
    "source",
    [
        "c.execute('SELECT * FROM votes WHERE id = ?', (id,))",
        "c.execute('PRAGMA a'\n  ' = b')",
        "c.execute(statement)",
        "c.execute(select(table).where(table.c.id == id))",
        "log.error(f'with {x} nothing works')",
    ],
)
def test_the_lint_lets_parameters_pass(source: str) -> None:
    assert formatted_sql(source) == []


def test_only_db_begins_transactions() -> None:
    """So that every write begins IMMEDIATE: others get connections from `Database` alone."""
    calls = [
        path.relative_to(ROOT)
        for path in program_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("create_engine", "create_async_engine", "sessionmaker")
    ]
    assert set(calls) == {Path("kb/database/engine.py")}


def program_files() -> list[Path]:
    folders = [ROOT / name for name in ("kb", "search", "bench")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted([*files, *ROOT.glob("app.py")])


def formatted_sql(source: str) -> list[int]:
    """Lines where text that begins like SQL, or that is executed, is put together."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.expr)
        and ((is_put_together(node) and begins_like_sql(node)) or executes_built_text(node))
    ]


def executes_built_text(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    runs_sql = name in ("execute", "executemany", "executescript", "exec_driver_sql", "text")
    return runs_sql and is_put_together(node.args[0])


def is_put_together(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Constant)
        and node.func.attr in ("format", "join")
    )


def begins_like_sql(node: ast.AST) -> bool:
    """True when the leftmost constant of the expression begins with a word of SQL."""
    if isinstance(node, ast.JoinedStr):
        return begins_like_sql(node.values[0])
    if isinstance(node, ast.BinOp):
        return begins_like_sql(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return begins_like_sql(node.func.value)
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(SQL_START.match(node.value))
        and not node.value.lower().startswith("with ")
    )
