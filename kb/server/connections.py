"""Connections of a serving process: read by one loop, answered by threads, closed in time.

What a proxy in front might read in another way is refused, and so are requests beyond those that
can be answered soon.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from kb.deadlines import WAITED
from kb.server.refusals import Refusals

REQUEST_DEADLINE_S = 10.0
"""For a whole request to arrive, and for an idle connection to say something."""
RESPONSE_DEADLINE_S = 60.0
"""For a response to be taken, from when it was ready."""
DRAIN_QUIET_S = 0.3
"""While stopping: how long a connection may be silent before it is closed."""
DRAIN_FRESH_S = 2.0
"""The same for one that has asked nothing yet: its request is probably on the way."""
QUEUE_PER_THREAD = 8
"""Requests that may wait: better to turn some away at once than to answer all late."""
COSTLY_PER_THREAD = 2
"""Suggestions that may wait: with more, those behind them would be over their time budget."""
COSTLY = "/api/v1/suggest"
RETRY_AFTER_S = 2


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
        server = cast(Server, cast(Any, self.channel).server)
        server.refuse(path, cast(Any, self.request).error.code)
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
        """Tell whether somebody would miss an answer if this connection were closed now."""
        return bool(self.requests or self.total_outbufs_len or self.request is not None)

    def is_quiet(self, now: float) -> bool:
        """Tell whether nothing more is expected soon, on the wall clock as waitress counts."""
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
    refusals = Refusals(lambda _route, _status: None)
    """Counted nowhere until the worker says where."""
    route_of: Callable[[str], str] = staticmethod(lambda _path: "-")
    """The rule that a path belongs to; "-" for none."""

    def refuse(self, path: str, status: int) -> None:
        """Count a request that the application never sees."""
        self.refusals.add(self.route_of(path), status)

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
        self.refusals.tell()
        monotonic = time.monotonic()
        channels: dict[int, ClientConnection] = cast(Any, self.active_channels)
        for channel in [one for one in channels.values() if one.is_overdue(monotonic)]:
            # Not `will_close`: that waits until the other side takes what is sent, or for ever.
            channel.handle_close()


def _is_costly(task: Any) -> bool:
    """Tell whether a channel's next request is one that takes milliseconds of a processor."""
    return bool(task.requests) and getattr(task.requests[0], "path", "") == COSTLY
