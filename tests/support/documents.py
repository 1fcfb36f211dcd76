"""Documents of the project, and the code that stands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.support.fixtures.encoder_fixture import REPOSITORY

PAGES = (
    *sorted(path for path in REPOSITORY.glob("*.md") if path.name != "CHANGELOG.md"),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
)
"""All but CHANGELOG.md, which tells of the past."""

_FENCE = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_SHELL = frozenset({"", "sh", "bash", "console"})


def inline_code(page: Path) -> list[str]:
    """Code between backticks in lines of prose."""
    return _INLINE.findall(_FENCE.sub("", page.read_text("utf-8")))


def shell_lines(page: Path) -> Iterator[str]:
    """Lines of fenced blocks that a shell would run, continued lines joined."""
    for language, block in _FENCE.findall(page.read_text("utf-8")):
        if language in _SHELL:
            yield from block.replace("\\\n", " ").splitlines()


def commands(page: Path) -> Iterator[list[str]]:
    """Words of every command in a document: of prose and of blocks, one of a pipe each.

    What is no shell (an unfinished quotation, say) is no command.
    """
    for text in [*inline_code(page), *shell_lines(page)]:
        lexer = shlex.shlex(text.removeprefix("$ "), posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:
            continue
        yield from _split(words)


def _split(words: list[str]) -> Iterator[list[str]]:
    """Commands between the shell's own marks, without assignments before them."""
    command: list[str] = []
    for word in [*words, ";"]:
        if word and set(word) <= set("();<>|&"):
            if command:
                yield command
            command = []
        elif command or not re.fullmatch(r"[A-Z_]+=.*", word):
            command.append(word)
