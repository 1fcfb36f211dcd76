"""Readings: counted once per visitor, article and day, on both databases and over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, exc, func, select

from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.database.tables import article_views, metadata, view_marks
from kb.errors import DatabaseUnavailable
from kb.feedback import page_views
from kb.feedback.crawlers import is_crawler
from kb.web.help.article import page_view
from tests.support.libraries.api_library import services_of
from tests.support.libraries.site_library import REFUND, RETIRED, RUSSIAN_ONLY, application, close

pytest_plugins = ["tests.support.fixtures.postgres_fixture"]

DAY = date(2026, 11, 22)
SECRET = "a secret of tests"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)


# The table


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def mark(visitor: int = 1, *, day: date = DAY, article_id: str = REFUND) -> str:
    key = page_views.day_key(SECRET, day)
    return page_views.make_mark(
        key, client=f"c{visitor}", user_agent="Firefox", article_id=article_id
    )


def count(db: Database, visitor: int = 1, *, day: date = DAY, article_id: str = REFUND) -> bool:
    own = mark(visitor, day=day, article_id=article_id)
    return page_views.count(db, article_id=article_id, mark=own, day=day)


def rows(db: Database, table: Any = view_marks) -> int:
    return int(db.query(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()))


def test_a_reading_counts_once_a_visitor_article_and_day(db: Database) -> None:
    assert [count(db), count(db), count(db)] == [True, False, False]
    assert count(db, visitor=2)
    assert count(db, article_id=RUSSIAN_ONLY)
    assert count(db, day=DAY + timedelta(days=1))
    assert page_views.totals(db, since=DAY) == {REFUND: 3, RUSSIAN_ONLY: 1}
    assert page_views.totals(db, since=DAY + timedelta(days=1)) == {REFUND: 1}
    assert page_views.totals(db, since=DAY + timedelta(days=2)) == {}


def test_totals_name_those_read_most_first(db: Database) -> None:
    for number, article_id in enumerate(("aaaaa", "bbbbb", "ccccc"), start=1):
        for visitor in range(number):
            count(db, visitor, article_id=article_id)
    assert list(page_views.totals(db, since=DAY)) == ["ccccc", "bbbbb", "aaaaa"]


def test_many_at_once_are_counted_exactly(db: Database) -> None:
    """Each of twenty visitors sends the same reading from several tabs."""
    news: list[bool] = []

    def send(worker: int) -> None:
        for number in range(20):
            for attempt in range(20):
                try:
                    news.append(count(db, visitor=(number + 5 * worker) % 20))
                    break
                except DatabaseUnavailable:
                    assert attempt < 19

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert page_views.totals(db, since=DAY) == {REFUND: 20}
    assert (len(news), sum(news), rows(db)) == (80, 20, 20)


def test_a_reading_counts_once_when_only_the_answer_was_lost(
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
    count(db)
    assert commits == 2
    assert page_views.totals(db, since=DAY) == {REFUND: 1}


def test_marks_go_with_their_day_and_counts_with_the_log(db: Database) -> None:
    for age in (0, 1, 2, 89, 91):
        count(db, day=DAY - timedelta(days=age))

    def sweep(hour: int, **after: int) -> None:
        now = datetime(DAY.year, DAY.month, DAY.day, hour, 30, tzinfo=UTC) + timedelta(**after)
        retention.sweep(db, Config(contact_days=30, log_days=90), now=now)

    sweep(0)
    assert (rows(db, view_marks), rows(db, article_views)) == (2, 4)
    assert not count(db, day=DAY - timedelta(days=1))  # a process whose midnight is late
    sweep(23, days=1)
    assert rows(db, view_marks) == 1
    sweep(0, days=200)
    assert (rows(db, view_marks), rows(db, article_views)) == (0, 0)


# Marks


def test_marks_of_days_articles_and_sites_cannot_be_joined() -> None:
    key = page_views.day_key(SECRET, DAY)
    others = [
        mark(),
        mark(visitor=2),
        mark(day=DAY + timedelta(days=1)),
        mark(article_id=RUSSIAN_ONLY),
        page_views.make_mark(key, client="c1", user_agent="Chrome", article_id=REFUND),
        page_views.make_mark(key, client="c1F", user_agent="irefox", article_id=REFUND),
        page_views.make_mark(
            page_views.day_key("another", DAY), client="c1", user_agent="Firefox", article_id=REFUND
        ),
    ]
    assert len(set(others)) == len(others)
    assert {len(one) for one in others} == {64}
    assert mark() == mark()


def test_any_name_of_a_browser_has_a_mark() -> None:
    key = page_views.day_key(SECRET, DAY)
    assert page_views.make_mark(key, client="", user_agent="\udcff\0я" * 900, article_id=REFUND)


# Who is no reader


@pytest.mark.parametrize(
    "name",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0;"
        " +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (compatible; YandexRenderResourcesBot/1.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b",
        "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
        "Mozilla/5.0 Chrome-Lighthouse",
        "python-requests/2.32.3",
        "curl/8.14.1",
        "",
        "  ",
    ],
)
def test_programs_are_known_by_their_names(name: str) -> None:
    assert is_crawler(name)


@pytest.mark.parametrize(
    "name",
    [
        FIREFOX,
        SAFARI,
        CHROME,
        CHROME + " Edg/142.0.0.0",
        CHROME + " OPR/125.0.0.0",
        CHROME + " YaBrowser/25.10.0.0",
        "Mozilla/5.0 (Linux; Android 15; CUBOT X90) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile",
        "Mozilla/5.0 (Linux; Android 15; SM-S938B; wv) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile"
        " Safari/537.36 [FBAN/FB4A;FBAV/530.0]",
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15 DuckDuckGo/26",
    ],
)
def test_browsers_are_no_programs(name: str) -> None:
    assert not is_crawler(name)


# Over HTTP


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(tmp_path_factory.mktemp("views"))
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Of a site where nothing has been read."""

    def forget(connection: Any) -> None:
        connection.execute(delete(view_marks))
        connection.execute(delete(article_views))

    services_of(app).database.transact(forget)
    return app.test_client()


