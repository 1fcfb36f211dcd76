"""Old addresses and where they lead, in `redirects.yml`: reading it, and adding to it.

    /hc/en-us/articles/360001-refunds: k2m7p
    /docs/returns.html: k2m7p/en#money
    /help.php?id=17: faq/delivery
    /hc/ru/categories/*: /ru/guides/
    /status: https://status.example.com/

Where a target leads is judged in `kb.content.addresses`; here it is only text.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter, old_paths
from kb.content.files.front_matter import Node
from kb.content.files.old_paths import MAX_PATH_CHARS, PREFIX_MARK, OldPath
from kb.content.files.text import MAX_BYTES, BadFile, read_text
from kb.content.files.whole_file import write_authored
from kb.content.model import Problem

REDIRECTS_FILE = "redirects.yml"
MAX_TARGET_CHARS = 1000
SHOWN_CHARS = 60
ENTRY_REMEDY = "Write `/old/path: id-of-an-article`, one a line"
HEADING = "# Old addresses, and where each leads: docs/writing.md\n"
ENCODED_DOT = re.compile("%2e", re.IGNORECASE)
SLASHES = re.compile("/{2,}+")
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
PLAIN = re.compile(r"/[\w./%~+=?&@*-]*")
"""Paths that YAML takes for text without quotes."""
PLAIN_TARGET = re.compile(r"[\w/][\w./%~+=?&@:#-]*(?<!:)")


@dataclass(frozen=True)
class RedirectLine:
    """An entry as it is written: `old` read, `target` not yet."""

    old: OldPath
    target: str
    line: int
    written: str
    """The old path in the author's spelling."""


def read(root: Path) -> tuple[tuple[RedirectLine, ...], tuple[Problem, ...]]:
    """Entries in the order of the file, and what is wrong with it; none of both without one."""
    if not (root / REDIRECTS_FILE).exists():
        return (), ()
    try:
        return _entries(read_text(root, REDIRECTS_FILE))
    except BadFile as error:
        return (), (error.problem,)


def add(root: Path, redirects: Mapping[str, str], *, replace: bool = False) -> int:
    """Put old paths with their targets into the file, and return how many lines have changed.

    What stands there stays, comments and order too; entries that are new follow in their order.
    The target of a path that is there already stays as well, unless `replace`. Raises BadFile
    when the file cannot be read, or would not mean the same.
    """
    known = read_text(root, REDIRECTS_FILE) if (root / REDIRECTS_FILE).exists() else ""
    text = added(known, redirects, replace=replace)
    if text == known:
        return 0
    write_authored(root / REDIRECTS_FILE, text.encode())
    before = set(known.split("\n"))
    return sum(line not in before for line in text.split("\n") if line and line[0] != "#")


def added(text: str, redirects: Mapping[str, str], *, replace: bool = False) -> str:
    """The text of the file with these entries besides. Raises BadFile as `add` does."""
    entries, _ = _entries(text)
    known = {entry.old: entry for entry in entries}
    wanted = {old: entry.target for old, entry in known.items()}
    lines = text.split("\n") if text else HEADING.split("\n")
    new: dict[OldPath, str] = {}
    for written, target in redirects.items():
        old = old_paths.read(written)
        if old not in known:
            wanted[old] = wanted.get(old, target)
            new.setdefault(old, _line(written, target))
        elif replace and known[old].target != target:
            entry, wanted[old] = known[old], target
            before, mark, comment = lines[entry.line - 1].partition(" #")
            gap = before[len(before.rstrip()) :]
            lines[entry.line - 1] = _line(entry.written, target) + gap + mark + comment
    while lines and not lines[-1].strip():
        lines.pop()
    result = "\n".join([*lines, *new.values(), ""]) if new or text else text
    is_spoilt = _is_broken(result) and not _is_broken(text)
    if is_spoilt or {entry.old: entry.target for entry in _entries(result)[0]} != wanted:
        raise BadFile(REDIRECTS_FILE, "cannot be added to as it is written", ENTRY_REMEDY)
    return result


def _is_broken(text: str) -> bool:
    """True for a text of which something cannot be read. Raises BadFile."""
    return front_matter.read_text_of_file(text, REDIRECTS_FILE, max_chars=MAX_BYTES).is_broken


def _line(written: str, target: str) -> str:
    key = written if PLAIN.fullmatch(written) else json.dumps(written, ensure_ascii=False)
    is_plain = PLAIN_TARGET.fullmatch(target)
    return f"{key}: {target if is_plain else json.dumps(target, ensure_ascii=False)}"


def _entries(text: str) -> tuple[tuple[RedirectLine, ...], tuple[Problem, ...]]:
    """Raises BadFile."""
    reading = front_matter.read_text_of_file(text, REDIRECTS_FILE, max_chars=MAX_BYTES)
    keys, problems = reading.keys, list(reading.problems)
    found: dict[OldPath, RedirectLine] = {}
    for written, node in keys.items():
        fault = _fault_of_path(written) or _fault_of_target(written, node)
        if fault:
            problems.append(Problem(REDIRECTS_FILE, node.line, *fault, FaultKind.BAD_REDIRECT))
            continue
        entry = RedirectLine(old_paths.read(written), str(node.value).strip(), node.line, written)
        first = found.setdefault(entry.old, entry)
        if first is not entry:
            message = f"`{shown(written)}` is the same path as that of line {first.line}"
            problems.append(
                Problem(REDIRECTS_FILE, node.line, message, "Keep one", FaultKind.DUPLICATE_KEY)
            )
    return tuple(found.values()), tuple(problems)


def shown(text: str) -> str:
    """A text in a message: cut, without what cannot be shown."""
    cut = text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"
    return "".join(char if char.isprintable() else "?" for char in cut)


def _fault_of_path(written: str) -> tuple[str, str] | None:
    """Message and remedy of an old path that no browser can ask for."""
    name = shown(written)
    if "://" in written.partition("?")[0]:
        return f"`{name}` is a whole address", "Write what follows the host, from its first /"
    if not written.startswith("/"):
        return f"`{name}` does not begin with /", ENTRY_REMEDY
    if written.startswith(("//", "/\\")):
        return f"`{name}` begins with two slashes", "Write one / and what follows the host"
    if DOTS.search(plain := written.partition("?")[0]):
        way = posixpath.normpath(ENCODED_DOT.sub(".", plain))
        return f"`{name}` holds dots, which browsers resolve", f"Write `{shown(way)}`"
    if "//" in plain:
        return f"`{name}` has two slashes, which count as one", f"Write `{shown(_single(plain))}`"
    if "#" in written:
        return f"`{name}` has a part after #, which browsers do not send", "Write it without"
    if len(written) > MAX_PATH_CHARS or not written.isprintable():
        return f"`{name}` is too long or holds what cannot be typed", ENTRY_REMEDY
    path, mark, _ = written.partition("?")
    if PREFIX_MARK in (path if mark else path.removesuffix(PREFIX_MARK)):
        return f"`{name}` has a * that is not its end", "Write * as the last character, or %2A"
    if path in ("/*", "/"):
        return f"`{name}` is the home page or every page", "Write the old path"
    return None


def _single(path: str) -> str:
    return SLASHES.sub("/", path)


def _fault_of_target(written: str, node: Node) -> tuple[str, str] | None:
    if not isinstance(node.value, str) or not node.value.strip():
        return f"`{shown(written)}` has no target", ENTRY_REMEDY
    if len(node.value) > MAX_TARGET_CHARS or not node.value.strip().isprintable():
        return f"the target of `{shown(written)}` is too long or cannot be typed", ENTRY_REMEDY
    return None
