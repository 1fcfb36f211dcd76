"""The tree of author files: regular files in it, and names that cannot be used. Reads none."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.model import SECTIONS, Problem

UNREADABLE = FaultKind.UNREADABLE_FILE
MEDIA, CATEGORIES = "media", "categories.yml"
MARKDOWN = frozenset({"markdown", "mdown", "mdx", "mkd"})
ARTICLE_FORMATS = MARKDOWN | frozenset(
    "adoc asciidoc doc docx htm html odt org qmd rst rtf textile txt".split()
)
MAX_FOLDERS = 6
SECTION_CHOICE = " or ".join(SECTIONS)
PLACE_REMEDY = f"Move it to <language>/<{SECTION_CHOICE}>/<category>/<slug>.md"


def walk(
    root: Path, folder: str, problems: list[Problem], depth: int = 0
) -> list[tuple[str, os.stat_result]]:
    """Regular files below `folder`, by path; links that leave `root` and odd files are reported."""
    found: list[tuple[str, os.stat_result]] = []
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or "unreadable"
        message = f"cannot be read: {reason}"
        problems.append(Problem(folder or ".", 1, message, "Check its rights", UNREADABLE))
        return []
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith("."):
            continue
        if problem := _unusable(root, path, entry, depth):
            problems.append(problem)
        elif entry.is_dir():
            found += walk(root, path, problems, depth + 1)
        else:
            found.append((path, entry.stat()))
    return found


def twins(paths: Iterable[str]) -> list[Problem]:
    """Names that only some file systems tell apart: by case, or by Unicode form."""
    problems = []
    first: dict[str, str] = {}
    for path in paths:
        twin = first.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if twin != path:
            message = f"differs from {twin} only by case or Unicode form"
            problems.append(Problem(path, 1, message, "Rename one of them", FaultKind.BAD_NAME))
    return problems


def stray_file(path: str, languages: Iterable[str]) -> Iterator[Problem]:
    """The fault of a file that is neither article, picture nor one of the files beside them."""
    top, _, below = path.partition("/")
    suffix = path.rpartition("/")[2].rpartition(".")[2].lower()
    is_ours = top == MEDIA or below == CATEGORIES or (not below and suffix not in MARKDOWN)
    if is_ours:
        return
    if suffix in ARTICLE_FORMATS:
        kind = FaultKind.UNREAD_ARTICLE
        remedy = "Rename it to <slug>.md" if suffix in MARKDOWN else "Write it as <slug>.md"
        yield Problem(path, 1, f"is not read: articles are .md, this is .{suffix}", remedy, kind)
    elif top in languages:
        remedy = f"Pictures belong into {MEDIA}/; remove it, or keep it elsewhere"
        yield Problem(path, 1, "is no article, and nothing shows it", remedy, FaultKind.STRAY_FILE)


def _unusable(root: Path, path: str, entry: os.DirEntry[str], depth: int) -> Problem | None:
    """The problem of an entry that is neither a file to read nor a folder to walk."""
    if not _is_printable(path):
        shown = path.encode("utf-8", "backslashreplace").decode()
        return Problem(
            shown, 1, "has a name that is not valid text", "Rename it", FaultKind.BAD_NAME
        )
    if entry.is_symlink() and (problem := _bad_link(root, path)):
        return problem
    if entry.is_dir():
        if depth < MAX_FOLDERS:
            return None
        kind = FaultKind.MISPLACED_FILE
        return Problem(path, 1, "lies too deep to be read", PLACE_REMEDY, kind)
    if entry.is_file():
        return None
    remedy = "Remove it; only regular files are read"
    return Problem(path, 1, "is not a regular file", remedy, UNREADABLE)


def _is_printable(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not any(unicodedata.category(char) == "Cc" for char in path)


def _bad_link(root: Path, path: str) -> Problem | None:
    target = os.path.realpath(root / path)
    real_root = os.path.realpath(root)
    if not target.startswith(real_root + os.sep):
        return Problem(
            path, 1, "is a link that leaves its folder", "Copy the file here", UNREADABLE
        )
    if not os.path.isfile(target):
        message = "is a link to a folder or to nothing"
        return Problem(path, 1, message, "Put the file itself here", UNREADABLE)
    return None
