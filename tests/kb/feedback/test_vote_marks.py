"""Votes of one network: a few a day on an article count, the rest is kept, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from kb.cli.main import main
from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.database.tables import vote_marks as table
from kb.database.tables import votes as votes_table
from kb.feedback import page_views, popularity, vote_marks, votes
from kb.feedback.vote_marks import MOST_KNOWN, MOST_NEW
from kb.feedback.votes import Tally
from tests.support.libraries.site_library import REFUND, application, close

pytest_plugins = ["tests.support.fixtures.postgres_fixture"]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ARTICLE = "k2m7p"
SECRET = "a secret of tests"
HOME = "2001:db8:a:b1ff::1"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def vote(
    db: Database,
    number: int,
    address: str = HOME,
    *,
    article_id: str = ARTICLE,
    value: int = 1,
    is_known: bool = False,
    now: datetime = NOW,
) -> Tally:
    origin = vote_marks.origin_of(
        address, article_id=article_id, is_known=is_known, secret_key=SECRET, day=now.date()
    )
    return votes.record(
        db,
        article_id=article_id,
        voter=f"{number:064x}",
        value=value,
        lang="ru",
        now=now,
        origin=origin,
    )


def rows(db: Database) -> int:
    statement = select(func.count()).select_from(votes_table)
    return db.query(lambda connection: connection.execute(statement).scalar_one())


def test_ten_votes_of_a_client_count_and_all_are_kept(db: Database) -> None:
    for number in range(25):
        last = vote(db, number)
    assert last == votes.tally(db, ARTICLE) == votes.total(db) == Tally(up=MOST_NEW)
    assert (rows(db), votes.left_out(db)) == (25, 15)


def test_another_article_and_another_day_count_anew(db: Database) -> None:
    for number in range(12):
        vote(db, number)
    assert vote(db, 0, article_id="c4r8t").up == 1
    assert vote(db, 99, now=NOW + timedelta(days=1)).up == MOST_NEW + 1


def test_addresses_of_a_slash_64_are_one_client_and_others_are_not(db: Database) -> None:
    for number in range(12):
        vote(db, number, f"2001:db8:a:b1ff::{number:x}")
    assert votes.tally(db, ARTICLE).up == MOST_NEW
    assert vote(db, 50, "2001:db8:b::1").up == MOST_NEW + 1
    assert vote(db, 51, "192.0.2.1").up == MOST_NEW + 2


@pytest.mark.parametrize(
    ("spelling", "times"),
    [("2001:db8:a:b1{:02x}::1", 2), ("2001:db8:a:{:02x}00::1", 4), ("192.0.2.{}", 16)],
)
def test_a_network_counts_a_few_clients_worth(
    db: Database, monkeypatch: pytest.MonkeyPatch, spelling: str, times: int
) -> None:
    monkeypatch.setattr(vote_marks, "MOST_NEW", 2)
    for number in range(2 * (times + 1)):
        vote(db, number, spelling.format(number // 2))
    assert votes.tally(db, ARTICLE).up == 2 * times


def test_a_client_s_surplus_uses_up_nothing_of_its_network(db: Database) -> None:
    for number in range(50):
        vote(db, number)
    assert vote(db, 99, "2001:db8:a:b1fe::1").up == MOST_NEW + 1


def test_visitors_with_a_cookie_have_more_room(db: Database) -> None:
    for number in range(12):
        vote(db, number)
    for number in range(100, 100 + MOST_KNOWN + 5):
        vote(db, number, is_known=True)
    assert votes.tally(db, ARTICLE).up == MOST_NEW + MOST_KNOWN


def test_a_changed_vote_counts_as_it_did(db: Database) -> None:
    for number in range(12):
        vote(db, number)
    assert vote(db, 0, value=-1, is_known=True) == Tally(up=MOST_NEW - 1, down=1)
    assert vote(db, 11, value=-1, is_known=True) == Tally(up=MOST_NEW - 1, down=1)
    own = votes.vote_of(db, ARTICLE, f"{11:064x}")
    assert own is not None
    assert own.value == -1


def test_votes_at_the_same_time_are_bounded_exactly(db: Database) -> None:
    threads = [threading.Thread(target=vote, args=(db, number)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert votes.tally(db, ARTICLE).up == MOST_NEW
    assert rows(db) == 16


def test_popularity_does_not_see_what_is_left_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        vote(db, number, value=-1)
    seen: list[Tally] = []
    monkeypatch.setattr(page_views, "totals", lambda *_, **__: {ARTICLE: 9})
    monkeypatch.setattr(popularity, "rank", lambda _, tallies: seen.extend(tallies.values()))
    popularity.measure(db, today=NOW.date())
    assert seen == [Tally(down=MOST_NEW)]


def test_marks_go_with_their_day(db: Database) -> None:
    vote(db, 1)
    count = select(func.count()).select_from(table)
    for days, left in ((1, 3), (2, 0)):
        retention.sweep(db, Config(), now=NOW + timedelta(days=days))
        assert db.query(lambda connection: connection.execute(count).scalar_one()) == left
    assert rows(db) == 1


def test_marks_of_days_articles_and_sites_cannot_be_joined() -> None:
    marks = {
        one.mark
        for day in (date(2026, 11, 22), date(2026, 11, 23))
        for article in ("k2m7p", "c4r8t")
        for secret in ("one", "other")
        for is_known in (True, False)
        for one in vote_marks.origin_of(
            HOME, article_id=article, is_known=is_known, secret_key=secret, day=day
        ).marks
    }
    assert len(marks) == 3 * 16


# Over HTTP


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = application(tmp_path)
    yield made
    close(made)


def test_a_script_without_cookies_is_counted_ten_times_everywhere(app: Flask) -> None:
    for _ in range(15):
        response = app.test_client().post(
            f"/en/vote/{REFUND}",
            data={"value": "yes"},
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_overrides={"REMOTE_ADDR": "203.0.113.77"},
        )
        assert (response.status_code, "visitor=" in response.headers["Set-Cookie"]) == (303, True)
    client = app.test_client()
    shown = client.get(f"/api/v1/articles/{REFUND}?locale=en").get_json()
    assert shown["votes"]["up"] == MOST_NEW
    metrics = client.get("/metrics").text
    assert f"otvet_votes_up {MOST_NEW}.0" in metrics
    assert "otvet_votes_left_out 5.0" in metrics


def test_stats_tell_what_is_left_out(db: Database, database_url: str) -> None:
    for number in range(12):
        vote(db, number)
    result = CliRunner().invoke(main, ["stats"], env={"KB_DATABASE_URL": database_url})
    lines = [line.split() for line in result.output.splitlines() if line.startswith("Votes")]
    assert [(*words[:-1], words[-1]) for words in lines] == [
        ("Votes", "yes", "10"),
        ("Votes", "no", "0"),
        ("Votes", "left", "out", "2"),
    ]
