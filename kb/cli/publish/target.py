"""The folder that a generation is published to, here or on another machine, and a shell there."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

Writer = Callable[[IO[bytes]], object]


class PublishFailed(Exception):
    """A step on the target did not work; what is served there is as it was before."""


class BadTarget(ValueError):
    """A text that names no folder."""


@dataclass(frozen=True)
class PublishTarget:
    """A data folder; `host` is what ssh is given, "" for this machine."""

    folder: str
    host: str = ""
    ssh: tuple[str, ...] = ("ssh",)

    @classmethod
    def parse(cls, text: str, *, ssh: str) -> PublishTarget:
        """Read `folder` or `[user@]host:folder`, told apart as scp does. Raises BadTarget."""
        host, colon, folder = text.partition(":")
        if text.startswith("["):  # [::1]:/folder
            host, colon, folder = text[1:].partition("]:")
        if not colon or "/" in host:
            host, folder = "", text
        if not folder or (colon and not host and folder != text):
            raise BadTarget(f"{text!r} is neither a folder nor user@host:/folder")
        if host.startswith("-") or folder.startswith(("-", "~")):
            raise BadTarget(f"{text!r}: write the whole path of the folder, as user@host:/folder")
        return cls(folder, host, tuple(shlex.split(ssh)))

    def run(self, script: str, *arguments: str, write: Writer | None = None) -> str:
        """Run a POSIX shell script there, `$1` the first argument; returns what it prints.

        `write` gets its standard input. Raises PublishFailed with the script's last words.
        """
        command = ["sh", "-c", script, "kb-publish", *arguments]
        if self.host:
            command = [*self.ssh, "--", self.host, shlex.join(command)]
        try:
            return self._finish(command, write)
        except OSError as error:
            raise PublishFailed(f"{command[0]}: {error.strerror}") from error

    def _finish(self, command: Sequence[str], write: Writer | None) -> str:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if write else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with process:
            if write and process.stdin:
                # Where the other side has ended, its own words say why.
                with suppress(BrokenPipeError):
                    write(process.stdin)
            output, errors = process.communicate()
        if process.returncode:
            said = (errors or output).decode(errors="replace").strip().splitlines()
            raise PublishFailed(said[-1] if said else f"{command[0]} ended {process.returncode}")
        return output.decode(errors="replace")

    def __str__(self) -> str:
        return f"{self.host}:{self.folder}" if self.host else self.folder
