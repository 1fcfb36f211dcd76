"""Work done in a forked child that may be killed, told to fail, or end in any way it likes.

A child starts in a millisecond from a process that has imported everything, so that thousands of
builds can be broken. Fork only while no other thread runs.
"""

from __future__ import annotations

import json
import os
import signal
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Ending:
    """End of a child: what it returned, the error it raised, or neither when it was killed."""

    note: str = ""
    error: str = ""
    message: str = ""

    @property
    def was_killed(self) -> bool:
        return not (self.note or self.error)

    def is_a(self, kind: type[BaseException]) -> bool:
        """True when the error was of a kind, as `except` would say."""
        return kind.__name__ in self.error.split("/")


class Child:
    """A running child. `work` returns a note that is not empty, or raises."""

    def __init__(self, work: Callable[[], str]) -> None:
        # Readable once the child has ended, in whatever way.
        self.ending_pipe, writing = os.pipe()
        with warnings.catch_warnings():
            # Newer Pythons warn of threads; the ones there may be in a test hold no lock.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            os.close(self.ending_pipe)
            _run_and_exit(work, writing)
        os.close(writing)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ending:
        with os.fdopen(self.ending_pipe, "rb") as pipe:
            text = pipe.read()
        os.waitpid(self.pid, 0)
        return Ending(**json.loads(text)) if text else Ending()


def _run_and_exit(work: Callable[[], str], writing: int) -> None:
    try:
        ending = Ending(note=work())
    except BaseException as error:  # noqa: BLE001 – the parent judges what may happen
        names = "/".join(kind.__name__ for kind in type(error).__mro__)
        ending = Ending(error=names, message=str(error))
    os.write(writing, json.dumps(asdict(ending)).encode())
    os._exit(0)
