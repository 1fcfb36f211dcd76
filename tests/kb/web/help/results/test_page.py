"""The page of results: pages of ten, filters, badges, any text."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.support.web.page_reader import REFUND_PAGE, Reader, read


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


def test_repaired_search_says_so_and_offers_the_one_typed(client: FlaskClient) -> None:
    page = read(client, "/ru/search?q=jgkfnf&section=faq")
    assert "Вы набрали: jgkfnf. Искать именно так" in page.text
    link = next(a for a in page.all("a") if "verbatim=1" in (a["href"] or ""))
    assert "section=faq" in str(link["href"])
    typed = read(client, str(link["href"]))
    assert "Вы набрали" not in typed.text


@pytest.mark.parametrize(
    ("query", "begins"),
    [
        ("кофемашина протекает", "Не пользуйтесь устройством"),
        ("хочу поговорить с менеджером", "Что об этом есть"),
        ("подам на вас в суд за возврат", "Что об этом есть"),
    ],
)
def test_a_person_comes_before_the_results_and_nothing_is_the_answer(
    client: FlaskClient, query: str, begins: str
) -> None:
    page = read(client, f"/ru/search?q={query}")
    assert notices(page)
    text = page.text.replace("\u00a0", " ")
    assert begins in text
    assert page.all("a", class_="button", href="/ru/contact")
    assert page.all("section", class_="answer-box") == []
    tags = [attributes.get("class", "") for _, attributes in page.tags]
    first = next(number for number, name in enumerate(tags) if "person-notice" in name)
    assert "hit" not in tags[:first]


def test_an_ordinary_search_has_no_notice(client: FlaskClient) -> None:
    assert notices(read(client, "/ru/search?q=вернуть деньги")) == []


def test_words_of_another_language_are_searched_in_it(client: FlaskClient) -> None:
    page = read(client, "/en/search?q=как вернуть деньги на карту")
    assert "Shown in the language of your words: Russian" in page.text
    assert page.all("h2", lang="ru")
    assert page.one("a", hreflang="ru", rel="nofollow")["href"].startswith("/ru/search")
    assert "языке запроса" not in read(client, "/ru/search?q=как вернуть деньги").text


def test_a_danger_told_in_another_language_is_answered_in_it(client: FlaskClient) -> None:
    page = read(client, "/en/search?q=из роутера идёт дым")
    assert [notice["lang"] for notice in notices(page)] == ["ru"]
    assert "экстренные службы" in page.text.replace("\u00a0", " ")


def notices(page: Reader) -> list[dict[str, str]]:
    return [one for one in page.all("section") if "person-notice" in one.get("class", "")]
