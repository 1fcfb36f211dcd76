"""The database: transactions, deadlines, migrations. Tables are in `kb.database.tables`, no rules
here.

SQLite in the data folder by default, PostgreSQL by KB_DATABASE_URL. What goes wrong in either
comes out as DatabaseUnavailable, within `PATIENCE_S` and a bit; mistakes of ours (a violated
constraint, bad SQL) come out as they are.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, exc, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool, StaticPool

from kb import redaction
from kb.database import sqlite
from kb.database.guards import DatabaseBreaker, Turns
from kb.deadlines import time_limit
from kb.errors import BadConfig, DatabaseUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 2.0  # for a lock, a statement, a free connection
DEADLINE_S = (
    2.5  # for a whole operation on PostgreSQL; above PATIENCE_S, so the server speaks first
)
MIGRATION_PATIENCE_S = 60.0  # another process may be migrating
TURN_PATIENCE_S = 1.0  # for other writers of this process, before the lock is asked for
COOL_DOWN_S = 3.0  # how long a lost PostgreSQL is left alone before one caller tries again
RETRY_PAUSE_S = (0.01, 0.05)  # jitter, so that two who collided do not collide again

# serialization_failure, deadlock_detected, admin_shutdown, crash_shutdown
_UNDEFINED_TABLE = "42P01"
_PASSING_SQLSTATES = frozenset({"40001", "40P01", "57P01", "57P02"})
_OUR_MISTAKES = (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError)

_migrating = threading.RLock()  # Alembic keeps its context in module globals


class Database:
    """One process's way to the database; safe for threads. Connects only when first used."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = _make_engine(url, patience_s=PATIENCE_S)
        self._turns = None if self.is_postgresql else Turns(patience_s=TURN_PATIENCE_S)
        self._breaker = DatabaseBreaker(
            cool_down_s=COOL_DOWN_S if self.is_postgresql else 0.0, is_lost=_is_lost
        )
        self._is_migration_due = False

    @classmethod
    def from_url(cls, url: str) -> Database:
        """Raises BadConfig for an address that cannot work, or a SQLite that must not be used."""
        return cls(_checked_url(url))

    @classmethod
    def of_file(cls, file: Path) -> Database:
        """SQLite in a file."""
        return cls(URL.create("sqlite", database=str(file)))

    @property
    def is_postgresql(self) -> bool:
        return self._url.get_backend_name() == "postgresql"

    @property
    def file(self) -> Path | None:
        """The file of SQLite; None for PostgreSQL."""
        return None if self.is_postgresql else Path(self._url.database or "")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back when the block raises.

        Its lock is taken at the start (`BEGIN IMMEDIATE` on SQLite), so it cannot fail half-way
        because it read before it wrote. Raises DatabaseUnavailable. What may be repeated goes
        through `transact`.
        """
        with self._breaker.guard(), self._writing() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction, a consistent snapshot on SQLite. Raises DatabaseUnavailable."""
        with self._breaker.guard(), self._reading() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction and return its result.

        It runs once more after a collision or a lost connection, even one lost while committing:
        `work` must be idempotent. Raises DatabaseUnavailable.
        """
        return self._with_retry(self._writing, work)

    def query(self, work: Callable[[Connection], T]) -> T:
        """As `transact`, for reading only."""
        return self._with_retry(self._reading, work)

    def ping(self) -> None:
        """Raise DatabaseUnavailable unless the database answers now."""
        self.query(lambda connection: connection.execute(select(1)).scalar_one())

    def migrate(self) -> None:
        """Bring the tables up to date; several processes may do so at once.

        All of it happens in one transaction, so that after a crash it can simply be run again.
        Raises DatabaseUnavailable, and then the next operation tries again first;
        BadConfig when the tables are those of a newer version of the program.
        """
        self._is_migration_due = True
        with time_limit(MIGRATION_PATIENCE_S), _translated():
            self._migrate(patience_s=MIGRATION_PATIENCE_S)
        log.info("database ready: %s", self._description())

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read-only transaction of any length over one consistent state of everything.

        For copies; writers go on meanwhile. Raises DatabaseUnavailable.
        """
        options: dict[str, Any] = {"is_read_only": True}
        if self.is_postgresql:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _translated(), _begun_apart(self._url, **options) as connection:
            yield connection

    @contextmanager
    def overhaul(self) -> Iterator[Connection]:
        """A write transaction of any length that may make and drop tables: all of it or nothing.

        Nobody migrates meanwhile. Raises DatabaseUnavailable.
        """
        with _migration_turn(), _translated(), _begun_apart(self._url) as connection:
            yield connection

    def close(self) -> None:
        """Close idle connections; the database can still be used. Call before forking."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        turn = self._turns.take() if self._turns else nullcontext()
        with self._operation(), turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._operation(), self._engine.connect() as connection:
            connection.execution_options(is_read_only=True, postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _operation(self) -> Iterator[None]:
        with time_limit(DEADLINE_S), _translated():
            if self._is_migration_due:
                self._migrate(patience_s=PATIENCE_S)
            yield

    def _with_retry(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        work: Callable[[Connection], T],
    ) -> T:
        started = time.monotonic()
        with self._breaker.guard(), time_limit(DEADLINE_S):
            try:
                with transaction() as connection:
                    return work(connection)
            except DatabaseUnavailable as error:
                has_time = time.monotonic() - started < PATIENCE_S / 2
                if not (has_time and _is_passing(error.__cause__)):
                    raise
            time.sleep(random.uniform(*RETRY_PAUSE_S))  # noqa: S311
            with transaction() as connection:
                return work(connection)

    def _migrate(self, *, patience_s: float) -> None:
        # Imported late: it takes a tenth of a second and most commands do not need it.
        from kb.database.migrations import upgrade

        with _migration_turn(), _begun_apart(self._url, patience_s) as connection:
            upgrade(connection)
        self._is_migration_due = False

    def _description(self) -> str:
        if self.is_postgresql:
            return "PostgreSQL"
        return f"SQLite {'.'.join(map(str, sqlite.SQLITE_VERSION))} (WAL)"


@contextmanager
def scratch() -> Iterator[Connection]:
    """A connection to an empty SQLite in memory, to see what migrations make of it."""
    engine = create_engine("sqlite://", module=pysqlite3, poolclass=StaticPool)
    try:
        with _migration_turn(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _begun_apart(
    url: URL, patience_s: float = MIGRATION_PATIENCE_S, **options: Any
) -> Iterator[Connection]:
    """A transaction on a connection of its own, patient with each lock and statement."""
    engine = _make_engine(url, patience_s=patience_s)
    try:
        with engine.execution_options(**options).begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _migration_turn() -> Iterator[None]:
    if not _migrating.acquire(timeout=PATIENCE_S):
        raise DatabaseUnavailable("the tables are being brought up to date")
    try:
        yield
    finally:
        _migrating.release()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the operator must mend, or time will, into DatabaseUnavailable."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseUnavailable("no free database connection in time") from error
    except exc.DBAPIError as error:
        if isinstance(error, _OUR_MISTAKES) and not _is_table_missing(error):
            raise
        reason = redaction.mask(str(error.orig).partition("\n")[0])
        raise DatabaseUnavailable(f"the database cannot be used now: {reason}") from error


def _is_table_missing(error: exc.DBAPIError) -> bool:
    return _sqlstate(error) == _UNDEFINED_TABLE


def _is_passing(error: BaseException | None) -> bool:
    """Tell whether the same work may well succeed when it is done again at once."""
    if not isinstance(error, exc.DBAPIError):
        return False
    if isinstance(error.orig, pysqlite3.OperationalError):
        return "locked" in str(error.orig)
    return error.connection_invalidated or _sqlstate(error) in _PASSING_SQLSTATES


def _is_lost(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL itself is away, rather than one statement in trouble."""
    if isinstance(error, exc.TimeoutError):
        return True
    return isinstance(error, exc.DBAPIError) and _sqlstate(error) is None


