"""The process that tries texts for the editor: `kb workbench`, beside the servers.

Answers on a socket in the data folder, one trial at a time; of one article only the newest text
waits. After an idle while it ends, with the encoder's memory, and is started again by whoever
started it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from kb.build.trial.text_trial import TextTrials
from kb.config import Config
from kb.workbench.search_trial import (
    FOLDER,
    MAX_TRIAL_CHARS,
    SearchTrial,
    received,
    socket_address,
)
from search.errors import (
    BuildInProgress,
    EncoderUnavailable,
    IndexCorrupt,
    IndexOutdated,
    ReaderUnavailable,
)

log = structlog.get_logger(__name__)

IDLE_S = 900.0
MAX_ASKED_BYTES = 6 * MAX_TRIAL_CHARS + 10_000
"""A character is six bytes of JSON at most."""
ASKING_S = 5.0
MOST_WAITING = 16
"""Connections; an editor has one at a time."""
FAULTS = (
    *(OSError, BuildInProgress, EncoderUnavailable, ReaderUnavailable),
    *(IndexCorrupt, IndexOutdated),
)

Trial = Callable[[str, str], SearchTrial]


@dataclass
class Workbench:
    """Tries what is sent to it. `run` is called by one thread at a time."""

    run: Trial
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _newest: dict[str, object] = field(default_factory=dict)
    """Path → mark of the text that was sent last."""

    def answer(self, path: str, text: str) -> SearchTrial:
        """Try a text when its turn comes; not at all when a newer one came first."""
        mark = object()
        self._newest[path] = mark
        with self._turn:
            if self._newest.get(path) is not mark:
                return SearchTrial("superseded")
            try:
                return self.run(path, text)
            except FAULTS as error:
                log.warning("trial_failed", reason=str(error))
                return SearchTrial("failed")
            finally:
                if self._newest.get(path) is mark:
                    del self._newest[path]

    def serve(self, listener: socket.socket, stopped: threading.Event, *, idle_s: float) -> None:
        """Answer connections until told to stop, or until none has come for `idle_s`."""
        listener.settimeout(1.0)
        idle = 0.0
        while not stopped.is_set() and idle < idle_s:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                idle = 0.0 if self._turn.locked() else idle + 1.0
                continue
            idle = 0.0
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # who asked may be gone
            connection.settimeout(ASKING_S)
            try:
                asked = json.loads(received(connection, MAX_ASKED_BYTES))
                path, text = str(asked["path"]), str(asked["text"])
            except (ValueError, KeyError, TypeError):
                return
            connection.sendall(self.answer(path, text).to_json())


def serve(config: Config) -> None:
    """Try texts until SIGTERM or SIGINT, or until nobody has asked for IDLE_S."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    trials = TextTrials(config)
    with listening(config) as listener:
        Workbench(trials.run).serve(listener, stopped, idle_s=IDLE_S)
    trials.close()


def listening(config: Config) -> socket.socket:
    """A socket that this user alone can reach. Raises OSError."""
    (config.data_dir / FOLDER).mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with socket_address(config) as address:
            with suppress(FileNotFoundError):
                os.unlink(address)
            listener.bind(address)
        listener.listen(MOST_WAITING)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener
