"""Trees of git revisions, written to a folder of their own. The work tree is never touched.

Files are written as git holds them: no filter or hook of the repository runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.content.git_history import OPTIONS

TIMEOUT_S = 120
FILE_MODES = ("100644", "100755")
MAX_FILE_BYTES = 30_000_000
"""A larger file is no article and no picture that would be shown."""


class NoRevision(Exception):
    """A revision that cannot be had; says why."""


@dataclass(frozen=True)
class RevisionTree:
    """The folder of articles as a revision has it."""

    folder: Path
    commit: str
    """Its whole name."""


@contextmanager
def checked_out(articles_dir: Path, revision: str) -> Iterator[RevisionTree]:
    """Write the folder of articles of a revision to a temporary folder. Raises NoRevision."""
    commit = _commit(articles_dir, revision)
    with tempfile.TemporaryDirectory(prefix="otvet-revision-") as folder:
        tree = RevisionTree(Path(folder), commit)
        _write(articles_dir, tree)
        yield tree


def _commit(articles_dir: Path, revision: str) -> str:
    _git(articles_dir, "rev-parse", "--is-inside-work-tree", why="is not in a checkout of git")
    why = f"has no revision {revision} in its history; a shallow clone may lack it"
    found = _git(
        articles_dir,
        *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"),
        why=why,
    )
    return found.decode("ascii").strip()


def _write(articles_dir: Path, tree: RevisionTree) -> None:
    """Write all files below the folder of articles, dated as the commit is."""
    here = _git(articles_dir, "rev-parse", "--show-prefix", why="has no place in its repository")
    place = f"{tree.commit}:{here.decode().strip()}"
    why = f"is not in {tree.commit[:12]}"
    listed = _git(articles_dir, "ls-tree", "-r", "-z", "--full-tree", place, why=why)
    files = dict(_files(listed, tree.folder))
    seconds = int(_git(articles_dir, "show", "-s", "--format=%ct", tree.commit, why=why))
    with _blobs(articles_dir, files) as contents:
        for path, content in contents:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (seconds, seconds))


def _files(listed: bytes, folder: Path) -> Iterator[tuple[Path, str]]:
    """Path in `folder` and name of the blob, of every regular file that lies below it."""
    for entry in filter(None, listed.split(b"\0")):
        facts, _, name = entry.partition(b"\t")
        mode, kind, blob = facts.decode("ascii").split()
        parts = os.fsdecode(name).split("/")
        if kind == "blob" and mode in FILE_MODES and not {"", ".", "..", ".git"} & set(parts):
            yield folder.joinpath(*parts), blob


@contextmanager
def _blobs(articles_dir: Path, files: dict[Path, str]) -> Iterator[Iterator[tuple[Path, bytes]]]:
    """Each file with its content, one at a time."""
    with tempfile.TemporaryFile() as wanted:
        wanted.writelines(f"{blob}\n".encode("ascii") for blob in files.values())
        wanted.seek(0)
        with subprocess.Popen(
            (_program(), *OPTIONS, "cat-file", "--batch"),
            cwd=articles_dir,
            env=_environment(),
            stdin=wanted,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            yield _read(git, files)


def _read(git: subprocess.Popen[bytes], files: dict[Path, str]) -> Iterator[tuple[Path, bytes]]:
    """Raises NoRevision for what git does not give."""
    stream = git.stdout
    if stream is None:
        return
    for path in files:
        head = stream.readline().split()
        if len(head) != 3:
            raise NoRevision(f"git does not have the content of {path.name}: fetch it first")
        content = stream.read(int(head[2]))
        stream.read(1)
        if len(content) <= MAX_FILE_BYTES:
            yield path, content


def _git(folder: Path, *arguments: str, why: str) -> bytes:
    """Output of git in `folder`; raises NoRevision, saying that the folder `why`."""
    try:
        done = subprocess.run(
            (_program(), *OPTIONS, *arguments),
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise NoRevision(f"{folder} {why}") from error
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NoRevision(f"git does not answer in {folder}: {error}") from error
    return done.stdout


def _program() -> str:
    program = shutil.which("git")
    if program is None:
        raise NoRevision("git is not installed here")
    return program


def _environment() -> dict[str, str]:
    """A clean one: GIT_DIR and its like, set inside hooks, would name another tree."""
    return {"PATH": os.defpath, "HOME": str(Path.home()), "LC_ALL": "C"}
