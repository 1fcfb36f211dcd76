"""A real PostgreSQL for tests and torture runs, from the wheel `pgserver`. A pytest plugin.

We start `postgres` ourselves rather than through pgserver: as a direct child that we wait for. In
a container whose PID 1 does not reap, a daemonised server that was killed stays a zombie, its
postmaster.pid looks alive, and it can never be started again.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from kb.database import engine

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# Both take a second; on a machine that is busy with other tests, many.
_START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 60.0
_REMEDY = "leave these tests out with `-m 'not postgres'`"

DEADLINE_S = engine.DEADLINE_S
"""The product's own, read before tests change it."""


class PostgresCannotRun(Exception):
    """No PostgreSQL can be started here; one line that says why and what to do."""


class PostgresServer:
    """One server on a Unix socket in a temporary folder of its own; gone after `stop`."""

    def __init__(self) -> None:
        self._binaries = _find_binaries()
        self._user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self._folder = Path(tempfile.mkdtemp(prefix="otvet-pg-"))
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        if self._user:
            shutil.chown(self._folder, self._user)

    def start(self) -> None:
        """Start, after a crash too; returns when the server answers."""
        try:
            if not self._data.exists():
                self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N")
            self._process = self._launch()
            self._wait_until_ready()
        except (OSError, subprocess.SubprocessError, PostgresCannotRun) as error:
            reason = " ".join(self._reason(error).split())
            self.stop()
            raise PostgresCannotRun(f"PostgreSQL cannot run here ({reason}); {_REMEDY}") from error

    def stop(self) -> None:
        """Shut down in order and remove the folder."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGINT)  # "fast": rolls back, checkpoints, exits
            try:
                self._process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """Kill -9 the server and all its processes, as a power cut would; then `start` works."""
        assert self._process
        # As subreaper we inherit the server's children and can reap them, whatever PID 1 does.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        try:
            family = [*psutil.Process(self._process.pid).children(recursive=True)]
            self._process.kill()
            self._process.wait()
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            for member in family:
                with suppress(ChildProcessError):
                    os.waitpid(member.pid, 0)
        finally:
            _prctl(_PR_SET_CHILD_SUBREAPER, 0)

    def pause(self) -> None:
        """Hang every process of the server without closing a connection."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def ensure_running(self) -> None:
        """Undo `kill` and `pause`."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        else:
            self.resume()

    def new_database(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        self._number += 1
        name = f"test{self._number}"
        with self._admin() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def drop_database(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        with self._admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            capture_output=True,
            timeout=_START_TIMEOUT_S,
            user=self._user,
            cwd=self._folder,
            env=_environment(),
        )

    def _launch(self) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(self._binaries / "postgres", "-D", self._data),
                    *("-h", "", "-k", self._folder),
                    *("-c", "max_connections=60", "-c", "shared_buffers=32MB"),
                    # Killed processes lose nothing the kernel has; only a power cut would.
                    *("-c", "fsync=off"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._folder,
                env=_environment(),
                preexec_fn=_die_with_parent,
            )

    def _wait_until_ready(self) -> None:
        assert self._process
        give_up_at = time.monotonic() + _START_TIMEOUT_S
        while True:
            with suppress(psycopg.OperationalError):
                self._admin().close()
                return
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                raise PostgresCannotRun("the server did not come up")
            time.sleep(0.05)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process
        server = psutil.Process(self._process.pid)
        for process in [server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _reason(self, error: Exception) -> str:
        if isinstance(error, subprocess.CalledProcessError):
            return str(error.stderr.decode(errors="replace"))[-300:]
        with suppress(OSError):
            return (self._folder / "log").read_text(errors="replace")[-300:]
        return str(error)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
        server.start()
    except PostgresCannotRun as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.stop()


@pytest.fixture
def breakable_postgres_server(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostgresServer]:
    """The same server, for a test that kills or hangs it; it runs again afterwards.

    The product's own deadline holds, as `tests.conftest` is patient with every other test.
    """
    monkeypatch.setattr(engine, "DEADLINE_S", DEADLINE_S)
    yield postgres_server
    postgres_server.ensure_running()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: every test that asks for it runs on both databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'votes.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop_database(url)


def _find_binaries() -> Path:
    found = importlib.util.find_spec("pgserver")  # not imported: it would start things of its own
    if found is None or found.origin is None:
        raise PostgresCannotRun(
            f"PostgreSQL cannot run here (the wheel pgserver is not installed); {_REMEDY}"
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _die_with_parent() -> None:
    """A killed test run must not leave a server behind."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
