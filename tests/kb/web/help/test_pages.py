"""Pages over HTTP: addresses, languages, caching, votes, search; every page is well made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from kb.feedback.votes import tally
from kb.web.help.article.history import history_page
from kb.web.help.article.page import article_page
from kb.web.help.listings.home import home_page
from kb.web.layout.assets import read_assets
from kb.web.layout.errors import STATUSES, error_response
from kb.web.layout.frame import ICONS
from kb.web.services import EXTENSION
from tests.support.site_library import (
    DAY,
    HOSTILE,
    PICTURE,
    REFUND,
    RETIRED,
    RUSSIAN_ONLY,
    VEGA,
    application,
    close,
    library,
)
from tests.support.site_library import page as article

ROOT = Path(__file__).parents[4]
REFUND_PAGE = "/ru/faq/returns/refund-timing"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PAGES = (
    "/ru/",
    "/en/",
    "/ru/faq/",
    "/en/guides/",
    "/ru/faq/returns/",
    "/ru/faq/payment/",
    "/en/faq/returns/",
    REFUND_PAGE,
    "/en/faq/returns/refund-timing",
    "/en/faq/returns/disputes",
    "/ru/guides/vega-r2/hostile",
    "/ru/search",
    "/ru/search?q=деньги",
    "/ru/search?q=оплата&page=2",
    "/en/search?q=оплата&section=faq&category=payment",
    "/ru/search?q=" + "ъ" * 50,
    "/ru/search?q=<script>alert(1)</script>",
    "/ru/contact",
    "/en/nothing-here",
    f"/ru/history/{REFUND}",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(
        tmp_path_factory.mktemp("site"), site_name="Справка", contact_email="help@example.com"
    )
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


DATA_BLOCK = {"type": "application/ld+json"}
"""A script element that browsers do not run; tests/kb/web/help/test_json_ld.py reads what is in
it."""


class Reader(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(response.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        wanted = {name.rstrip("_"): value for name, value in wanted.items()}
        return [
            found for name, found in self.tags if name == tag and wanted.items() <= found.items()
        ]

    def one(self, tag: str, **wanted: str) -> dict[str, str]:
        found = self.all(tag, **wanted)
        assert len(found) == 1, (tag, wanted, found)
        return found[0]


def read(client: FlaskClient, address: str, status: int = 200) -> Reader:
    response = client.get(address)
    assert response.status_code == status
    return Reader(response)


def vote(client: FlaskClient, **form: str) -> TestResponse:
    return client.post(f"/ru/vote/{REFUND}", data=form, headers=SAME_ORIGIN)


# Every page


@pytest.mark.parametrize("address", PAGES)
def test_page_is_whole(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    assert page.one("html")["lang"] == address[1:3]
    page.one("h1")
    page.one("main", id="main")
    assert page.all("a", href="#main")
    page.one("link", rel="icon")
    assert "%(" not in page.text


@pytest.mark.parametrize("address", PAGES)
def test_page_runs_and_loads_nothing_of_others(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    for tag, attributes in page.tags:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        if tag == "script" and attributes != DATA_BLOCK:
            assert attributes["src"].startswith("/static/")
        for name in ("src", "action"):
            assert attributes.get(name, "/").startswith("/")


@pytest.mark.parametrize("address", PAGES)
def test_page_has_labels_and_ids_once(client: FlaskClient, address: str) -> None:
    page = Reader(client.get(address))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in page.all("label")}
    assert {box["id"] for box in page.all("input", type="search")} <= labelled


@pytest.mark.parametrize("address", PAGES)
def test_reading_sets_no_cookie(client: FlaskClient, address: str) -> None:
    assert "Set-Cookie" not in client.get(address).headers


@pytest.mark.parametrize("address", [page for page in PAGES if "nothing" not in page])
def test_language_switch_keeps_the_page(client: FlaskClient, address: str) -> None:
    other = "en" if address.startswith("/ru") else "ru"
    link = read(client, address).all("a", hreflang=other)[0]
    assert link["href"].startswith(f"/{other}/")
    assert read(client, link["href"]).one("html")["lang"] == other
    assert link["href"].partition("?")[0] == f"/{other}{address[3:]}".partition("?")[0]


@pytest.mark.parametrize("address", ["/ru/", "/ru/faq/", "/ru/faq/returns/", REFUND_PAGE])
def test_page_may_be_cached_and_revalidated(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(address).headers["ETag"] == first.headers["ETag"]


# Languages and addresses


@pytest.mark.parametrize(("accepted", "home"), [("en", "/en/"), ("de", "/ru/"), ("", "/ru/")])
def test_root_leads_to_the_readers_language(client: FlaskClient, accepted: str, home: str) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert "Accept-Language" in response.vary


@pytest.mark.parametrize(
    ("article", "accepted", "address"),
    [
        (REFUND, "en", "/en/faq/returns/refund-timing"),
        (REFUND, "ru", REFUND_PAGE),
        (RUSSIAN_ONLY, "en", "/en/faq/returns/disputes"),
    ],
)
def test_permanent_link_leads_to_the_readers_language(
    client: FlaskClient, article: str, accepted: str, address: str
) -> None:
    response = client.get(f"/a/{article}", headers={"Accept-Language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, address)


def test_removed_article_is_gone_and_unknown_one_not_found(client: FlaskClient) -> None:
    assert client.get(f"/a/{RETIRED}").status_code == 410
    assert client.get("/a/qqqqq").status_code == 404


@pytest.mark.parametrize(
    "old",
    [
        "/ru/faq/returns/money-back",
        "/ru/faq/payment/refunds",
        "/ru/faq/payment/refund-timing",
        "/ru/guides/vega-r2/money-back",
    ],
)
def test_old_address_is_moved_for_good(client: FlaskClient, old: str) -> None:
    response = client.get(old)
    assert (response.status_code, response.headers["Location"]) == (301, REFUND_PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "/de/",
        "/ru/news/",
        "/ru/faq/empty/",
        "/ru/faq/unknown/",
        "/ru/faq/returns/unknown",
        "/ru/guides/returns/",
        "/ru/../etc/passwd",
        "/media/notes.txt",
        "/media/..%2fcatalog.json",
        "/media/none.svg",
    ],
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def languages_of(page: Reader) -> list[str]:
    """Languages of the translations that a page names to search engines."""
    links = page.all("link", rel="alternate")
    return [link["hreflang"] for link in links if "hreflang" in link]


def test_article_without_translation_says_so_and_is_not_indexed(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/disputes")
    assert page.one("article")["lang"] == "ru"
    assert page.one("html")["lang"] == "en"
    assert "Language of this article: Russian." in page.text
    page.one("meta", name="robots", content="noindex")
    assert page.one("link", rel="canonical")["href"].endswith("/ru/faq/returns/disputes")
    assert languages_of(page) == []


def test_translations_name_each_other(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    assert languages_of(page) == ["ru", "en", "x-default"]
    assert page.one("link", rel="canonical")["href"] == f"http://localhost{REFUND_PAGE}"
    assert not page.all("meta", name="robots")


# What pages show


def test_home_has_two_doors_and_questions_that_work(client: FlaskClient) -> None:
    page = read(client, "/ru/")
    assert "Перед покупкой" in page.text
    assert "Вы уже купили" in page.text
    assert "21\u00a0статью" in page.text
    assert "Пусто" not in page.text
    examples = [link["href"] for link in page.all("a", rel="nofollow")]
    assert len(examples) == 2
    for address in examples:
        assert read(client, address).all("ol", class_="hits")


def test_what_changed_last_is_listed_first(app: Flask) -> None:
    pages = [
        article(f"new{number:02d}", "ru", f"faq/returns/{number}", str(number), order=number)
        for number in range(9)
    ]
    pages[1] = pages[1].with_head(updated_at=DAY + timedelta(days=1))
    with app.test_request_context("/ru/"):
        home = home_page(Config(), Catalog(pages, (), ("ru", "en")), "ru")
    assert [link.title for link in home.start] == ["0", "1", "2", "3", "4", "5"]
    assert [item.link.title for item in home.recent] == ["1", "6", "7", "8", "0", "2"]


def test_article_shows_what_a_reader_needs(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    assert page.one("time")["datetime"] == "2026-11-02"
    assert "2 ноября 2026" in page.text
    assert len(page.all("a", href="#карта")) == 2  # folded on a phone, beside the text on a desk
    assert page.all("a", href="/ru/guides/vega-r2/first-setup")
    assert page.all("a", href="/ru/contact")
    crumbs = [link["href"] for link in page.all("a")][:12]
    assert {"/ru/", "/ru/faq/", "/ru/faq/returns/"} <= set(crumbs)
    assert page.all("a", href=f"http://localhost/a/{REFUND}")


def test_next_steps_come_before_what_is_related_and_only_once(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    after = page.text.partition("Что сделать дальше")[2]
    steps, _, related = after.partition("Статьи по теме")
    assert "Спорные возвраты" in steps
    assert "Первая уборка Vega" in related
    assert "Спорные возвраты" not in related
    assert "Что сделать дальше" not in read(client, "/ru/guides/vega-r2/first-setup").text


def test_pictures_need_a_script_only_where_there_are_any(client: FlaskClient) -> None:
    def scripts(address: str) -> str:
        return " ".join(script.get("src", "") for script in read(client, address).all("script"))

    assert "pictures.js" in scripts(REFUND_PAGE)
    assert "pictures.js" not in scripts("/ru/guides/vega-r2/first-setup")


def test_a_translation_older_than_its_source_says_so(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/refund-timing")
    assert "This article has a newer version: Russian, 2 November 2026" in page.text
    assert page.all("a", href=REFUND_PAGE, hreflang="ru")
    assert "более новая версия" not in read(client, REFUND_PAGE).text


def test_history_lists_the_days_and_is_not_indexed(client: FlaskClient) -> None:
    assert read(client, REFUND_PAGE).all("a", href=f"/ru/history/{REFUND}")
    page = read(client, f"/ru/history/{REFUND}")
    page.one("meta", name="robots", content="noindex")
    assert [one["datetime"] for one in page.all("time")] == ["2026-11-02", "2026-10-13"]
    assert page.all("a", href=REFUND_PAGE)
    assert "не показаны" not in page.text
    # One change says no more than the date: no link leads to its page
    assert not read(client, "/en/faq/returns/refund-timing").all("a", href=f"/en/history/{REFUND}")
    assert [one["datetime"] for one in read(client, f"/ru/history/{VEGA}").all("time")] == [
        "2026-11-02"
    ]
    assert client.get("/ru/history/zzzzz").status_code == 404
    assert client.get(f"/ru/history/{RETIRED}").status_code == 410


def test_history_leads_to_the_public_list_of_commits(app: Flask) -> None:
    config = Config(history_url="https://forge.example/kb/commits/main/articles/{path}")
    vega = library().page(VEGA, "en")
    assert vega
    with app.test_request_context("/en/"):
        shown = history_page(config, library(), vega, "en")
        assert article_page(config, library(), vega, "en").history_url == f"/en/history/{VEGA}"
        assert article_page(Config(), library(), vega, "en").history_url == ""
    assert shown.forge_url == (
        "https://forge.example/kb/commits/main/articles/en/guides/vega-r2/first-setup.md"
    )


def test_short_article_has_no_contents(client: FlaskClient) -> None:
    assert not read(client, "/ru/guides/vega-r2/first-setup").all("details")


def test_long_category_has_a_filter_and_short_one_has_not(client: FlaskClient) -> None:
    assert read(client, "/ru/faq/payment/").all("input", id="filter")
    assert not read(client, "/ru/faq/returns/").all("input", id="filter")


def test_category_names_the_language_of_foreign_articles(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/")
    assert page.one("a", href="/en/faq/returns/disputes")["lang"] == "ru"
    assert "So far only in another language" in page.text


def test_hostile_title_is_text_everywhere(client: FlaskClient) -> None:
    for address in ("/ru/guides/vega-r2/hostile", "/ru/guides/vega-r2/", "/ru/search?q=alert"):
        page = read(client, address)
        assert all("src" in script for script in page.all("script") if script != DATA_BLOCK)
        assert "<script>alert(1)</script>" in page.text
    assert read(client, f"/a/{HOSTILE}", 302)


def test_contact_gives_the_address_or_says_that_there_is_none(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert read(client, "/ru/contact").all("a", href="mailto:help@example.com")
    other = application(tmp_path)
    try:
        page = read(other.test_client(), "/ru/contact")
    finally:
        close(other)
    assert "нет своего адреса" in page.text
    assert not [link for link in page.all("a") if link["href"].startswith("mailto:")]


# Search


def test_results_mark_words_and_lead_to_articles(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=вернуть деньги")
    assert page.all("mark")
    assert [link for link in page.all("a") if link["href"].startswith(REFUND_PAGE)]
    page.one("meta", name="robots", content="noindex")


def test_results_are_paged_by_ten(client: FlaskClient) -> None:
    first = read(client, "/ru/search?q=оплата")
    assert len(first.all("li", class_="hit")) == 10
    assert "Нашлось 17\u00a0статей" in first.text
    second = read(client, "/ru/search?q=оплата&page=2")
    assert len(second.all("li", class_="hit")) == 7
    assert second.one("ol", class_="hits")["start"] == "11"
    assert second.one("a", **{"aria-current": "page"})["href"].endswith("page=2")


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1e9", "9" * 30, "١"])
def test_odd_page_numbers_are_answered(client: FlaskClient, number: str) -> None:
    assert client.get("/ru/search", query_string={"q": "оплата", "page": number}).status_code == 200


def test_page_after_the_last_leads_to_the_last(client: FlaskClient) -> None:
    response = client.get("/ru/search", query_string={"q": "оплата", "page": 20})
    assert response.status_code == 302
    assert len(read(client, response.headers["Location"]).all("li", class_="hit")) == 7


def test_filters_narrow_the_results_and_can_be_lifted(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=оплата деньги&section=faq&category=returns")
    assert [link["href"] for link in page.all("a") if "/payment/way" in link["href"]] == []
    chosen = page.one("a", class_="chip", **{"aria-current": "true"})
    assert "category" not in chosen["href"]
    assert len(page.all("a", class_="chip")) == 3


def test_chips_count_what_they_lead_to(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=оплата пылесос&section=guides")
    assert re.search(r"Все\s+18\s+Вопросы и\u00a0ответы\s+17\s+Руководства\s+1\s", page.text)


def test_unknown_filters_are_ignored(client: FlaskClient) -> None:
    plain = read(client, "/ru/search?q=оплата")
    for filters in (
        "section=x",
        "category=returns",
        "section=faq&category=x",
        "section=x&section=faq",
    ):
        page = read(client, f"/ru/search?q=оплата&{filters}")
        assert len(page.all("li", class_="hit")) == len(plain.all("li", class_="hit"))


def test_hit_in_another_language_has_a_badge(client: FlaskClient) -> None:
    page = read(client, "/en/search?q=спорные возвраты")
    assert page.all("h2", lang="ru")
    assert page.all("span", class_="badge")
    assert "Russian" in page.text


def test_empty_page_offers_ways_on(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=ъъъъъъъ&section=faq")
    assert "Ничего не нашлось" in page.text
    assert page.all("a", href="/ru/search?q=ъъъъъъъ") or "Искать везде" in page.text
    assert page.all("a", href="/ru/faq/payment/")
    assert page.all("a", href="/ru/contact")


def test_misspelt_word_shows_the_nearest_articles(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=уборрка")
    hits_or_nearest = [link["href"] for link in page.all("a")]
    assert "/ru/guides/vega-r2/first-setup" in hits_or_nearest


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "%00", "\u202e"])
def test_empty_query_shows_the_topics(client: FlaskClient, text: str) -> None:
    page = read(client, f"/ru/search?q={text}")
    assert page.all("a", href="/ru/faq/returns/")


@pytest.mark.parametrize("text", ["C++", "*", "[a TO z]", "NOT " * 500, "%", "\x00", "ﷺ" * 900])
def test_any_text_is_a_valid_query(client: FlaskClient, text: str) -> None:
    assert client.get("/ru/search", query_string={"q": text}).status_code == 200


def test_degraded_search_does_not_alarm(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=деньги")
    assert not re.search("degraded|упрощ|недоступ|огранич", page.text)


def test_results_are_kept_by_no_shared_cache(client: FlaskClient) -> None:
    assert client.get("/ru/search?q=деньги").headers["Cache-Control"].startswith("private")


# Votes


def test_vote_leads_back_and_stays_visible(client: FlaskClient) -> None:
    response = vote(client, value="yes")
    assert (response.status_code, response.headers["Location"]) == (303, f"{REFUND_PAGE}#helpful")
    page = client.get(REFUND_PAGE)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in page.headers
    assert Reader(page).one("button", **{"aria-pressed": "true"})["value"] == "yes"


def test_own_vote_is_not_shown_to_others(app: Flask, client: FlaskClient) -> None:
    vote(client, value="yes")
    other = app.test_client().get(REFUND_PAGE)
    assert other.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in other.headers["Vary"]
    assert not Reader(other).all("button", **{"aria-pressed": "true"})


def test_vote_can_be_changed_explained_and_withdrawn(app: Flask, client: FlaskClient) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    vote(client, value="yes")
    vote(client, value="no")
    assert read(client, REFUND_PAGE).all("textarea", name="comment")
    vote(client, value="no", reason="unclear", comment="Какой банк?")
    page = read(client, REFUND_PAGE)
    assert page.one("input", type="radio", value="unclear", checked="")
    assert "Какой банк?" in page.text
    assert tally(app.extensions[EXTENSION].database, REFUND).down == before.down + 1
    vote(client, value="withdraw")
    assert not read(client, REFUND_PAGE).all("button", **{"aria-pressed": "true"})
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_script_gets_json_for_the_same_vote(client: FlaskClient) -> None:
    headers = SAME_ORIGIN | {"Accept": "application/json"}
    response = client.post(f"/ru/vote/{REFUND}", data={"value": "no"}, headers=headers)
    assert response.get_json() == {"vote": "no"}
    assert response.headers["Cache-Control"] == "private, no-store"


def test_comment_that_is_too_long_is_kept_for_shortening(client: FlaskClient) -> None:
    response = vote(client, value="no", reason="other", comment="я" * 1001)
    assert response.status_code == 400
    page = Reader(response)
    assert "я" * 1001 in page.text
    assert page.one("input", type="radio", value="other", checked="")
    assert "1000" in page.text
    assert not read(client, REFUND_PAGE).all("button", **{"aria-pressed": "true"})


def test_comment_of_full_length_with_line_ends_fits(client: FlaskClient) -> None:
    # Browsers count a line end as one character and send two.
    comment = "\r\n".join(["я" * 99] * 10)
    assert vote(client, value="no", comment=comment).status_code == 303


@pytest.mark.parametrize(
    "form",
    [{}, {"value": "maybe"}, {"value": "no", "reason": "x"}, {"value": "no", "comment": "\x00"}],
)
def test_broken_vote_is_refused_and_not_stored(
    app: Flask, client: FlaskClient, form: dict[str, str]
) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    response = vote(client, **form)
    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_vote_from_another_site_changes_nothing(app: Flask, client: FlaskClient) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    response = client.post(
        f"/ru/vote/{REFUND}", data={"value": "no"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert "Запрос не принят" in Reader(response).text
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_vote_on_unknown_article_is_not_found(client: FlaskClient) -> None:
    response = client.post("/ru/vote/qqqqq", data={"value": "yes"}, headers=SAME_ORIGIN)
    assert response.status_code == 404


def test_get_does_not_vote(client: FlaskClient) -> None:
    assert client.get(f"/ru/vote/{REFUND}?value=yes").status_code == 405


def test_without_database_articles_are_read_and_votes_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(client, value="yes")

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(votes, "vote_of", away)
    monkeypatch.setattr(votes, "record", away)
    page = client.get(REFUND_PAGE)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    refused = vote(client, value="no")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0


# Errors, static files, the rest


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_error_page_exists_in_both_languages(app: Flask, status: int, lang: str) -> None:
    with app.test_request_context(f"/{lang}/somewhere"):
        response = error_response(status, retry_after_s=120)
    page = Reader(response)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Retry-After"] == "120"
    assert page.one("html")["lang"] == lang
    page.one("h1")
    assert bool(re.search("[а-яё]{4}", page.text)) == (lang == "ru") or "Справка" in page.text


def test_unknown_error_borrows_words(app: Flask) -> None:
    with app.test_request_context("/en/"):
        response = error_response(405)
    assert response.status_code == 405
    assert "could not be read" in response.get_data(as_text=True)


def test_site_without_an_index_says_so(tmp_path: Path) -> None:
    from app import create_app

    app = create_app(Config(data_dir=tmp_path))
    try:
        response = app.test_client().get("/en/")
        contact = app.test_client().get("/en/contact")
    finally:
        close(app)
    assert (response.status_code, contact.status_code) == (503, 200)
    assert "not available" in Reader(response).text


def test_static_files_are_kept_for_ever_by_their_hash(client: FlaskClient) -> None:
    page = read(client, "/ru/")
    address = page.one("link", rel="stylesheet")["href"]
    assert re.search(r"\?v=[0-9a-f]{12}$", address)
    with client.get(address) as current, client.get(address[:-4] + "0000") as stale:
        assert "immutable" in current.headers["Cache-Control"]
        assert stale.headers["Cache-Control"] == "public, max-age=300"


def test_picture_is_served_as_one(client: FlaskClient) -> None:
    with client.get(f"/media/{PICTURE}") as response:
        assert response.mimetype == "image/svg+xml"
        assert "immutable" in response.headers["Cache-Control"]
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_robots_may_read_that_results_are_not_to_be_listed(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /api/" in text
    assert "search" not in text


def test_templates_keep_the_rules() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text()
    pictures = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert pictures >= ICONS
    for path in (ROOT / "templates").glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe|autoescape|style=|<style|\son\w+=", text), path.name
        used = set(re.findall(r'icon\("([\w-]+)"', text)) - {"search-icon", "icon-back"}
        assert used <= pictures, path.name


def test_style_uses_colours_by_name() -> None:
    sheets = read_assets(ROOT / "static")
    for name in ("style.css", "agent.css"):
        css = sheets[name].content.decode()
        rules = re.sub(r":root \{.*?\}", "", css, flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", rules)
        assert not re.search(r"url\(|@import", css)


def test_repaired_search_says_so_and_offers_the_one_typed(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=jgkfnf&section=faq")
    assert "Вы набрали: jgkfnf. Искать именно так" in page.text
    link = next(a for a in page.all("a") if "verbatim=1" in (a["href"] or ""))
    assert "section=faq" in str(link["href"])
    typed = read(client, str(link["href"]))
    assert "Вы набрали" not in typed.text
