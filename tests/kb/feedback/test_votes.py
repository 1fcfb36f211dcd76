"""Votes: one contract for both databases, then crowds, retries and kill -9."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc, func, select

from bench.torture.votes import torture
from kb import redaction
from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.database.tables import votes as table
from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from kb.feedback.votes import InvalidVote, Tally

if TYPE_CHECKING:
    from tests.support.fixtures.campaigns import Campaign
    from tests.support.fixtures.postgres_fixture import PostgresServer

pytest_plugins = ["tests.support.fixtures.postgres_fixture"]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ARTICLE = "k2m7p"
VOTER = "a" * 64


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def vote(db: Database, **changes: Any) -> Tally:
    fields: dict[str, Any] = {"article_id": ARTICLE, "voter": VOTER, "value": 1, "lang": "ru"}
    fields["now"] = NOW
    return votes.record(db, **(fields | changes))


def vote_until_stored(db: Database, **changes: Any) -> Tally:
    """As a browser does that was told to try again."""
    for _ in range(20):
        with suppress(DatabaseUnavailable):
            return vote(db, **changes)
    raise AssertionError("refused twenty times")


def test_a_comment_is_masked_and_fits(db: Database) -> None:
    vote(db, value=-1, comment="write to anna@example.org, card 4111_1111_1111_1111")
    kept = votes.vote_of(db, ARTICLE, VOTER)
    assert kept
    assert kept.comment == "write to [email], card [card]"
    vote(db, value=-1, comment=f"{'x' * 993} a@b.ru")
    kept = votes.vote_of(db, ARTICLE, VOTER)
    assert kept
    assert "a@b" not in kept.comment
    assert len(kept.comment) <= votes.MAX_COMMENT_CHARS


def test_a_comment_is_forgotten_and_the_vote_stays(db: Database) -> None:
    vote(db, value=-1, reason="unclear", comment="Which bank?")
    config = Config(comment_days=30, log_days=90)
    retention.sweep(db, config, now=NOW + timedelta(days=29))
    assert votes.vote_of(db, ARTICLE, VOTER) == votes.Vote(
        ARTICLE, -1, "unclear", "Which bank?", "ru"
    )
    retention.sweep(db, config, now=NOW + timedelta(days=31))
    assert votes.vote_of(db, ARTICLE, VOTER) == votes.Vote(ARTICLE, -1, "unclear", "", "ru")


def voter(number: int) -> str:
    return f"{number:064x}"


def rows(db: Database) -> int:
    return db.query(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_vote_is_counted(db: Database) -> None:
    assert vote(db) == Tally(up=1, down=0)
    assert votes.tally(db, ARTICLE) == Tally(up=1, down=0)


def test_vote_twice_counts_once(db: Database) -> None:
    vote(db)
    assert vote(db) == Tally(up=1, down=0)
    assert rows(db) == 1


def test_a_changed_vote_replaces_the_old_one_whole(db: Database) -> None:
    vote(db, value=-1, reason="outdated", comment="Уже не так")
    assert vote(db, value=1, lang="en") == Tally(up=1, down=0)
    assert votes.vote_of(db, ARTICLE, VOTER) == votes.Vote(ARTICLE, 1, None, "", "en")


def test_a_vote_comes_back_as_it_was_given(db: Database) -> None:
    vote(db, value=-1, reason="related_not_answered", comment="Банк молчит 🏦\r\n\tЧто делать?")
    assert votes.vote_of(db, ARTICLE, VOTER) == votes.Vote(
        ARTICLE, -1, "related_not_answered", "Банк молчит 🏦\n\tЧто делать?", "ru"
    )


def test_a_reason_belongs_to_a_no(db: Database) -> None:
    vote(db, value=1, reason="outdated")
    found = votes.vote_of(db, ARTICLE, VOTER)
    assert found
    assert found.reason is None


def test_a_withdrawn_vote_is_gone(db: Database) -> None:
    vote(db)
    vote(db, voter=voter(1), value=-1)
    assert votes.withdraw(db, article_id=ARTICLE, voter=VOTER) == Tally(up=0, down=1)
    assert votes.withdraw(db, article_id=ARTICLE, voter=VOTER) == Tally(up=0, down=1)
    assert votes.vote_of(db, ARTICLE, VOTER) is None


def test_voters_and_articles_do_not_mix(db: Database) -> None:
    vote(db)
    vote(db, voter=voter(1), value=-1)
    vote(db, article_id="zzzzz", value=-1)
    assert votes.tallies(db, [ARTICLE, "zzzzz", "00000", ARTICLE]) == {
        ARTICLE: Tally(up=1, down=1),
        "zzzzz": Tally(up=0, down=1),
        "00000": Tally(up=0, down=0),
    }


def test_the_total_is_that_of_all_articles(db: Database) -> None:
    assert votes.total(db) == Tally(up=0, down=0)
    vote(db)
    vote(db, article_id="zzzzz", value=-1)
    vote(db, voter=voter(1), article_id="zzzzz", value=-1)
    assert votes.total(db) == Tally(up=1, down=2)


def test_tallies_of_more_articles_than_one_statement_takes(db: Database) -> None:
    vote(db, article_id="00999")
    ids = [f"{number:05d}" for number in range(1200)]
    assert sum(tally.up for tally in votes.tallies(db, ids).values()) == 1
    assert votes.tallies(db, []) == {}


# The values about which SQLite and PostgreSQL disagree: refused above both.

BAD_NUMBERS = ["1", "12abc", "", None, True, False, 1.0, float("inf"), float("nan"), 0, 2, 2**63]
BAD_TEXTS = ["a\0b", "\ud800", "x\udfffy", "x" * 1001, "x" * 100_000, None, 7, b"x"]


@pytest.mark.parametrize("value", BAD_NUMBERS, ids=repr)
def test_a_value_other_than_one_and_minus_one_is_refused(db: Database, value: object) -> None:
    assert_refused(db, "value", value=value)


@pytest.mark.parametrize("text", BAD_TEXTS, ids=lambda text: repr(text)[:12])
def test_text_that_a_database_may_not_store_is_refused(db: Database, text: object) -> None:
    assert_refused(db, "comment", comment=text)


@pytest.mark.parametrize(
    "id", ["", "k2m7", "k2m7pp", "K2M7P", "k2m7l", "k2m7p\n", "k2m\0p", None, 5]
)
def test_what_is_no_article_id_is_refused(db: Database, id: object) -> None:
    assert_refused(db, "article_id", article_id=id)


@pytest.mark.parametrize("key", ["", "a" * 63, "a" * 65, "A" * 64, "\0" * 64, "٣" * 64, None, 1])
def test_what_is_no_voter_is_refused(db: Database, key: object) -> None:
    assert_refused(db, "voter", voter=key)


@pytest.mark.parametrize("lang", ["", "r", "russian", "ru\0", "x" * 100, None, 1])
def test_what_is_no_language_is_refused(db: Database, lang: object) -> None:
    assert_refused(db, "lang", lang=lang)


@pytest.mark.parametrize("reason", ["", "bad", "outdated\0", True, 1, ["other"]])
def test_an_unknown_reason_is_refused(db: Database, reason: object) -> None:
    assert_refused(db, "reason", value=-1, reason=reason)


def assert_refused(db: Database, field: str, **changes: object) -> None:
    vote(db, voter=voter(1))
    with pytest.raises(InvalidVote) as caught:
        vote(db, **changes)
    assert caught.value.field == field
    assert rows(db) == 1


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.text(st.characters(), max_size=1200))
@example(text="order 0000000, +7 916 123-45-67")
def test_any_text_is_stored_masked_or_refused(db: Database, text: str) -> None:
    try:
        cleaned = votes.clean_comment(text)
    except InvalidVote:
        with pytest.raises(InvalidVote):
            vote(db, comment=text)
        return
    vote(db, value=-1, comment=text)
    found = votes.vote_of(db, ARTICLE, VOTER)
    assert found
    assert found.comment == redaction.mask(cleaned)[: votes.MAX_COMMENT_CHARS].rstrip()
    assert votes.clean_comment(cleaned) == cleaned


def test_control_characters_are_dropped_and_line_ends_kept() -> None:
    assert votes.clean_comment(" a\x07\x1b[31mb\rc\r\nd\x85\t ") == "a[31mb\nc\nd"


def test_the_limit_of_a_comment_counts_what_is_kept(db: Database) -> None:
    vote(db, value=-1, comment="я" * 1000 + " \n" * 50)
    found = votes.vote_of(db, ARTICLE, VOTER)
    assert found
    assert len(found.comment) == 1000


# Crowds and retries


def test_many_voters_at_once_are_counted_exactly(db: Database) -> None:
    """Each sends its vote three times, as a browser that lost the answers would."""

    def send(worker: int) -> None:
        for number in range(worker, 120, 8):
            for _ in range(3):
                vote_until_stored(db, voter=voter(number), value=1 if number % 3 else -1)

    run_together(send, workers=8)
    assert votes.tally(db, ARTICLE) == Tally(up=80, down=40)
    assert rows(db) == 120


def test_one_voter_changing_their_mind_all_the_time_is_one_vote(db: Database) -> None:
    def alternate(worker: int) -> None:
        for number in range(40):
            shown = vote_until_stored(db, value=1 if (number + worker) % 2 else -1)
            assert shown.up + shown.down == 1

    run_together(alternate, workers=8)
    assert rows(db) == 1


def test_voting_and_withdrawing_at_once_ends_with_one_or_none(db: Database) -> None:
    def vote_or_withdraw(worker: int) -> None:
        for _ in range(25):
            if worker % 2:
                vote_until_stored(db)
            else:
                with suppress(DatabaseUnavailable):
                    votes.withdraw(db, article_id=ARTICLE, voter=VOTER)

    run_together(vote_or_withdraw, workers=4)
    assert rows(db) in (0, 1)
    assert votes.tally(db, ARTICLE).up == rows(db)


def run_together(work: Any, *, workers: int) -> None:
    """Run `work(number)` in threads; the first exception of any is raised here."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 (it is raised again below)
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_vote_counts_once_when_only_the_answer_was_lost(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit succeeded but the connection broke before we heard of it."""
    real = db._writing
    lost = exc.OperationalError("", None, psycopg.OperationalError("gone"))
    lost.connection_invalidated = True
    commits = 0

    @contextmanager
    def loses_first_answer() -> Iterator[Any]:
        nonlocal commits
        with real() as connection:
            yield connection
        commits += 1
        if commits == 1:
            raise DatabaseUnavailable from lost

    monkeypatch.setattr(db, "_writing", loses_first_answer)
    assert vote(db) == Tally(up=1, down=0)
    assert (commits, rows(db)) == (2, 1)


# kill -9; the long run is `python -m bench.torture.votes`


@pytest.mark.campaign
def test_no_acknowledged_vote_is_lost_when_writers_are_killed(
    tmp_path: Any, campaign: Campaign
) -> None:
    kills = campaign.size(2, whole=25)
    report = torture(f"sqlite:///{tmp_path / 'votes.sqlite'}", kills=kills, seed=1)
    assert report.lost == ()
    assert report.is_sound
    assert report.acknowledged >= kills


@pytest.mark.campaign
@pytest.mark.postgres
def test_no_acknowledged_vote_is_lost_when_server_and_writers_are_killed(
    breakable_postgres_server: PostgresServer, campaign: Campaign
) -> None:
    server = breakable_postgres_server
    kills = campaign.size(2, whole=25)
    report = torture(server.new_database(), kills=kills, seed=1, server=server)
    assert report.lost == ()
    assert report.is_sound
    assert report.acknowledged >= kills


def test_the_torture_sees_a_lost_vote(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = votes.vote_of

    def forgets_one(db: Database, article_id: str, voter: str) -> votes.Vote | None:
        return None if voter.endswith("3") else real(db, article_id, voter)

    monkeypatch.setattr(votes, "vote_of", forgets_one)
    report = torture(f"sqlite:///{tmp_path / 'votes.sqlite'}", kills=2, seed=2)
    assert report.lost