def _sqlstate(error: exc.DBAPIError) -> str | None:
    """PostgreSQL's code; SQLite has none."""
    return getattr(error.orig, "sqlstate", None)


def _checked_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (exc.ArgumentError, ValueError) as error:
        raise BadConfig("KB_DATABASE_URL is not an address SQLAlchemy understands") from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise BadConfig(f"KB_DATABASE_URL names {url.drivername}; use sqlite or postgresql")
    if not url.database or url.database == ":memory:" or url.query:
        raise BadConfig("KB_DATABASE_URL must name a file, as sqlite:////var/lib/otvet/db.sqlite")
    sqlite.require_sound_wal()
    return url


def _make_engine(url: URL, *, patience_s: float) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        module=pysqlite3 if is_sqlite else None,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=5,
        pool_timeout=patience_s / 2,  # connecting comes after it and takes up to two seconds
        pool_pre_ping=not is_sqlite,
        hide_parameters=True,  # comments of readers stay out of error messages
    )
    if is_sqlite:
        _listen_on_sqlite(engine, patience_s)
    else:
        _listen_on_postgresql(engine, patience_s)
    _keep_out_of_children(engine)
    return engine


def _listen_on_sqlite(engine: Engine, patience_s: float) -> None:
    path = Path(engine.url.database or "")

    @event.listens_for(engine, "do_connect")
    def connect(*_: object) -> Any:
        return sqlite.connect(path, synchronous="FULL", busy_timeout_s=patience_s)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads and then writes fails at once when another wrote in between,
        # whatever the busy timeout: so writers take the lock first, and readers cannot write.
        if connection.get_execution_options().get("is_read_only"):
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _listen_on_postgresql(engine: Engine, patience_s: float) -> None:
    # Imported late: its driver takes a seventh of a second, and most sites have SQLite.
    from kb.database import postgresql

    @event.listens_for(engine, "do_connect")
    def connect(_: Dialect, __: Any, ___: Any, parameters: dict[str, Any]) -> Any:
        return postgresql.connect(patience_s=patience_s, **parameters)


def _keep_out_of_children(engine: Engine) -> None:
    """A connection made before a fork belongs to the parent; the child gets a new one."""

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: Any) -> None:
        record.info["pid"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def check(_: Any, record: Any, proxy: Any) -> None:
        if record.info["pid"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise exc.DisconnectionError("made by another process")


__all__ = ["Connection", "Database", "scratch"]
