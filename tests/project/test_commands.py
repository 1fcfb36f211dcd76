"""Commands in documents are those of the program: names, options, make targets, modules."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kb.cli.main import main
from tests.support.documents import PAGES, commands
from tests.support.fixtures.encoder_fixture import REPOSITORY

PROGRAM = ("kb", ".venv/bin/kb", "python -m kb")
PLACEHOLDER = re.compile(r"[A-Z][A-Z/.:@-]*|<.*>|….*|\.\.\.|\[.*")


def arguments(command: list[str]) -> list[str] | None:
    """Words after the name of our program; None for another one."""
    text = " ".join(command)
    for name in PROGRAM:
        if text == name or text.startswith(f"{name} "):
            return command[len(name.split()) :]
    if command[0].endswith("/bin/kb"):
        return command[1:]
    return None


def fault_of(words: list[str]) -> str | None:
    """The reason to refuse a command; values are not looked at, for many are placeholders."""
    command: click.Command = main
    rest = [word for word in words if not PLACEHOLDER.fullmatch(word) or word.startswith("-")]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, *rest = rest
        found = command.commands.get(name)
        if found is None:
            return f"no command {name}"
        command = found
    context = click.Context(command, ignore_unknown_options=False, allow_extra_args=True)
    try:
        command.make_parser(context).parse_args(list(rest))
    except click.UsageError as error:
        missing = isinstance(error, click.BadOptionUsage) and "requires an argument" in str(error)
        return None if missing else error.format_message()
    return None


def program_calls(page: Path) -> Iterator[list[str]]:
    return (words for command in commands(page) if (words := arguments(command)) is not None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_program_knows_every_command_of_a_document(page: Path) -> None:
    faults = {" ".join(words): fault_of(words) for words in program_calls(page)}
    assert {words: fault for words, fault in faults.items() if fault} == {}


def test_documents_hold_commands() -> None:
    assert sum(len(list(program_calls(page))) for page in PAGES) > 60


@pytest.mark.parametrize(
    "line", ["kb chekc", "kb serve --prot 8000", "kb key make", "kb --no-such-option"]
)
def test_what_the_program_does_not_know_is_seen(line: str) -> None:
    assert fault_of(line.split()[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_and_module_of_a_document_exists(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for command in commands(page):
        match command:
            case ["make", target, *_] if not PLACEHOLDER.fullmatch(target) and "=" not in target:
                assert f"\n{target}:" in makefile, target
            case ["python" | ".venv/bin/python", "-m", module, *_]:
                assert importlib.util.find_spec(module), module
