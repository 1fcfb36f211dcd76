"""A server that is killed at a chosen git of a step: `python -m tests.support.repositories.killed`.

Steps go on until then; each is acknowledged by a line. Run by `kill_at`, in a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from kb.drafts import changes, publication, saves
from kb.drafts.model import OpenArticle, Saved
from kb.drafts.repository import git as git_module
from kb.drafts.repository.clone import Clone
from tests.support.repositories import ANNA, ARTICLE, REFUND, RITA

Steps = Literal["saves", "publications"]
Way = Literal["before", "alone", "together"]
"""Killed before that git begins; while it runs, so that it outlives the server; or with it."""
WAYS: tuple[Way, ...] = get_args(Way)


def kill_at(folder: Path, steps: Steps, call: int, way: Way) -> list[str]:
    """Lines that a server in the clone at `folder` acknowledged before it was killed at its
    `call`th git."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(folder), steps, str(call), way],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done
    return done.stdout.split()


def text_of(number: str) -> str:
    """The text that is acknowledged by `number`."""
    return REFUND.replace("First", f"Number {number}")


class _Killing(subprocess.Popen[bytes]):
    """Kills this process at one of its children."""

    call = 0
    way: Way = "before"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _Killing.call -= 1
        if not self.call and self.way == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().__init__(*args, **kwargs)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[bytes, bytes]:
        if not self.call:
            assert self.stdin is not None
            self.stdin.write(input or b"")
            self.stdin.close()
            if self.way == "together":
                os.killpg(self.pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().communicate(input, timeout)


def _main(folder: str, steps: str, call: str, way: str) -> None:
    clone = Clone(Path(folder), "articles/", ("en", "ru"), "otvet@example.com")
    opened = changes.opened(clone, ARTICLE, author=ANNA)
    _Killing.call = int(call)
    _Killing.way = next(one for one in WAYS if one == way)
    git_module.subprocess.Popen = _Killing  # type: ignore[attr-defined]  # ours alone
    for line in _acknowledged(clone, opened, steps):
        print(line, flush=True)


def _acknowledged(clone: Clone, opened: OpenArticle, steps: str) -> Iterator[str]:
    revision = opened.revision
    for number in range(1, 1000):
        text = text_of(str(number))
        saved = saves.save(clone, ARTICLE, text, base=revision, author=ANNA)
        assert isinstance(saved, Saved)
        revision = saved.revision
        if steps == "publications":
            revision = publication.publish(clone, ARTICLE, revision=revision, author=RITA).revision
        yield str(number)


if __name__ == "__main__":
    _main(*sys.argv[1:])