def report(
    client: FlaskClient, article_id: str = REFUND, *, lang: str = "ru", **headers: str
) -> int:
    given = {"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/{lang}/viewed/{article_id}", headers=given).status_code


def counted(client: FlaskClient) -> dict[str, int]:
    return page_views.totals(services_of(client.application).database, since=date(2000, 1, 1))


def test_article_names_where_it_reports_and_the_script(client: FlaskClient) -> None:
    text = client.get("/ru/faq/returns/refund-timing").text
    assert f'data-viewed="/ru/viewed/{REFUND}"' in text
    assert "/static/viewed.js" in text
    assert counted(client) == {}  # looking at it is not yet reading


def test_sent_twice_it_counts_once_in_whatever_language(client: FlaskClient) -> None:
    assert [report(client), report(client), report(client, lang="en")] == [204] * 3
    assert counted(client) == {REFUND: 1}


def test_another_browser_and_another_address_are_other_visitors(client: FlaskClient) -> None:
    report(client)
    report(client, User_Agent=SAFARI)
    address = {"REMOTE_ADDR": "198.51.100.7"}
    client.environ_base |= address
    report(client)
    assert counted(client) == {REFUND: 3}


def test_addresses_of_one_household_are_one_visitor(client: FlaskClient) -> None:
    """Browsers change their IPv6 address within a /64 from hour to hour."""
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        client.environ_base["REMOTE_ADDR"] = address
        report(client)
    assert counted(client) == {REFUND: 1}


def test_the_day_changes_at_midnight(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (DAY, DAY, DAY + timedelta(days=1), DAY + timedelta(days=1)):
        monkeypatch.setattr(page_view, "today", lambda day=day: day)
        report(client)
    assert counted(client) == {REFUND: 2}
    database = services_of(client.application).database
    marks = database.query(lambda c: c.execute(select(view_marks.c.mark)).scalars().all())
    assert len(set(marks)) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"User_Agent": "Googlebot/2.1"},
        {"User_Agent": ""},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X_Moz": "prefetch"},
    ],
    ids=lambda headers: "-".join((*headers, *headers.values())),
)
def test_what_nobody_reads_does_not_count(client: FlaskClient, headers: dict[str, str]) -> None:
    assert report(client, **headers) == 204
    assert counted(client) == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_other_sites_cannot_report(client: FlaskClient, site: str) -> None:
    assert report(client, Sec_Fetch_Site=site) == 403
    assert client.post(f"/ru/viewed/{REFUND}", headers={"User-Agent": FIREFOX}).status_code == 403
    assert counted(client) == {}


@pytest.mark.parametrize("article_id", [RETIRED, "nnnnn", "x" * 300, "art_k2m7p", "%00"])
def test_what_is_not_published_is_not_counted(client: FlaskClient, article_id: str) -> None:
    assert report(client, article_id) == 404
    assert counted(client) == {}


def test_reading_an_address_reports_nothing(client: FlaskClient) -> None:
    assert client.get(f"/ru/viewed/{REFUND}").status_code == 405
    assert counted(client) == {}


def test_nothing_is_kept_that_tells_who_it_was(client: FlaskClient) -> None:
    response = client.post(
        f"/ru/viewed/{REFUND}",
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX},
        environ_base={"REMOTE_ADDR": "198.51.100.77"},
    )
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"
    database = services_of(client.application).database
    with database.read() as connection:
        kept = str([connection.execute(select(one)).all() for one in metadata.tables.values()])
    assert REFUND in kept
    assert "198.51" not in kept
    assert "Firefox" not in kept


def test_without_database_articles_are_read_all_the_same(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnavailable("away")

    database = services_of(client.application).database
    monkeypatch.setattr(database, "transact", away)
    monkeypatch.setattr(database, "query", away)
    services_of(client.application).popularity.refresh()
    assert report(client) == 503
    for page in ("/ru/", "/ru/faq/payment/", "/ru/faq/returns/refund-timing"):
        assert client.get(page).status_code == 200
