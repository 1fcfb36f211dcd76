"""Backups: what comes back is what was there; whatever else happens, nothing is changed."""

from __future__ import annotations

import gzip
import os
import signal
import stat
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.database import migrations
from kb.database.copies import backup as backups
from kb.database.copies import backup_file, contents, rows
from kb.database.copies.backup import Restoration, backup, restore
from kb.database.copies.model import RowBatch, StoredTable
from kb.database.engine import Connection, Database
from kb.database.tables import metadata
from kb.errors import BadConfig, CannotCopy, HoldsData
from tests.support.filled_database import ROWS, all_rows, fill
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.vote_rows import add_vote, count_votes

processes = get_context("forkserver")
processes.set_forkserver_preload(["kb.database.engine", "kb.database.copies.backup", __name__])


@pytest.fixture
def file(source: Database, tmp_path: Path) -> Path:
    path = tmp_path / "kept.otvet"
    backup(source, path)
    return path


@pytest.fixture
def sqlite_source(tmp_path: Path) -> Iterator[Database]:
    database = Database.from_url(f"sqlite:///{tmp_path / 'source.sqlite'}")
    database.migrate()
    fill(database)
    yield database
    database.close()


@pytest.fixture
def sqlite_file(sqlite_source: Database, tmp_path: Path) -> Path:
    path = tmp_path / "kept.otvet"
    backup(sqlite_source, path)
    return path


def test_every_row_comes_back_in_either_database(
    source: Database, file: Path, target: Database
) -> None:
    rows_there = len(metadata.tables) * ROWS - ROWS + 1
    assert restore(target, file, is_replacing=False) == Restoration(rows_there)
    assert all_rows(target) == all_rows(source)
    assert all(all_rows(target).values())


def test_only_its_owner_reads_it(sqlite_file: Path) -> None:
    assert stat.S_IMODE(sqlite_file.stat().st_mode) == 0o600


def test_it_is_of_the_moment_at_which_it_began(
    source: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Database
) -> None:
    before = all_rows(source)

    def read_slowly(connection: Connection, tables: Iterable[StoredTable]) -> Iterator[RowBatch]:
        for number, batch in enumerate(rows.read_batches(connection, tables)):
            source.transact(lambda own: add_vote(own, 1000 + number))  # noqa: B023 – runs at once
            yield batch

    monkeypatch.setattr(backups, "read_batches", read_slowly)
    backup(source, tmp_path / "kept")
    restore(target, tmp_path / "kept", is_replacing=False)
    assert all_rows(target) == before
    assert count_votes(source) == len(before["votes"]) + len(metadata.tables)


def test_memory_does_not_grow_with_the_database(source: Database, tmp_path: Path) -> None:
    def peak(count: int) -> int:
        with source.write() as connection:
            for number in range(count):
                add_vote(connection, count + number)
        tracemalloc.start()
        backup(source, tmp_path / "kept")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)  # what is loaded once
    assert peak(1_000) < 1.5 * peak(250)


def test_a_database_with_data_is_replaced_on_request_only(
    target: Database, sqlite_file: Path, sqlite_source: Database
) -> None:
    target.migrate()
    target.transact(lambda own: add_vote(own, 99))
    with pytest.raises(CannotCopy, match="holds data already"):
        restore(target, sqlite_file, is_replacing=False)
    assert count_votes(target) == 1
    restore(target, sqlite_file, is_replacing=True)
    assert all_rows(target) == all_rows(sqlite_source)


def test_a_site_that_has_only_been_started_is_empty(target: Database, sqlite_file: Path) -> None:
    target.migrate()
    canary = metadata.tables[contents.MADE_AT_START]
    target.transact(lambda own: own.execute(canary.insert().values(id=1, sealed="mine")))
    restore(target, sqlite_file, is_replacing=False)


