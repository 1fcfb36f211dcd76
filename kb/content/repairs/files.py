"""Files of articles, mended one by one: what was done to each, and nothing else of it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.addresses.article_ids import give_ids
from kb.content.files.article_file import Place, place_of
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import walk
from kb.content.files.whole_file import write_authored
from kb.content.model import Library
from kb.content.repairs import front_matter, lists

FENCE = "---"
Mend = Callable[[Sequence[str]], list[str]]
OF_FRONT: Sequence[tuple[Mend, str]] = (
    (front_matter.with_quotes, "put values into quotes"),
    (front_matter.in_order, "put the keys in order"),
)
OF_BODY: Sequence[tuple[Mend, str]] = (
    (lists.with_spaces, "made items of a list"),
    (lists.with_indents, "indented lists below steps"),
)


@dataclass(frozen=True)
class MendedFile:
    """A file, and everything that was done to it."""

    path: str
    done: tuple[str, ...]

    def __str__(self) -> str:
        return f"fixed {self.path}: {', '.join(self.done)}"


def mend(root: Path, library: Library, languages: Sequence[str]) -> Iterator[MendedFile]:
    """Mend every article's file under `root`. Raises OSError."""
    for path in _paths(root, languages):
        done: list[str] = []
        for given in give_ids(root, library, (path,)):
            done += (
                [f"gave the id {given.id}"]
                if not isinstance(given, BadFile) and given.is_new
                else []
            )
        try:
            content = read_bytes(root, path)
        except BadFile:
            continue
        mended, more = mended_text(content)
        if more:
            write_authored(root / path, mended)
        if done or more:
            yield MendedFile(path, (*done, *more))


def _paths(root: Path, languages: Sequence[str]) -> list[str]:
    """Articles that lie where they may; links to files are left to those."""
    return [
        path
        for path, _ in walk(root, "", [])
        if path.endswith(".md")
        and isinstance(place_of(path, languages), Place)
        and not (root / path).is_symlink()
    ]


def mended_text(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The file's bytes mended, and what was done; as they are when they are no text."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content, ()
    if "\r" in text.replace("\r\n", ""):
        return content, ()
    ends = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    if ends == "\r\n" and not all(line.endswith("\r") for line in lines[:-1]):
        return content, ()  # both kinds of line ends: not ours to choose
    lines = [line.removesuffix("\r") for line in lines]
    done: list[str] = []
    first, last = _front(lines)
    front, body = lines[first:last], lines[last:]
    for part, mends in ((front, OF_FRONT), (body, OF_BODY)):
        for change, name in mends:
            mended = change(part)
            if mended != part:
                part[:] = mended
                done.append(name)
    return ends.join((*lines[:first], *front, *body)).encode(), tuple(done)


def _front(lines: Sequence[str]) -> tuple[int, int]:
    """Lines between the fences; none at the beginning without both."""
    if lines[0].lstrip("\ufeff").rstrip() != FENCE:
        return 0, 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return 1, number
    return 0, len(lines)
