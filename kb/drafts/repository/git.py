"""Git, run as a program: without a shell, a user's settings, hooks, or anybody to ask.

Every call has a limit of time; past it the whole group of processes is ended. What is mutated
holds the lock of its caller (`hold`): a git that outlives a killed server keeps others out until
it has finished.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from kb.drafts.model import CloneUnusable, NoRoom

LOCAL_S = 20.0
NETWORK_S = 60.0
MAX_DETAIL_CHARS = 1000
OPTIONS = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.quotePath=false",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.excludesFile=/dev/null",
    "-c", "core.fsync=committed,loose-object,reference",
    "-c", "core.autocrlf=false",
    "-c", "core.logAllRefUpdates=true",
    "-c", "commit.gpgSign=false",
    "-c", "submodule.recurse=false",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
    "-c", "advice.pushUpdateRejected=false",
    "--no-replace-objects",
    "--literal-pathspecs",
)  # fmt: skip
_NO_ROOM = re.compile(
    r"^(?!remote:).*(?:no space left|out of disk ?space|disk quota exceeded)", re.I | re.M
)
_CREDENTIALS = re.compile(r"://[^/@\s]*+@")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\n]+")


class GitFailed(CloneUnusable):
    """Git ended with an error; `detail` is what it said, without credentials."""

    def __init__(self, command: str, code: int, detail: str) -> None:
        super().__init__(f"git {command} ended with {code}: {detail}")
        self.code = code
        self.detail = detail


class GitNoRoom(GitFailed, NoRoom):
    """Git could not write: the disk is full."""


class GitTooSlow(GitFailed):
    """Git was ended after its limit of time."""


class Git:
    """Git in one repository, whose folder is fixed."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the top of a work tree; its `.git` is a folder."""
        program = shutil.which("git")
        if program is None:
            raise CloneUnusable("git is not installed")
        self._program = program
        self.folder = folder
        self.git_dir = folder / ".git"
        self._environment = {
            "PATH": os.defpath,
            "HOME": str(Path("~").expanduser()),
            "LC_ALL": "C",
            "GIT_DIR": str(self.git_dir),
            "GIT_WORK_TREE": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }

    def run(
        self,
        *arguments: str,
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        limit_s: float = LOCAL_S,
        hold: Sequence[int] = (),
    ) -> bytes:
        """Output of `git ARGUMENTS` fed with `given`. Raises GitFailed, GitTooSlow."""
        process = subprocess.Popen(
            (self._program, *OPTIONS, *arguments),
            cwd=self.folder,
            env=self._environment | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # no terminal that a password could be asked on
            pass_fds=tuple(hold),
        )
        try:
            output, errors = process.communicate(given, timeout=limit_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise GitTooSlow(arguments[0], -1, f"no answer within {limit_s:.0f} s") from None
        except BaseException:
            _end(process)
            raise
        if process.returncode:
            detail = said(errors)
            kind = GitNoRoom if _NO_ROOM.search(detail) else GitFailed
            raise kind(arguments[0], process.returncode, detail)
        return output

    def text(self, *arguments: str, given: bytes = b"", limit_s: float = LOCAL_S) -> str:
        """Output as text without the line end; what is not UTF-8 in it is replaced."""
        return self.run(*arguments, given=given, limit_s=limit_s).decode("utf-8", "replace").strip()


def said(errors: bytes) -> str:
    """Lines of git that people may see: printable, bounded, no user or password of an address."""
    text = errors[: 20 * MAX_DETAIL_CHARS].decode("utf-8", "replace").replace("\r", "\n")
    text = _UNPRINTABLE.sub(" ", _CREDENTIALS.sub("://", text))
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:MAX_DETAIL_CHARS]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and whatever it has started, such as ssh."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):  # unsent input of a dead process
                pipe.close()
    process.wait()