def test_tables_of_another_program_are_left_alone(target: Database, sqlite_file: Path) -> None:
    with target.write() as connection:
        connection.execute(text("CREATE TABLE events (what VARCHAR(10))"))
    for is_replacing in (False, True):
        with pytest.raises(CannotCopy, match=r"a table events that is not Otvet's"):
            restore(target, sqlite_file, is_replacing=is_replacing)


def test_a_damaged_file_changes_nothing(sqlite_file: Path, tmp_path: Path) -> None:
    target = Database.from_url(f"sqlite:///{tmp_path / 'target.sqlite'}")
    whole = sqlite_file.read_bytes()
    plain = gzip.decompress(whole)
    step = len(whole) // 40
    damaged = [whole[:end] for end in range(0, len(whole), step)]
    damaged += [_flipped(whole, at) for at in range(4, len(whole), step) if at > 9]
    damaged += [
        *(b"", b"SQLite format 3\0", gzip.compress(b""), gzip.compress(b"{}\n")),
        gzip.compress(plain[: plain.rindex(b"\n", 0, -1) + 1]),
        gzip.compress(plain.replace(b"pending", b"dropped")),
        gzip.compress(plain + b"{}\n"),
    ]
    for content in damaged:
        sqlite_file.write_bytes(content)
        with pytest.raises(CannotCopy, match="is not a backup of Otvet, or is cut short or dam"):
            restore(target, sqlite_file, is_replacing=True)
    assert not (tmp_path / "target.sqlite").exists()


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    database_url: str, target: Database, tmp_path: Path
) -> None:
    source = Database.from_url(database_url)
    with source.write() as connection:
        migrations.upgrade(connection, "0001")
        add_vote(connection)
    backup(source, tmp_path / "old")
    source.close()
    restore(target, tmp_path / "old", is_replacing=False)
    assert count_votes(target) == 1
    with target.read() as connection:
        assert migrations.found_revision(connection) == migrations.newest_revision()


