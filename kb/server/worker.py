"""One serving process: waitress's event loop under gunicorn's supervision.

A single loop reads requests and writes responses for all connections; only complete requests get
a thread. So a client that sends or reads slowly, or never, costs a socket and nobody's time. See
docs/decisions/0006-wsgi-server.md for what was measured.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import time
from collections.abc import Sequence
from typing import Any, cast

from gunicorn.workers.base import Worker  # type: ignore[import-untyped]
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

from kb.deadlines import WAITED

REQUEST_DEADLINE_S = 10.0
"""For a whole request to arrive, and for an idle connection to say something."""
RESPONSE_DEADLINE_S = 60.0
"""For a response to be taken, from when it was ready."""
CONNECTION_LIMIT = 4000
MAX_HEADER_BYTES = 16 * 1024
MAX_BODY_BYTES = 256 * 1024
"""Above the application's own limit, so that clients a little over it get its answer."""
LOOP_TIMEOUT_S = 1.0
DRAIN_QUIET_S = 0.3
"""While stopping: how long a connection may be silent before it is closed."""
DRAIN_FRESH_S = 2.0
"""The same for one that has asked nothing yet: its request is probably on the way."""
STUCK_AFTER_S = 30.0
"""No request finished for so long while others wait: the process is replaced."""
QUEUE_PER_THREAD = 8
"""Requests that may wait: better to turn some away at once than to answer all late."""
COSTLY_PER_THREAD = 2
"""Suggestions that may wait: with more, those behind them would be over their time budget."""
COSTLY = "/api/v1/suggest"
RETRY_AFTER_S = 2
SPARE_FILES = 100


class Overloaded(Error):
    """More requests wait than can be answered soon."""

    code = 503
    reason = "Service Unavailable"

    def __init__(self) -> None:
        super().__init__("too many requests wait; try again in a moment")

    def to_response(self, ident: str | None = None) -> Any:
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", str(RETRY_AFTER_S))], body


class Parser(HTTPRequestParser):
    """Refuses what a proxy in front might read in another way."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("both Transfer-Encoding and Content-Length")


class ProblemTask(ErrorTask):
    """Requests that never reach the application; those to the API are told so in its own shape."""

    def execute(self) -> None:
        path = getattr(self.request, "path", "") or ""
        if not path.startswith("/api/"):
            super().execute()
            return
        error: Any = cast(Any, self.request).error
        code = {413: "body_too_large", 503: "search_unavailable"}.get(error.code, "bad_request")
        problem = {"type": "about:blank", "title": error.reason, "status": error.code, "code": code}
        body = json.dumps(problem).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            *([("Retry-After", str(RETRY_AFTER_S))] if error.code == 503 else []),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class TimedTask(WSGITask):
    """A request that tells the application how long it has waited for a thread."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        queued_at = cast(ClientConnection, self.channel).queued_at
        if queued_at is not None:
            environ[WAITED] = time.monotonic() - queued_at
        return environ


class ClientConnection(HTTPChannel):
    """A connection that knows since when its request or its response is under way."""

    parser_class = Parser
    task_class = TimedTask
    error_task_class = ProblemTask
    queued_at: float | None = None
    receiving_since: float | None = None
    sending_since: float | None = None

    is_receiving = False
    is_refused = False
    """The request just received is to be refused by the loop, without waiting for a thread."""

    def received(self, data: bytes) -> bool:
        self.is_receiving = True
        is_read: bool = super().received(data)
        self.is_receiving = False
        if self.is_refused:  # only now, as `received` holds a lock that answering takes
            self.is_refused = False
            self.service()
        if self.request is None:
            self.receiving_since = None
        elif self.receiving_since is None:
            self.receiving_since = time.monotonic()
        return is_read

    def service(self) -> None:
        self.sending_since = time.monotonic()  # else a response could be overdue by the last one
        super().service()
        self.sending_since = time.monotonic()
        cast(Server, self.server).finished += 1

    @property
    def is_busy(self) -> bool:
        """Whether somebody would miss an answer if this connection were closed now."""
        return bool(self.requests or self.total_outbufs_len or self.request is not None)

    def is_quiet(self, now: float) -> bool:
        """Whether nothing more is to be expected soon, on the wall clock as waitress counts."""
        is_fresh = self.sending_since is None
        return now - self.last_activity > (DRAIN_FRESH_S if is_fresh else DRAIN_QUIET_S)

    def is_overdue(self, now: float) -> bool:
        if self.requests:
            return False  # being answered
        if self.receiving_since is not None and now - self.receiving_since > REQUEST_DEADLINE_S:
            return True
        return bool(
            self.total_outbufs_len
            and self.sending_since is not None
            and now - self.sending_since > RESPONSE_DEADLINE_S
        )


class Server(TcpWSGIServer):
    """Accepts connections and closes those that take too long."""

    channel_class = ClientConnection
    finished = 0
    """Requests answered so far."""

    def add_task(self, task: Any) -> None:
        """Queue a channel's request; one too many is refused at once, by the loop itself."""
        waiting = self.task_dispatcher
        task.queued_at = time.monotonic()
        if self._has_room(task, list(waiting.queue)):
            waiting.add_task(task)
            return
        task.requests[0].error = Overloaded()
        if task.is_receiving:
            task.is_refused = True
            return
        with waiting.lock:  # the next of several requests that came at once
            waiting.queue.appendleft(task)
            waiting.queue_cv.notify()

    def _has_room(self, task: Any, waiting: Sequence[Any]) -> bool:
        if len(waiting) >= QUEUE_PER_THREAD * self.adj.threads:
            return False
        if not _is_costly(task):
            return True
        costly = sum(map(_is_costly, waiting))
        return costly < COSTLY_PER_THREAD * self.adj.threads

    def maintenance(self, now: float) -> None:
        super().maintenance(now)  # type: ignore[arg-type]
        monotonic = time.monotonic()
        channels: dict[int, ClientConnection] = cast(Any, self.active_channels)
        for channel in [one for one in channels.values() if one.is_overdue(monotonic)]:
            # Not `will_close`: that waits until the other side takes what is sent, or for ever.
            channel.handle_close()


def _is_costly(task: Any) -> bool:
    """Whether a channel's next request is one that takes milliseconds of a processor."""
    return bool(task.requests) and getattr(task.requests[0], "path", "") == COSTLY


class EventLoopWorker(Worker):  # type: ignore[misc]
    """Serves until told to stop, then finishes what was begun."""

    def run(self) -> None:
        self._map: dict[int, Any] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(self.cfg.threads)
        self._servers = [self._serve(wrapped.sock) for wrapped in self.sockets]
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
        """Whether it serves; asked by the supervisor, in another process than `run`."""
        return os.fstat(self.tmp.fileno()).st_size > 0

    def _tell_ready(self) -> None:
        """By the size of the heartbeat file, which the supervisor has open too."""
        os.write(self.tmp.fileno(), b"ready")

    def _serve(self, listener: Any) -> Server:
        return Server(
            self.wsgi,
            self._map,
            True,
            listener,
            dispatcher=self._dispatcher,
            adj=adjustments(listener, threads=self.cfg.threads),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def _watch_from(self, now: float) -> None:
        self._finished, self._progress_at = self._count(), now

    def _count(self) -> int:
        return sum(server.finished for server in self._servers)

    def _is_stuck(self) -> bool:
        """Whether requests wait and none has been finished for long: then stay silent and die."""
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
