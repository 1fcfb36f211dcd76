"""PostgreSQL connections on which no wait is endless. No tables, no SQLAlchemy.

The server's own timeouts do not help when the server hangs or the network drops packets, so every
wait of the client has a deadline as well: the time left of the operation that runs in this thread.
"""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.abc import PQGen

from kb.deadlines import time_left
from kb.errors import BadConfig

T = TypeVar("T")

CONNECT_TIMEOUT_S = 2  # psycopg takes no less
_WAKE_UP_S = 0.1
_LEAST_IDLE_S = 60
_IDLE_FACTOR = 10
"""A transaction may be idle for so many times its patience; long ones read files meanwhile."""


def connect(*, patience_s: float, **parameters: Any) -> Connection:
    """Connect with timeouts on both sides: `patience_s` for a statement or a lock.

    Raises psycopg.OperationalError, also when no time is left for the operation, and BadConfig for
    parameters that there are none of.
    """
    if time_left() == 0:
        raise psycopg.OperationalError("no time left to connect")
    defaults: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": 2_000,
        "keepalives_idle": 30,
        "application_name": "otvet",
        "client_encoding": "utf8",
    }
    # Prepared statements do not survive a pooler such as PgBouncer, and ours are few and cheap.
    try:
        connection = Connection.connect(prepare_threshold=None, **(defaults | parameters))
    except psycopg.ProgrammingError as error:
        reason = str(error).partition("\n")[0]
        raise BadConfig(f"KB_DATABASE_URL cannot be used: {reason}") from error
    try:
        _set_timeouts(connection, patience_s)
    except BaseException:
        connection.close()
        raise
    return connection


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that is given up for good when the operation's time is over."""

    def wait(self, gen: PQGen[T], interval: float = _WAKE_UP_S, timeout: float | None = None) -> T:
        left = time_left()
        if left is not None:
            timeout = left if timeout is None else min(left, timeout)
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == pq.TransactionStatus.ACTIVE and time_left() == 0:
                # The answer may still come; nobody must take it for the answer to another question.
                self.close()
            raise


def _set_timeouts(connection: Connection, patience_s: float) -> None:
    """Not by connection options, which poolers refuse."""
    patience = f"{int(patience_s * 1000)}ms"
    idle = f"{int(max(_LEAST_IDLE_S, _IDLE_FACTOR * patience_s))}s"
    connection.execute(
        "SELECT set_config('statement_timeout', %(patience)s, false),"
        " set_config('lock_timeout', %(patience)s, false),"
        " set_config('idle_in_transaction_session_timeout', %(idle)s, false)",
        {"patience": patience, "idle": idle},
    )
    connection.commit()
