"""Migrations: from nothing to the tables of the program, whatever happens on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, exc, inspect, select, text

from kb.database import migrations
from kb.database.engine import Database
from kb.database.tables import handoffs, metadata, votes
from kb.errors import BadConfig
from tests.support.fixtures.campaigns import Campaign

pytest_plugins = ["tests.support.fixtures.postgres_fixture"]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EVERY_TABLE = {"alembic_version", *metadata.tables}

# Children start in an instant, from a process that has imported us and has no threads.
processes = get_context("forkserver")
processes.set_forkserver_preload(["kb.database.migrations", "kb.database.engine", __name__])


def migrate(url: str) -> None:
    Database.from_url(url).migrate()


def migrate_and_die(url: str, statement: int) -> None:
    """Migrate, but die by SIGKILL just before the n-th statement."""
    numbers = count()

    @event.listens_for(Engine, "before_cursor_execute")
    def die(*_: object) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(url)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    yield database
    database.close()


def table_names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_the_newest_version_is_what_the_program_declares(db: Database) -> None:
    db.migrate()
    with db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_comparison_would_see_a_difference(db: Database) -> None:
    db.migrate()
    with db.write() as connection:
        connection.execute(text("ALTER TABLE votes ADD COLUMN extra INTEGER"))
    with db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) != []


@pytest.mark.parametrize(
    "wrong",
    [{"value": 0}, {"article_id": "k2m7"}, {"voter": "short"}, {"comment": "x" * 1001}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_both_databases_refuse_the_same_rows(db: Database, wrong: dict[str, object]) -> None:
    db.migrate()
    row = {"article_id": "k2m7p", "voter": "a" * 64, "value": 1, "comment": "x" * 1000}
    row |= {"lang": "ru", "voted_at": datetime(2026, 11, 22, tzinfo=UTC)}
    with db.write() as connection:
        connection.execute(votes.insert().values(row))
    with pytest.raises((exc.IntegrityError, exc.DataError)), db.write() as connection:
        connection.execute(votes.insert().values(row | {"voter": "b" * 64} | wrong))


def test_migrating_again_changes_nothing(db: Database) -> None:
    db.migrate()
    with db.write() as connection:
        connection.execute(
            votes.insert().values(
                article_id="k2m7p",
                voter="a" * 64,
                value=1,
                comment="",
                lang="ru",
                voted_at=datetime(2026, 11, 22, tzinfo=UTC),
            )
        )
    db.migrate()
    with db.read() as connection:
        assert connection.execute(select(votes.c.value)).scalars().all() == [1]


def test_comments_of_before_are_masked_and_digests_without_a_key_go(db: Database) -> None:
    with db.write() as connection:
        migrations.upgrade(connection, "0005")
        row = {"article_id": "k2m7p", "value": -1, "lang": "en", "voted_at": NOW}
        comments = ("call +7 916 123-45-67", "Which bank?", "", "x" * 993 + " a@b.ru")
        connection.execute(
            votes.insert(),
            [row | {"voter": f"{n:064x}", "comment": text} for n, text in enumerate(comments)],
        )
        for number, key_id in enumerate(("site", "key_1")):
            connection.execute(handoffs.insert().values(_handoff(number, key_id)))
    db.migrate()
    with db.read() as connection:
        kept = connection.execute(select(votes.c.comment).order_by(votes.c.voter)).scalars().all()
        rows = connection.execute(select(handoffs).order_by(handoffs.c.id)).all()
    assert kept[:3] == ["call [phone]", "Which bank?", ""]
    assert "a@b" not in kept[3]
    assert [row.request_digest for row in rows] == ["", ""]
    assert [row.idempotency_key for row in rows] == ["ho_0", "key.0123456789abcdef"]
    assert [row.sealed for row in rows] == ["sealed words"] * 2


def _handoff(number: int, key_id: str) -> dict[str, object]:
    return {
        **dict.fromkeys(("session_id", "lang", "reason", "message", "channel"), "x"),
        "id": f"ho_{number}",
        "key_id": key_id,
        "idempotency_key": "key.0123456789abcdef",
        "request_digest": "a" * 64,
        "tried": [],
        "searches": [],
        "page": {},
        "attributes": {},
        "sealed": "sealed words",
        "status": "queued",
        "created_at": NOW,
    }


def test_down_and_up_again(db: Database) -> None:
    db.migrate()
    with db.write() as connection:
        migrations.downgrade(connection, "base")
    assert table_names(db) == {"alembic_version"}
    db.migrate()
    assert table_names(db) == EVERY_TABLE


def test_votes_from_before_they_could_be_left_out_are_counted(db: Database) -> None:
    db.migrate()
    with db.write() as connection:
        migrations.downgrade(connection, "0004")
        connection.execute(
            text(
                "INSERT INTO votes (article_id, voter, value, comment, lang, voted_at)"
                f" VALUES ('k2m7p', '{'a' * 64}', 1, '', 'ru', '2026-11-22 09:00:00')"
            )
        )
    db.migrate()
    with db.read() as connection:
        assert connection.execute(select(votes.c.value, votes.c.is_counted)).all() == [(1, True)]


def test_several_processes_migrate_at_once(database_url: str, db: Database) -> None:
    children = [processes.Process(target=migrate, args=(database_url,)) for _ in range(4)]
    assert exit_codes(children) == [0, 0, 0, 0]
    assert table_names(db) == EVERY_TABLE


@pytest.mark.campaign
def test_killed_at_any_statement_it_can_be_run_again(
    database_url: str, db: Database, campaign: Campaign
) -> None:
    killed = 0
    for statement in (*campaign.some(range(100), 12), 100):
        child = processes.Process(target=migrate_and_die, args=(database_url, statement))
        if exit_codes([child]) == [0]:
            break
        assert child.exitcode == -signal.SIGKILL
        assert "votes" not in table_names(db)  # all of it or nothing
        killed += 1
    assert killed > campaign.size(1, whole=5)
    assert table_names(db) == EVERY_TABLE


def exit_codes(children: list[ForkServerProcess]) -> list[int | None]:
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]


def test_tables_of_a_newer_version_are_left_alone(db: Database) -> None:
    db.migrate()
    with db.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadConfig, match="newer version"):
        db.migrate()
