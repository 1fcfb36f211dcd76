"""Snippets: blocks of Markdown in `_snippets/<language>/<name>.md`, put into many articles.

A snippet may hold variables and other snippets, none of which may come back to it. Its relative
links are meant from its own file, as its author sees them. Never raises for content.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_text
from kb.content.model import Problem
from kb.content.remarks.source import prose_of
from kb.content.shared_text.expansion import MARK, Expanded, Shared, Snippet, expanded
from kb.content.shared_text.variables import NAME, ReadVariables

SNIPPETS_DIR = "_snippets"
MAX_EXPANDED_CHARS = 100_000
MAX_DEPTH = 5
FRONT = re.compile(
    r"\s*(?:---[ \t]*\n(?:[ \t#-][^\n]*\n|[\w\"'][\w\"' -]{0,60}:[^\n]*\n|\n)*?---[ \t]*(?:\n|$)"
    r"|\+\+\+[ \t]*\n(?:[^\n]*\n)*?\+\+\+[ \t]*(?:\n|$))"
)
"""Front matter as articles have it, or that of other programs."""
FRONT_REMEDY = "Remove the lines from --- to ---; snippets are text only"
UP_FROM_ARTICLE = "../../../"
"""From the folder of any article to that of all."""
LINK = re.compile(r"(?P<before>\]\([ \t]*<?|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?)(?P<href>[^)\s<>]+)")
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|[/#]", re.IGNORECASE)

SnippetText = tuple[str, int]
"""Text, and the line of its file in which it begins."""
Snippets = Mapping[str, Mapping[str, Snippet]]
"""By language and name."""
UNREAD: SnippetText = "", 1


@dataclass(frozen=True)
class ReadSnippets:
    """Snippets that can be used, and the names of all that lie there."""

    usable: Snippets
    present: Mapping[str, frozenset[str]]
    """Names by language; the fault of one that cannot be used is told at its file."""
    problems: tuple[Problem, ...] = ()


def is_snippet(path: str) -> bool:
    """True for a path below the folder of snippets."""
    return path.startswith(f"{SNIPPETS_DIR}/")


def read(
    root: Path, paths: Iterable[str], languages: Sequence[str], variables: ReadVariables
) -> ReadSnippets:
    """Snippets of every language, from `paths` below `root`; and what is wrong with them."""
    problems: list[Problem] = []
    texts: dict[str, dict[str, SnippetText]] = {lang: {} for lang in languages}
    for path in filter(is_snippet, paths):
        _, *folders, name = path.split("/")
        stem, dot, suffix = name.rpartition(".")
        if len(folders) != 1 or folders[0] not in texts or dot + suffix != ".md":
            remedy = f"Move it to {SNIPPETS_DIR}/<language>/<name>.md"
            problems.append(_bad(path, "is no snippet", remedy, FaultKind.MISPLACED_FILE))
        elif not NAME.fullmatch(stem):
            remedy = "Use a-z, 0-9, _ and -, at most 40 characters"
            problems.append(_bad(path, f"`{stem[:40]}` cannot be a name", remedy))
        else:
            texts[folders[0]][stem] = _text(root, path, problems)
    found = {
        lang: _SnippetFiller(lang, of_lang, variables, problems).all()
        for lang, of_lang in texts.items()
    }
    present = {lang: frozenset(of_lang) for lang, of_lang in texts.items()}
    return ReadSnippets(found, present, tuple(problems))


def _text(root: Path, path: str, problems: list[Problem]) -> SnippetText:
    """Markdown of a snippet's file; UNREAD, with a problem, where there is none."""
    try:
        text = read_text(root, path)
    except BadFile as error:
        problems.append(error.problem)
        return UNREAD
    if front := FRONT.match(text):
        message, remedy = "has front matter, which readers never see", FRONT_REMEDY
        problems.append(_bad(path, message, remedy))
    body = text[front.end() if front else 0 :].lstrip("\n")
    if not body.strip():
        problems.append(_bad(path, "has no text", "Write it, or remove the file"))
        return UNREAD
    first = text.count("\n", 0, len(text) - len(body)) + 1
    return _with_far_links(body.strip("\n"), path), first


def flattened(made: Expanded) -> Iterator[Problem]:
    """Problems of snippets within a line that are more than a paragraph."""
    for (path, line), tag in made.flattened:
        message = f"`{tag}` is more than a paragraph, and stands within a line"
        remedy = "Put it on a line of its own"
        yield Problem(path, line, message, remedy, FaultKind.BAD_SNIPPET)


class _SnippetFiller:
    """Fills in the snippets of one language, each once."""

    def __init__(
        self,
        lang: str,
        texts: Mapping[str, SnippetText],
        variables: ReadVariables,
        problems: list[Problem],
    ) -> None:
        self._lang, self._texts, self._problems = lang, texts, problems
        self._shared = Shared(variables.values(lang), self._snippet, self._is_told)
        self._is_told_variable = variables.is_told
        self._open: list[str] = []
        self._done: dict[str, Snippet | None] = {}

    def all(self) -> dict[str, Snippet]:
        """All that can be used, by name."""
        made = {name: self._snippet(name) for name in sorted(self._texts)}
        return {name: one for name, one in made.items() if one}

    def _is_told(self, tag: str) -> bool:
        return tag.removeprefix(MARK) in self._texts if MARK in tag else self._is_told_variable(tag)

    def _snippet(self, name: str) -> Snippet | None:
        if name in self._done or self._texts.get(name, UNREAD) is UNREAD:
            return self._done.get(name)
        path = f"{SNIPPETS_DIR}/{self._lang}/{name}.md"
        if name in self._open or len(self._open) == MAX_DEPTH:
            way = " → ".join((*self._open, name))
            message = (
                f"comes back to itself: {way}" if name in self._open else f"is too deep: {way}"
            )
            self._problems.append(_bad(path, message, "Take one of them out"))
            return None
        self._open.append(name)
        text, first = self._texts[name]
        made = expanded(text, (path, first), self._shared)
        self._open.pop()
        self._problems.extend(flattened(made))
        self._done[name] = self._usable(path, made)
        return self._done[name]

    def _usable(self, path: str, made: Expanded) -> Snippet | None:
        if made.is_cut or len(made.text) > MAX_EXPANDED_CHARS:
            message = f"grows to more than {MAX_EXPANDED_CHARS:,} characters"
            self._problems.append(_bad(path, message, "Split it", FaultKind.TOO_LONG))
            return None
        return Snippet(
            path,
            tuple(made.lines),
            tuple(made.origins),
            frozenset(made.variables),
            frozenset((*made.snippets, path)),
        )


def _with_far_links(text: str, path: str) -> str:
    """The text with relative links as an article has to write them."""
    lines = text.split("\n")
    return "\n".join(
        _far_line(line, prose, posixpath.dirname(path))
        for line, prose in zip(lines, prose_of(lines), strict=True)
    )


def _far_line(line: str, prose: str, folder: str) -> str:
    parts: list[str] = []
    at = 0
    for match in LINK.finditer(prose):
        href = match["href"]
        inside = posixpath.normpath(posixpath.join(folder, href))
        if ABSOLUTE.match(href) or inside.startswith("..") or "{{" in href:
            continue
        parts += (line[at : match.start("href")], UP_FROM_ARTICLE + inside)
        at = match.end("href")
    return "".join(parts) + line[at:]


def _bad(path: str, message: str, remedy: str, kind: FaultKind = FaultKind.BAD_SNIPPET) -> Problem:
    return Problem(path, 1, message, remedy, kind)
