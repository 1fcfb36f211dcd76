"""Kill -9 what writes votes, again and again, and count the acknowledged votes that are lost.

    python -m bench.torture.votes --kills 1000              SQLite: the writers are killed
    python -m bench.torture.votes --kills 100 --postgres    PostgreSQL: the server as well

Exits with 1 when a vote was lost. `tests/kb/feedback/test_votes.py` runs a few cycles of the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection as PipeConnection
from multiprocessing.context import ForkServerProcess
from typing import TYPE_CHECKING, BinaryIO

import pysqlite3

from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.feedback import votes

if TYPE_CHECKING:
    from tests.support.fixtures.postgres_fixture import PostgresServer

WRITERS = 2
VOTERS_OF_A_WRITER = 20
MAX_ACKNOWLEDGED = 40  # a cycle ends after 1 to this many acknowledged votes
ARTICLE_ID = "k2m7p"

# Writers start in an instant from a process that has imported everything and has no threads.
processes = get_context("forkserver")
processes.set_forkserver_preload(["kb.database.engine", "kb.feedback.votes"])


@dataclass(frozen=True)
class Report:
    """Events of a trial: `lost` names votes that were acknowledged and then not found."""

    kills: int
    acknowledged: int
    lost: tuple[str, ...]
    is_sound: bool


def torture(url: str, *, kills: int, seed: int, server: PostgresServer | None = None) -> Report:
    """Run `kills` cycles on the database at `url`; with `server` its processes are killed too.

    In each cycle some writers change the votes of their voters over and over, and die right after
    an acknowledgement. Every vote carries a number that grows, so a vote is lost when the stored
    number is smaller than the acknowledged one.
    """
    chance = random.Random(seed)
    db = Database.from_url(url)
    db.migrate()
    acknowledged: dict[str, int] = {}
    total = 0
    lost: list[str] = []
    for cycle in range(kills):
        total += _run_cycle(url, cycle, chance, acknowledged, server)
        lost += _missing(db, acknowledged)
    report = Report(kills, total, tuple(lost), is_sound=_is_sound(db, url, acknowledged))
    db.close()
    return report


@dataclass(frozen=True)
class Writer:
    """A process that votes until it is killed, and the pipe on which it acknowledges."""

    process: ForkServerProcess
    answers: BinaryIO


def write_for_ever(url: str, number: int, start: int, pipe: PipeConnection) -> None:
    """Vote until killed; each vote is told through the pipe once it is acknowledged."""
    db = Database.from_url(url)
    for vote in count(start):
        voter = _voter(number, vote % VOTERS_OF_A_WRITER)
        try:
            votes.record(
                db,
                article_id=ARTICLE_ID,
                voter=voter,
                value=1 if vote % 2 else -1,
                comment=f"n{vote}",
                lang="ru",
                now=datetime.now(UTC),
            )
        except DatabaseUnavailable:
            time.sleep(0.01)
            continue
        os.write(pipe.fileno(), f"{voter} {vote}\n".encode())


def _run_cycle(
    url: str,
    cycle: int,
    chance: random.Random,
    acknowledged: dict[str, int],
    server: PostgresServer | None,
) -> int:
    start = cycle * 1_000_000
    writers = [_start_writer(url, number, start) for number in range(WRITERS)]
    lines = [_read_lines(writers[0], chance.randint(1, MAX_ACKNOWLEDGED))]
    if server:
        server.kill()
    for writer in writers:
        writer.process.kill()
    lines += [_read_rest(writer) for writer in writers]
    if server:
        server.start()
    told = [line.split() for line in b"".join(lines).splitlines(keepends=True) if b"\n" in line]
    for voter, number in told:
        acknowledged[voter.decode()] = max(int(number), acknowledged.get(voter.decode(), 0))
    return len(told)


def _start_writer(url: str, number: int, start: int) -> Writer:
    here, there = processes.Pipe(duplex=False)
    process = processes.Process(target=write_for_ever, args=(url, number, start, there))
    process.start()
    there.close()
    answers = os.fdopen(os.dup(here.fileno()), "rb")
    here.close()
    return Writer(process, answers)


def _read_lines(writer: Writer, wanted: int) -> bytes:
    lines = [writer.answers.readline() for _ in range(wanted)]
    if not lines[-1]:
        raise RuntimeError("the writer stopped by itself; see its message above")
    return b"".join(lines)


def _read_rest(writer: Writer) -> bytes:
    """Votes acknowledged before the kill and not read yet."""
    writer.process.join()
    with writer.answers:
        return writer.answers.read()


def _missing(db: Database, acknowledged: dict[str, int]) -> Iterator[str]:
    for voter, number in acknowledged.items():
        vote = votes.vote_of(db, ARTICLE_ID, voter)
        if vote is None or int(vote.comment[1:]) < number:
            yield f"{voter} {number}: found {vote}"


def _is_sound(db: Database, url: str, acknowledged: dict[str, int]) -> bool:
    """The tally is that of the rows, one a voter, and SQLite finds its file in order."""
    tally = votes.tally(db, ARTICLE_ID)
    is_whole = len(acknowledged) <= tally.up + tally.down <= WRITERS * VOTERS_OF_A_WRITER
    if db.is_postgresql:
        return is_whole
    connection = pysqlite3.connect(url.removeprefix("sqlite:///"))
    verdict = connection.execute("PRAGMA quick_check").fetchall()
    connection.close()
    return is_whole and verdict == [("ok",)]


def _voter(writer: int, number: int) -> str:
    return f"{writer:032x}{number:032x}"


@contextmanager
def _database(*, is_postgres: bool) -> Iterator[tuple[str, PostgresServer | None]]:
    if not is_postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/votes.sqlite", None
        return
    # Late, so that pytest can load the same module as a plugin in its own way.
    from tests.support.fixtures.postgres_fixture import PostgresServer

    server = PostgresServer()
    server.start()
    try:
        yield server.new_database(), server
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    started = time.monotonic()
    with _database(is_postgres=options.postgres) as (url, server):
        report = torture(url, kills=options.kills, seed=options.seed, server=server)
    print(
        f"{'PostgreSQL' if options.postgres else 'SQLite'}: {report.kills} kills,"
        f" {report.acknowledged} votes acknowledged, {len(report.lost)} lost,"
        f" {'sound' if report.is_sound else 'DAMAGED'};"
        f" seed {options.seed}, {time.monotonic() - started:.0f} s, {platform.machine()},"
        f" {os.cpu_count()} cores"
    )
    for line in report.lost:
        print(line)
    return 1 if report.lost or not report.is_sound else 0


if __name__ == "__main__":
    sys.exit(main())
