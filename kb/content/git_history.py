"""Dates of files' changes and of their first commit, from the history of git. Knows no article.

One `git log` for a folder, remembered by commit. Without git, a checkout or history the answer is
empty, and callers fall back to modification times.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger(__name__)

TIMEOUT_S = 20
# A checkout's own settings must not run programs
OPTIONS = ("-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "--no-optional-locks")
COMMIT_MARK = "\x01"
MOST_CHANGES = 20
"""Dates kept of a file."""
MOST_ASKED = 2_000
"""Files named in one command; a command line has room for some more."""


@dataclass
class DateCache:
    """Dates of one folder at one commit."""

    head: str = ""
    dates: Mapping[str, Dates] = field(default_factory=dict)
    first: Mapping[str, datetime] = field(default_factory=dict)
    """First commit of each path; in a shallow clone of those that came after its edge."""
    is_shallow: bool = False
    at_edge: frozenset[str] = frozenset()
    """Paths of which only the edge of a shallow clone tells."""
    undated: frozenset[str] = frozenset()
    """Those of them that are as committed: nobody knows when they changed."""


Dates = tuple[datetime, ...]
"""Newest first, at least one and at most MOST_CHANGES; aware, UTC."""


def change_dates(folder: Path, *, cache: DateCache | None = None) -> Mapping[str, Dates]:
    """Path below `folder` (posix) → times of the last commits that changed it.

    Files that differ from the commit, and untracked ones, are missing; so is everything when there
    is no history. A shallow clone knows only the last change of a file, and none that came before
    its edge. A file that was moved begins anew.
    """
    cache = DateCache() if cache is None else cache
    commit = head(folder)
    if not commit:
        return {}
    if commit != cache.head:
        log = _git(
            folder, "log", f"--format={COMMIT_MARK}%ct %P", "--name-only", "-z", "--no-renames",
            "--relative", "HEAD", "--", ".",
        )  # fmt: skip
        is_shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false"
        cache.head, cache.is_shallow = commit, is_shallow
        cache.dates, cache.first, cache.at_edge = _read(log, is_shallow=is_shallow)
    changed = _changed(folder)
    cache.undated = cache.at_edge - changed
    return {path: date for path, date in cache.dates.items() if path not in changed}


def key_dates(folder: Path, paths: Sequence[str], key: str) -> Mapping[str, datetime]:
    """Path → time of the last commit that changed its line `key: …`; missing where git has none."""
    if not paths:
        return {}
    log = _git(
        folder, "log", f"--format={COMMIT_MARK}%ct %P", "--name-only", "-z", "--no-renames",
        "--relative", f"-G^{key}:", "HEAD", "--", *paths[:MOST_ASKED],
    )  # fmt: skip
    dates, _, _ = _read(log, is_shallow=False)
    return {path: found[0] for path, found in dates.items()}


def line_dates(folder: Path, path: str) -> Dates:
    """Times of the commits that last changed each line of a file; none without history.

    Only for a file that is as it was committed, and not in a shallow clone.
    """
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return ()
    found = _git(folder, "blame", "--line-porcelain", "HEAD", "--", path)
    times = (line.split()[1] for line in found.split("\n") if line.startswith("committer-time "))
    return tuple(datetime.fromtimestamp(int(time), tz=UTC) for time in times)


_Read = tuple[dict[str, Dates], dict[str, datetime], frozenset[str]]


def _read(log: str, *, is_shallow: bool) -> _Read:
    """From `git log -z --name-only`, newest commit first: dates a file, its first, and paths of
    which only the edge of a shallow clone tells."""
    most = 1 if is_shallow else MOST_CHANGES
    dates: dict[str, list[datetime]] = {}
    first: dict[str, datetime] = {}
    at_edge: set[str] = set()
    for commit in log.split(COMMIT_MARK)[1:]:
        head, *paths = commit.replace("\n", "\0").split("\0")
        seconds, _, parents = head.partition(" ")
        if not seconds.isdigit():
            continue
        if is_shallow and not parents.strip():
            at_edge.update(filter(None, paths))
            continue
        date = datetime.fromtimestamp(int(seconds), tz=UTC)
        for path in filter(None, paths):
            first[path] = date
            known = dates.setdefault(path, [])
            if len(known) < most:
                known.append(date)
    kept = {path: tuple(found) for path, found in dates.items()}
    first = {path: date for path, date in first.items() if path not in at_edge}
    return kept, first, frozenset(at_edge - dates.keys())


def _changed(folder: Path) -> set[str]:
    """Paths below `folder` that differ from HEAD or from the index."""
    arguments = ("--name-only", "-z", "--no-renames", "--relative", "HEAD", "--", ".")
    return set(filter(None, _git(folder, "diff", *arguments).split("\0")))


def head(folder: Path) -> str:
    """Name of the commit that is checked out; "" without history."""
    return _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").strip()


def _git(folder: Path, *arguments: str) -> str:
    return output(folder, *arguments).decode("utf-8", "replace")


def output(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Output of git in `folder`, given what it reads.

    Nothing when git is missing, slow or refuses.
    """
    program = shutil.which("git")
    if program is None:
        return b""
    try:
        done = subprocess.run(
            (program, *OPTIONS, *arguments),
            cwd=folder,
            # A clean environment: GIT_DIR and its like, set inside hooks, would name another tree
            env={
                "PATH": os.defpath,
                "HOME": str(Path.home()),
                "LC_ALL": "C",
                "GIT_NO_LAZY_FETCH": "1",  # a partial clone is not to ask its server
            },
            input=given,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        logger.debug("git %s gave nothing: %s", arguments[0], type(error).__name__)
        return b""
    return done.stdout