def test_a_newer_version_is_refused(source: Database, tmp_path: Path) -> None:
    file = tmp_path / "newer"
    backup_file.write(file, contents.Contents("9999", (), (), dict))
    with pytest.raises(BadConfig, match=r"newer has tables of a newer version \(9999\)"):
        restore(source, file, is_replacing=False)
    with source.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadConfig, match=r"the database has tables of a newer version"):
        backup(source, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def make_newer(database: Database) -> None:
    """Leave what a later release leaves: a table, rows and a revision that nobody here knows."""
    database.migrate()
    with database.write() as connection:
        connection.execute(text("CREATE TABLE later (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        add_vote(connection, 99)


def test_a_file_of_a_newer_version_is_kept_and_replaced_on_request(
    sqlite_file: Path, sqlite_source: Database, tmp_path: Path
) -> None:
    target = Database.from_url(f"sqlite:///{tmp_path / 'newer' / 'otvet.sqlite'}")
    make_newer(target)
    with pytest.raises(HoldsData, match=r"tables of a newer version \(9999\)"):
        restore(target, sqlite_file, is_replacing=False)
    assert count_votes(target) == 1
    for name in ("otvet.sqlite.newer", "otvet.sqlite.newer-2"):
        kept = restore(target, sqlite_file, is_replacing=True).kept
        assert kept == tmp_path / "newer" / name
        former = Database.from_url(f"sqlite:///{kept}")
        assert count_votes(former) == 1
        former.close()
        assert all_rows(target) == all_rows(sqlite_source)
        target.migrate()
        with target.write() as connection:
            connection.execute(text("DELETE FROM votes"))
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            add_vote(connection, 99)
    assert stat.S_IMODE((tmp_path / "newer" / "otvet.sqlite").stat().st_mode) == 0o600


def test_a_newer_file_stays_where_it_cannot_be_replaced(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "newer"
    target = Database.from_url(f"sqlite:///{folder / 'otvet.sqlite'}")
    make_newer(target)
    other = Database.from_url(f"sqlite:///{folder / 'otvet.sqlite'}")
    with other.read() as connection:
        connection.execute(text("SELECT 1 FROM later"))
        with pytest.raises(CannotCopy, match="is in use: stop servers"):
            restore(target, sqlite_file, is_replacing=True)
    other.close()
    monkeypatch.setattr(contents, "totals_of", lambda *_: {})
    with pytest.raises(CannotCopy, match="is not what was read"):
        restore(target, sqlite_file, is_replacing=True)
    assert count_votes(target) == 1
    target.close()
    assert [path.name for path in folder.iterdir()] == ["otvet.sqlite"]


@pytest.mark.postgres
def test_newer_tables_of_a_server_are_left_to_the_operator(
    sqlite_file: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    target = Database.from_url(url)
    make_newer(target)
    with pytest.raises(CannotCopy, match="make an empty one in its place"):
        restore(target, sqlite_file, is_replacing=True)
    assert count_votes(target) == 1
    target.close()
    postgres_server.drop_database(url)


def test_tables_that_were_never_so_are_refused(sqlite_file: Path, target: Database) -> None:
    backup_file.write(sqlite_file, contents.Contents("0001", (), (), dict))
    with pytest.raises(CannotCopy, match="other tables than this program's at revision 0001"):
        restore(target, sqlite_file, is_replacing=False)


def test_a_newer_format_is_refused(
    sqlite_file: Path, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "FORMAT", 0)
    with pytest.raises(BadConfig, match="newer version of the program"):
        restore(target, sqlite_file, is_replacing=False)


def test_what_is_written_is_compared_before_it_counts(
    target: Database, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_batches = rows.write_batches

    def write_less(connection: Connection, batches: Iterable[RowBatch]) -> None:
        write_batches(connection, (replace(one, rows=one.rows[:1]) for one in batches))

    monkeypatch.setattr(rows, "write_batches", write_less)
    with pytest.raises(CannotCopy, match="what was written is not what was read"):
        restore(target, sqlite_file, is_replacing=False)


def test_killed_half_way_it_leaves_what_was_there(
    target: Database, target_url: str, sqlite_file: Path
) -> None:
    target.migrate()
    target.transact(lambda own: add_vote(own, 99))
    before = all_rows(target)
    for is_late in (False, True):
        child = processes.Process(target=restore_and_die, args=(target_url, sqlite_file, is_late))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        assert all_rows(target) == before


def restore_and_die(url: str, file: Path, is_late: bool) -> None:
    """Restore, but die by SIGKILL between two tables, or just before the end."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def write_some(connection: Connection, batches: Iterable[RowBatch]) -> None:
        write_batches(connection, [next(iter(batches))])
        die()

    write_batches = rows.write_batches
    name, stand_in = ("set_sequences", die) if is_late else ("write_batches", write_some)
    setattr(rows, name, stand_in)
    restore(Database.from_url(url), file, is_replacing=True)


def test_a_file_that_is_no_backup_is_not_replaced(sqlite_source: Database, tmp_path: Path) -> None:
    own = tmp_path / "source.sqlite"
    before = own.read_bytes()
    with pytest.raises(CannotCopy, match="is there and is not a backup"):
        backup(sqlite_source, own)
    assert own.read_bytes() == before


def test_a_former_backup_is_replaced_by_the_new_one(
    sqlite_source: Database, sqlite_file: Path, target: Database
) -> None:
    sqlite_source.transact(lambda own: add_vote(own, 5000))
    backup(sqlite_source, sqlite_file)
    restore(target, sqlite_file, is_replacing=False)
    assert all_rows(target) == all_rows(sqlite_source)


@pytest.mark.parametrize("place", ["missing/kept", "file/kept", "folder"])
def test_a_place_that_cannot_be_written_is_told(
    sqlite_source: Database, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotCopy, match=f"{place} "):
        backup(sqlite_source, tmp_path / place)
    assert not list(tmp_path.rglob("*.part"))


def test_before_the_first_start_there_is_nothing(target: Database, tmp_path: Path) -> None:
    with pytest.raises(CannotCopy, match="nothing to back up"):
        backup(target, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
