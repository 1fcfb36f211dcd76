"""Back up under load again and again, restore each backup, and count the hand-offs it lacks.

    python -m bench.torture.backups --backups 50              SQLite
    python -m bench.torture.backups --backups 50 --postgres   PostgreSQL

Processes write hand-offs at a rate and tell each that is acknowledged. Exits with 1 when one that
was acknowledged before `kb backup` started is not in what `kb restore` makes of its file.
`tests/campaigns/test_backups.py` runs a few cycles of the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection as PipeConnection
from pathlib import Path

import pysqlite3

from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import CustomerContact
from kb.handoffs.encryption import Sealer
from kb.handoffs.handoffs import Consent, NewHandoff, SiteContext
from kb.secret_key import SecretKeys

WRITERS = 2
RATE = 50.0
"""Hand-offs a second, all writers together."""
SECRET_KEY = "k" * 40

Keep = Callable[[str, Path], None]
"""Bring a database by its URL into `otvet.sqlite` of a new folder, by way of a backup."""

# Writers start in an instant from a process that has imported everything and has no threads.
processes = get_context("forkserver")
processes.set_forkserver_preload(["kb.database.engine", "kb.handoffs.handoffs"])


@dataclass(frozen=True)
class Report:
    """Events of a trial. `lost` names hand-offs, each with the number of its backup."""

    backups: int
    acknowledged: int
    lost: tuple[str, ...]
    damaged: int
    """Restored databases that SQLite finds not in order."""
    rate: float
    """Hand-offs a second that were acknowledged."""
    seconds: float


def by_commands(url: str, folder: Path) -> None:
    """Run `kb backup` and `kb restore`, each as a process. Raises CalledProcessError."""
    folder.mkdir()
    kept = folder / "kept.backup"
    _kb(folder, "backup", str(kept), KB_DATABASE_URL=url)
    _kb(folder, "restore", str(kept))


def torture(url: str, folder: Path, *, backups: int, keep: Keep = by_commands) -> Report:
    """Make `backups` of the database at `url`, in folders below `folder`, while it is written."""
    database = Database.from_url(url)
    database.migrate()
    started = time.monotonic()
    lost: list[str] = []
    damaged = 0
    with _writers(url) as pipes:
        acknowledged = {pipe.recv() for pipe in pipes}
        for number in range(backups):
            acknowledged |= _told(pipes)
            keep(url, folder / str(number))
            found, is_sound = _handoffs_in(folder / str(number) / "otvet.sqlite")
            lost += [f"backup {number}: {one}" for one in sorted(acknowledged - found)]
            damaged += not is_sound
        acknowledged |= _told(pipes)
        seconds = time.monotonic() - started
    database.close()
    rate = len(acknowledged) / seconds
    return Report(backups, len(acknowledged), tuple(lost), damaged, rate, seconds)


def write_for_ever(url: str, writer: int, rate: float, pipe: PipeConnection) -> None:
    """Hand off at a rate until killed; each is told through the pipe once it is acknowledged."""
    database = Database.from_url(url)
    place = SiteContext(lambda *_: None, Sealer(SecretKeys(SECRET_KEY)), (), "https://help.example")
    started = time.monotonic()
    for number in count():
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        try:
            made = handoffs.make(database, _new(writer, number), place, now=datetime.now(UTC))
        except DatabaseUnavailable:  # told to the customer, who is not thanked
            continue
        pipe.send(made.id)


def _new(writer: int, number: int) -> NewHandoff:
    return NewHandoff(
        id=f"ho_{writer:04x}{number:012x}",
        key_id="key_1",
        idempotency_key=f"{writer}-{number}",
        digest=f"{number:064x}",
        session_id=f"ses_{number:010}",
        lang="en",
        reason="not_solved",
        message="Where is my parcel? " * 10,
        shown=(),
        channel="webhook",
        contact=CustomerContact("Anna", "anna@example.org"),
        consent=Consent("2026-11", datetime.now(UTC)),
        page_url="https://shop.example/orders",
        page_title="Orders",
        attributes={},
    )


@contextmanager
def _writers(url: str) -> Iterator[list[PipeConnection]]:
    ends = [processes.Pipe(duplex=False) for _ in range(WRITERS)]
    started = [
        processes.Process(target=write_for_ever, args=(url, number, RATE / WRITERS, there))
        for number, (_, there) in enumerate(ends)
    ]
    for process, (_, there) in zip(started, ends, strict=True):
        process.start()
        there.close()
    try:
        yield [here for here, _ in ends]
    finally:
        for process in started:
            process.kill()
            process.join()


def _told(pipes: list[PipeConnection]) -> set[str]:
    """Hand-offs acknowledged since the last call. Raises EOFError when a writer has stopped."""
    told = set()
    for pipe in pipes:
        while pipe.poll():
            told.add(pipe.recv())
    return told


def _handoffs_in(path: Path) -> tuple[set[str], bool]:
    connection = pysqlite3.connect(path)
    try:
        found = {one for (one,) in connection.execute("SELECT id FROM handoffs")}
        return found, connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def _kb(folder: Path, *arguments: str, **settings: str) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environ |= {"KB_DATA_DIR": str(folder), "KB_SECRET_KEY": SECRET_KEY} | settings
    command = [sys.executable, "-m", "kb", *arguments]
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _database(folder: Path, *, is_postgres: bool) -> Iterator[str]:
    if not is_postgres:
        yield f"sqlite:///{folder}/busy.sqlite"
        return
    # Late, so that pytest can load the same module as a plugin in its own way.
    from tests.support.fixtures.postgres_fixture import PostgresServer

    server = PostgresServer()
    server.start()
    try:
        yield server.new_database()
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--backups", type=int, default=50)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        _database(Path(folder), is_postgres=options.postgres) as url,
    ):
        report = torture(url, Path(folder), backups=options.backups)
    print(
        f"{'PostgreSQL' if options.postgres else 'SQLite'}: {report.backups} backups restored,"
        f" {report.acknowledged} hand-offs acknowledged at {report.rate:.0f} a second,"
        f" {len(report.lost)} lost, {report.damaged} damaged; {report.seconds:.0f} s,"
        f" {platform.machine()}, {os.cpu_count()} cores"
    )
    for line in report.lost:
        print(line)
    return 1 if report.lost or report.damaged else 0


if __name__ == "__main__":
    sys.exit(main())
