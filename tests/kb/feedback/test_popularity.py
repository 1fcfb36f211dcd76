"""Popularity: worked figures, who takes part, a value that never waits, what pages make of it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.catalog_json import from_json, to_json
from kb.config import Config
from kb.content.model import Category
from kb.database.engine import Database
from kb.database.tables import article_views
from kb.errors import DatabaseUnavailable
from kb.feedback import popularity, votes
from kb.feedback.popularity import LEAST_ARTICLES, LEAST_VIEWS, UNKNOWN, Popularity, Ranking
from kb.feedback.votes import Tally
from kb.web.help.listings.home import home_page
from tests.support.libraries.api_library import services_of
from tests.support.libraries.site_library import REFUND, VEGA, application, close, library
from tests.support.libraries.site_library import page as article
from tests.support.patience import PATIENCE_S

TODAY = date(2026, 11, 22)
COUNTS = st.integers(0, 500)


# The order


@pytest.mark.parametrize(
    ("part", "whole", "lower"),
    [
        (0, 0, 0.0),
        (0, 10, 0.0),
        # With p = 1 it is n / (n + z²), z² = 3.8416.
        (1, 1, 1 / 4.8416),
        (10, 10, 10 / 13.8416),
        # 8 of 10: (0.8 + 0.19208 − 1.96·√(0.016 + 0.009604)) / 1.38416 = 0.67845 / 1.38416.
        (8, 10, 0.490157),
    ],
)
def test_wilson_bound_is_the_one_worked_by_hand(part: int, whole: int, lower: float) -> None:
    assert popularity.wilson_lower(part, whole) == pytest.approx(lower, abs=2e-5)


@given(part=COUNTS, more=COUNTS)
def test_wilson_bound_is_below_the_share(part: int, more: int) -> None:
    bound = popularity.wilson_lower(part, part + more)
    assert 0 <= bound <= (part / (part + more) if part + more else 0)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(), 100.0),
        (Tally(up=1), 100 * (1 + 1 / 4.8416)),
        (Tally(down=10), 100 * (1 - 10 / 13.8416)),
        (Tally(up=7, down=7), 100.0),
    ],
    ids=str,
)
def test_score_is_views_weighed_by_what_votes_prove(tally: Tally, expected: float) -> None:
    assert popularity.score(100, tally) == pytest.approx(expected)


@given(views=st.integers(1, 10**6), up=COUNTS, down=COUNTS)
def test_votes_move_a_score_within_bounds_and_the_right_way(views: int, up: int, down: int) -> None:
    score = popularity.score(views, Tally(up, down))
    assert 0 <= score < 2 * views
    assert popularity.score(views + 1, Tally(up, down)) >= score
    assert popularity.score(views, Tally(up + 1, down)) >= score - 1e-9
    assert popularity.score(views, Tally(up, down + 1)) <= score + 1e-9


def test_an_article_that_helps_nobody_does_not_stay_in_front() -> None:
    counts = {f"art0{number}": 50 + number for number in range(6)}
    ranking = popularity.rank(counts, {"art05": Tally(down=30), "art00": Tally(up=30)})
    assert list(ranking.places) == ["art00", "art04", "art03", "art02", "art01", "art05"]


def test_equals_stand_in_the_order_of_their_ids() -> None:
    ids = ["eeeee", "bbbbb", "aaaaa", "ddddd", "ccccc"]
    assert list(popularity.rank(dict.fromkeys(ids, 9), {}).places) == sorted(ids)


def test_too_little_is_no_order() -> None:
    few = {f"art0{number}": 1000 for number in range(LEAST_ARTICLES - 1)}
    rare = few | {"rare0": LEAST_VIEWS - 1}
    assert popularity.rank({}, {}) == popularity.rank(few, {}) == popularity.rank(rare, {})
    assert popularity.rank(few, {}) == UNKNOWN
    assert len(popularity.rank(rare | {"rare0": LEAST_VIEWS}, {}).places) == LEAST_ARTICLES


# The database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def read(db: Database, counts: dict[str, int], *, day: date = TODAY) -> None:
    rows = [{"day": day, "article_id": id, "views": count} for id, count in counts.items()]
    db.transact(lambda connection: connection.execute(insert(article_views), rows))


def test_readings_of_thirty_days_and_votes_are_measured(db: Database) -> None:
    read(db, {"aaaaa": 10, "bbbbb": 9, "ccccc": 8, "ddddd": 7, "eeeee": 6})
    read(db, {"eeeee": 100}, day=TODAY - timedelta(days=30))
    read(db, {"ddddd": 2}, day=TODAY - timedelta(days=29))
    for number in range(30):
        votes.record(
            db,
            article_id="ccccc",
            voter=f"{number:064x}",
            value=1,
            lang="ru",
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )
    ranking = popularity.measure(db, today=TODAY)
    assert list(ranking.places) == ["ccccc", "aaaaa", "bbbbb", "ddddd", "eeeee"]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settle(kept: Popularity) -> Ranking:
    """Knowledge once the refresh that goes on is over."""
    if kept._thread:
        kept._thread.join(PATIENCE_S)
    return kept.ranking()


def test_order_is_given_at_once_and_renewed_beside(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    measured: list[Ranking] = []
    may_answer = threading.Event()

    def measure(*_: object, **__: object) -> Ranking:
        assert may_answer.wait(PATIENCE_S)
        measured.append(Ranking({f"art0{len(measured)}": 0}))
        return measured[-1]

    monkeypatch.setattr(popularity, "measure", measure)
    database = Database.from_url(f"sqlite:///{tmp_path / 'x.sqlite'}")
    kept = Popularity(database, clock=clock, today=lambda: TODAY)
    assert [kept.ranking() for _ in range(50)] == [UNKNOWN] * 50  # the database hangs
    may_answer.set()
    assert settle(kept) is measured[0]
    clock.now += popularity.REFRESH_S - 1
    assert settle(kept) is measured[0]
    may_answer.clear()
    clock.now += 1
    assert [kept.ranking() for _ in range(50)] == [measured[0]] * 50
    may_answer.set()
    assert settle(kept) is measured[1]
    assert len(measured) == 2
    kept.close()
    clock.now += 2 * popularity.REFRESH_S
    assert settle(kept) is measured[1]


@pytest.mark.parametrize("fault", [DatabaseUnavailable("away"), RuntimeError("odd")], ids=str)
def test_a_fault_leaves_what_was_known_and_is_tried_again_soon(
    clock: Clock, fault: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers: list[Ranking | Exception] = [Ranking({REFUND: 0}), fault, Ranking({VEGA: 0})]

    def measure(*_: object, **__: object) -> Ranking:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(popularity, "measure", measure)
    database = Database.from_url(f"sqlite:///{tmp_path / 'x.sqlite'}")
    kept = Popularity(database, clock=clock, today=lambda: TODAY)
    kept.ranking()
    assert settle(kept).places == {REFUND: 0}
    clock.now += popularity.REFRESH_S
    kept.ranking()
    assert settle(kept).places == {REFUND: 0}
    clock.now += popularity.RETRY_S
    kept.ranking()
    assert settle(kept).places == {VEGA: 0}


# Pages


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(tmp_path_factory.mktemp("popular"), _with_questions())
    settle(services_of(app).popularity)
    yield app
    close(app)


def _with_questions() -> Catalog:
    """The library, and a shelf with questions to each article."""
    asked = [
        article(
            f"ask{number:02d}",
            lang,
            f"faq/asked/a{number}",
            f"{lang}: тема {number}",
            questions=(f"вопрос {number} {lang}", f"второй вопрос {number} {lang}"),
            order=number,
        )
        for number in range(10)
        for lang in ("ru", "en")
    ]
    base = library()
    shelf = Category("faq", "asked", "tag", 1, {"ru": "Ещё", "en": "More"}, {})
    return Catalog([*base.all_pages, *asked], [*base.categories, shelf], ("ru", "en"))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    yield app.test_client()
    services_of(app).popularity._ranking = UNKNOWN


def rank(client: FlaskClient, *ids: str) -> None:
    services_of(client.application).popularity._ranking = Ranking(
        {id: place for place, id in enumerate(ids)}
    )


def section(client: FlaskClient, address: str, id: str) -> list[tuple[str, str]]:
    """Links below the heading with this id: address and text."""
    text = client.get(address).text
    found = re.search(rf'<section[^>]*aria-labelledby="{id}">(.*?)</section>', text, re.DOTALL)
    return re.findall(r'<a href="([^"]*)"[^>]*><bdi>(.*?)</bdi>', found[1]) if found else []


def examples(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'rel="nofollow"><bdi>(.*?)</bdi>', client.get(address).text)


ASKED = tuple(f"ask{number:02d}" for number in range(9, -1, -1))


def test_without_readings_the_home_page_claims_nothing(client: FlaskClient) -> None:
    text = client.get("/en/").text
    assert "Good places to start" in text
    assert "Asked most" not in text
    assert "Popular questions" not in text


def test_home_lists_what_is_asked_most_in_that_order(client: FlaskClient) -> None:
    rank(client, "gone0", *ASKED)
    text = client.get("/en/").text
    assert "Asked most this month" in text
    assert "Good places to start" not in text
    popular = section(client, "/en/", "start")
    assert popular[0] == ("/en/faq/asked/a9", "en: тема 9")
    assert [title for _, title in popular] == [f"en: тема {number}" for number in range(9, 3, -1)]


def test_popular_questions_are_the_authors_and_lead_to_their_article(client: FlaskClient) -> None:
    rank(client, *ASKED)
    questions = section(client, "/ru/", "questions")
    # Those that are not listed beside come first; 9, 8 and 7 have theirs below the search box.
    assert questions == [
        ("/ru/faq/asked/a3", "вопрос 3 ru"),
        ("/ru/faq/asked/a2", "вопрос 2 ru"),
        ("/ru/faq/asked/a1", "вопрос 1 ru"),
        ("/ru/faq/asked/a0", "вопрос 0 ru"),
        ("/ru/faq/asked/a9", "второй вопрос 9 ru"),
        ("/ru/faq/asked/a8", "второй вопрос 8 ru"),
    ]
    assert examples(client, "/ru/") == ["вопрос 9 ru", "вопрос 8 ru", "вопрос 7 ru"]


def test_few_questions_are_no_list_and_no_examples(client: FlaskClient) -> None:
    before = examples(client, "/ru/")
    rank(client, REFUND, VEGA, "pay01", "pay02", "pay03")
    assert len(section(client, "/ru/", "start")) == 5
    assert section(client, "/ru/", "questions") == []
    assert examples(client, "/ru/") == before


def test_home_of_a_language_lists_articles_in_it(client: FlaskClient) -> None:
    rank(client, *(f"pay{number:02d}" for number in range(1, 9)), REFUND)
    assert section(client, "/en/", "start") == [
        ("/en/faq/returns/refund-timing", "When the refund arrives")
    ]


def test_long_category_begins_with_what_is_read_most(client: FlaskClient) -> None:
    assert section(client, "/ru/faq/payment/", "popular") == []
    rank(client, REFUND, "pay15", "pay04", VEGA, "pay09", "pay01")
    assert section(client, "/ru/faq/payment/", "popular") == [
        ("/ru/faq/payment/way-15", "Оплата, способ 15"),
        ("/ru/faq/payment/way-4", "Оплата, способ 4"),
        ("/ru/faq/payment/way-9", "Оплата, способ 9"),
    ]
    cards = re.findall(r'class="card-title" href="([^"]*)"', client.get("/ru/faq/payment/").text)
    assert cards[:2] == ["/ru/faq/payment/way-1", "/ru/faq/payment/way-2"]
    assert len(cards) == 17


def test_short_category_and_one_with_little_data_have_no_such_block(client: FlaskClient) -> None:
    rank(client, "pay15", "pay04", REFUND, "b6h3r", VEGA, "xss00")
    assert section(client, "/ru/faq/payment/", "popular") == []
    assert section(client, "/ru/faq/returns/", "popular") == []
    assert section(client, "/ru/guides/vega-r2/", "popular") == []


def test_readings_in_the_database_reach_the_pages(client: FlaskClient) -> None:
    services = services_of(client.application)
    today = datetime.now(UTC).date()
    read(services.database, {f"pay{n:02d}": 4 + n for n in range(1, 9)}, day=today)
    services.popularity.refresh()
    assert section(client, "/ru/", "start")[0][1] == "Оплата, способ 8"
    assert len(section(client, "/ru/", "start")) == 6
    etag = client.get("/ru/").headers["ETag"]
    assert client.get("/ru/", headers={"If-None-Match": etag}).status_code == 304


# New and changed


def test_new_is_what_was_added_lately_to_a_library_that_was_there(app: Flask) -> None:
    now = datetime.now(UTC)

    def added(number: int, days_ago: float | None, **fields: Any) -> ArticleVersion:
        created_at = None if days_ago is None else now - timedelta(days=days_ago)
        address = f"faq/returns/a{number}"
        return article(f"new0{number}", "ru", address, str(number), created_at=created_at, **fields)

    pages = [
        added(0, 29),
        added(1, 31),
        added(2, 5, aliases=(("faq", "payment", "a2"),)),
        added(3, None),
        added(4, 100),
    ]
    assert new_ones(app, pages) == ["0"]
    assert new_ones(app, pages[:1]) == []  # the library itself is new
    assert new_ones(app, [added(0, 5), added(1, 5.5), added(2, 3)]) == ["2"]


def new_ones(app: Flask, pages: list[ArticleVersion]) -> list[str]:
    catalog = from_json(to_json(Catalog(pages, (), ("ru", "en"))))
    with app.test_request_context("/ru/"):
        home = home_page(Config(), catalog, "ru")
    return [item.link.title for item in home.recent if item.is_new]


# The two halves


HALVES = re.compile(r'<nav class="page halves".*?</nav>', re.DOTALL)


def halves(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    """Address and mark of each link."""
    found = HALVES.search(client.get(address).text)
    return re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>', found[0]) if found else []


@pytest.mark.parametrize(
    ("address", "faq", "guides"),
    [
        ("/ru/", "", ""),
        ("/ru/faq/", "page", ""),
        ("/ru/guides/", "", "page"),
        ("/ru/guides/vega-r2/", "", "true"),
        ("/ru/faq/returns/refund-timing", "true", ""),
        ("/ru/search", "", ""),
        ("/ru/search?q=деньги", "", ""),
        ("/ru/search?q=деньги&section=faq", "true", ""),
        ("/ru/contact", "", ""),
        ("/ru/nothing", "", ""),
        ("/ru/faq/nothing/", "", ""),
    ],
)
def test_both_halves_are_linked_everywhere_and_the_current_one_marked(
    client: FlaskClient, address: str, faq: str, guides: str
) -> None:
    assert halves(client, address) == [("/ru/faq/", faq), ("/ru/guides/", guides)]


def test_halves_are_named_in_the_language_of_the_page(client: FlaskClient) -> None:
    found = HALVES.search(client.get("/en/contact").text)
    assert found
    assert "Before you buy" in found[0]
    assert "You have bought it" in found[0]


def test_a_half_without_articles_has_no_door(tmp_path: Path) -> None:
    guides = [page for page in library().all_pages if page.section == "guides"]
    catalog = Catalog(guides, library().categories, ("ru", "en"))
    app = application(tmp_path, catalog)
    try:
        client = app.test_client()
        assert halves(client, "/ru/contact") == [("/ru/guides/", "")]
        assert client.get("/ru/faq/").status_code == 404
    finally:
        close(app)
