"""One serving process: waitress's event loop under gunicorn's supervision.

A single loop reads requests and writes responses for all connections; only complete requests get
a thread. So a client that sends or reads slowly, or never, costs a socket and nobody's time. See
docs/decisions/0006-wsgi-server.md for what was measured.
"""

from __future__ import annotations

import logging
import os
import resource
import socket
import sys
import time
from functools import partial
from typing import Any, cast

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]  # ships no types
from gunicorn.errors import AppImportError  # type: ignore[import-untyped]  # ships no types
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]  # ships no types
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from kb.server.connections import REQUEST_DEADLINE_S, ClientConnection, Server
from kb.server.refusals import Refusals
from kb.web.http import request_log

log = logging.getLogger(__name__)

CONNECTION_LIMIT = 4000
MAX_HEADER_BYTES = 16 * 1024
MAX_BODY_BYTES = 256 * 1024
"""Above the application's own limit, so that clients a little over it get its answer."""
LOOP_TIMEOUT_S = 1.0
STUCK_AFTER_S = 30.0
"""No request finished for so long while others wait: the process is replaced."""
SPARE_FILES = 100
PAUSE_BEFORE_RETRY_S = 3.0
"""After a worker that could not start, and before the next."""


class EventLoopWorker(Worker):  # type: ignore[misc]  # its base is untyped
    """Serves until told to stop, then finishes what was begun."""

    is_replacement = False
    """True for one that starts while others have served: set by the supervisor."""

    def init_process(self) -> None:
        """Start and run. A replacement that cannot start is tried again, and ends nobody else.

        Gunicorn stops all workers when one cannot start, which is right only at the very start.
        Half-started threads of libraries would abort a usual exit, and its code be lost.
        """
        try:
            super().init_process()
        except Exception as error:
            if self.booted:
                raise
            if self.is_replacement:
                log.exception("a new worker cannot start; it is tried again")
                self.notify()
                time.sleep(PAUSE_BEFORE_RETRY_S)
                os._exit(1)
            if isinstance(error, AppImportError):
                print(error, file=sys.stderr, flush=True)
                os._exit(Arbiter.APP_LOAD_ERROR)
            log.exception("the worker cannot start")
            os._exit(Arbiter.WORKER_BOOT_ERROR)

    def run(self) -> None:
        self._map: dict[int, Any] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(self.cfg.threads)
        refusals = Refusals(request_log.metrics_of(self.wsgi).count_refusal)
        self._servers = [self._serve(wrapped.sock, refusals) for wrapped in self.sockets]
        _Waker(self.PIPE[0], self._map)
        self._watch_from(time.monotonic())
        self._tell_ready()
        while self.alive and self.ppid == os.getppid():
            if not self._is_stuck():
                self.notify()
            wasyncore.loop(LOOP_TIMEOUT_S, use_poll=True, map=self._map, count=1)
        self._drain(time.monotonic() + self.cfg.graceful_timeout - 1.0)

    @property
    def is_ready(self) -> bool:
        """Tell whether it serves; asked by the supervisor, in another process than `run`."""
        return os.fstat(self.tmp.fileno()).st_size > 0

    def _tell_ready(self) -> None:
        """By the size of the heartbeat file, which the supervisor has open too.

        Not by writing: that would need room on a disk.
        """
        os.ftruncate(self.tmp.fileno(), 1)

    def _serve(self, listener: Any, refusals: Refusals) -> Server:
        server = Server(
            self.wsgi,
            self._map,
            True,
            listener,
            dispatcher=self._dispatcher,
            adj=adjustments(listener, threads=self.cfg.threads),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )
        server.refusals = refusals
        server.route_of = partial(request_log.route_of, self.wsgi)
        return server

    def _watch_from(self, now: float) -> None:
        self._finished, self._progress_at = self._count(), now

    def _count(self) -> int:
        return sum(server.finished for server in self._servers)

    def _is_stuck(self) -> bool:
        """Tell whether requests wait and none has ended for long: then stay silent and die."""
        now = time.monotonic()
        if not self._dispatcher.queue or self._count() != self._finished:
            self._watch_from(now)
        return now - self._progress_at > STUCK_AFTER_S

    def _drain(self, deadline: float) -> None:
        """Accept no more; close each connection once it has its answer."""
        for server in self._servers:
            server.accepting = False
            server.del_channel(self._map)
            cast(socket.socket, server.socket).close()
        while (channels := self._channels()) and time.monotonic() < deadline:
            self.notify()
            for channel in channels:
                if not channel.is_busy and channel.is_quiet(time.time()):
                    channel.will_close = True
            wasyncore.loop(0.05, use_poll=True, map=self._map, count=1)
        self._dispatcher.shutdown(timeout=1)

    def _channels(self) -> list[ClientConnection]:
        return [one for one in self._map.values() if isinstance(one, ClientConnection)]


class _Waker(wasyncore.file_dispatcher):
    """Ends the loop's wait when a signal arrives; gunicorn writes each one to this pipe."""

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.recv(4096)


def adjustments(listener: Any, *, threads: int) -> Adjustments:
    """Waitress's settings; the ones given differ from its defaults for a reason named above."""
    return Adjustments(
        sockets=[listener],
        threads=threads,
        backlog=1024,
        connection_limit=connection_limit(),
        channel_timeout=int(REQUEST_DEADLINE_S),
        cleanup_interval=1,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=MAX_BODY_BYTES,
        inbuf_overflow=64 * 1024,
        log_socket_errors=False,
        ident=None,
        asyncore_use_poll=True,
        # Forwarded headers are the application's business: it knows how many proxies to trust.
        clear_untrusted_proxy_headers=False,
    )


def connection_limit() -> int:
    """As many as wanted, or as the process may have files open, less some for its own use."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTION_LIMIT
    return max(10, min(CONNECTION_LIMIT, soft - SPARE_FILES))
