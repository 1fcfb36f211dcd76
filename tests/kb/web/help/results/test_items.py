"""Search as readers meet it over HTTP: while typing, repaired, without results, by section."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.libraries.site_library import application, close
from tests.support.likelihood import make_likely
from tests.support.web.page_reader import Reader, read

NEAREST_TITLE = "The closest articles"
REFUND_PAGE = "/ru/faq/returns/refund-timing"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Without an encoder: what is found has one of the words."""
    app = application(tmp_path_factory.mktemp("search"))
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def hybrid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """With the toy encoder: something always comes near."""
    root = tmp_path_factory.mktemp("hybrid")
    api_library.build(root)
    app = api_library.application(root)
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def unsure(hybrid: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Believes that none of what it finds helps."""
    make_likely(monkeypatch, 0.01, 0.02)
    return hybrid.test_client()


def options(found: Reader) -> list[str]:
    return [
        attributes["href"] for _, attributes in found.tags if attributes.get("role") == "option"
    ]


def typed(client: FlaskClient, text: str, *, lang: str = "ru", filters: str = "") -> Reader:
    return read(client, f"/{lang}/instant?q={text}{filters}")


# While typing


def test_typing_shows_articles_with_their_sections_and_all_results_last(
    client: FlaskClient,
) -> None:
    found = typed(client, "по сбп")
    assert unquote(options(found)[0]) == f"{REFUND_PAGE}#сбп"
    assert unquote(options(found)[-1]) == "/ru/search?q=по+сбп"
    assert found.all("mark")
    assert "Возврат по СБП" in found.text


@pytest.mark.parametrize("text", ["убор", "первая убо", "e,jh", "ubor"])
def test_unfinished_word_finds_its_articles(client: FlaskClient, text: str) -> None:
    assert options(typed(client, text))[0] == "/ru/guides/vega-r2/first-setup"


def test_other_letters_are_told_and_right_ones_are_not(client: FlaskClient) -> None:
    assert "Результаты по запросу оплата" in typed(client, "jgkfnf").text
    assert "Результаты по запросу" not in typed(client, "опла").text.replace("Все результаты", "")


def test_finished_word_is_not_completed(client: FlaskClient) -> None:
    assert len(options(typed(client, "плён"))) > 1
    assert len(options(typed(client, "плён%20"))) == 1


def test_what_finds_nothing_leads_to_the_page_that_says_what_to_do(client: FlaskClient) -> None:
    found = typed(client, "ъъъъъъ")
    assert [unquote(address) for address in options(found)] == ["/ru/search?q=ъъъъъъ"]
    assert "Пока ничего не нашлось" in found.text


def test_words_without_a_topic_find_no_articles_yet(client: FlaskClient) -> None:
    addresses = options(typed(client, "где"))
    # The question «где мои деньги» and the heading «Где RRN»; then all results.
    assert addresses[:2] == [REFUND_PAGE, f"{REFUND_PAGE}#где-rrn"]
    assert len(addresses) == 3


def test_completions_do_not_repeat_the_articles(client: FlaskClient) -> None:
    addresses = options(typed(client, "когда вернутся деньги"))
    assert len(addresses) == len(set(addresses))


def test_completions_come_first_while_the_word_is_not_clear(client: FlaskClient) -> None:
    """«спо» may become «способ» or «спорные»: completions have both."""
    kinds = {
        text: [a["class"] for a in typed(client, text).all("a", role="option")]
        for text in ("спо", "способ")
    }
    assert kinds["спо"][0] == "option"
    assert "option option-article" in kinds["спо"]
    assert kinds["способ"][0] == "option option-article"


def test_typing_keeps_the_filters_of_its_form(client: FlaskClient) -> None:
    everywhere = typed(client, "оплата")
    guides = typed(client, "оплата", filters="&section=guides")
    assert any("/payment/" in address for address in options(everywhere))
    assert not guides.all("a", class_="option option-article")
    assert "section=guides" in options(guides)[-1]


def test_article_of_another_language_is_marked(client: FlaskClient) -> None:
    found = typed(client, "спорные возв", lang="en")
    assert found.all("span", class_="option-title", lang="ru")
    assert "Russian" in found.text


@pytest.mark.parametrize("text", ["", "  ", "\x00", "<script>alert(1)", "ﷺ" * 900, "*", "%", "a b"])
def test_any_text_may_be_typed(client: FlaskClient, text: str) -> None:
    response = client.get("/ru/instant", query_string={"q": text})
    assert response.status_code == 200
    assert "<script" not in response.text
    assert response.headers["Cache-Control"].startswith("private")


def test_far_articles_are_not_shown_before_the_search_is_finished(unsure: FlaskClient) -> None:
    assert options(typed(unsure, "quantum chromodynamics", lang="en")) == [
        "/en/search?q=quantum+chromodynamics"
    ]


# Results


def test_every_result_leads_to_a_section_that_exists(client: FlaskClient) -> None:
    for query in ("возврат", "деньги на карту", "спросите банк", "плёнку"):
        found = read(client, f"/ru/search?q={query}")
        links = [link["href"] for link in found.all("a") if "data-found" in link]
        assert links
        for path, anchor in ((urlsplit(link).path, urlsplit(link).fragment) for link in links):
            target = read(client, path)
            assert not anchor or any(a.get("id") == unquote(anchor) for _, a in target.tags)


def test_further_sections_of_an_article_are_linked_once(client: FlaskClient) -> None:
    found = read(client, "/ru/search?q=возврат")
    links = [unquote(link["href"]) for link in found.all("a") if "data-found" in link]
    own = [link for link in links if link.startswith(REFUND_PAGE)]
    assert set(own) == {f"{REFUND_PAGE}#карта", f"{REFUND_PAGE}#сбп"}
    assert len(own) == 2
    assert "Ещё в этой статье:" in found.text


def test_likelier_spelling_is_offered_and_not_forced(client: FlaskClient) -> None:
    found = read(client, "/ru/search?q=возврат на парту")
    link = next(a for a in found.all("a") if "+карту" in unquote(a["href"]))
    assert "Возможно, вы искали" in found.text
    assert "Возможно, вы искали" not in read(client, link["href"]).text


def test_words_of_another_language_lead_to_its_pages(client: FlaskClient) -> None:
    found = read(client, "/ru/search?q=peel film")
    assert found.all("a", href="/en/search?q=peel+film", hreflang="en", rel="nofollow")
    assert "на другом языке (английский)" in found.text
    assert "на другом языке (" not in read(client, "/ru/search?q=плёнку").text


def test_filter_that_leaves_nothing_is_lifted_by_one_click(client: FlaskClient) -> None:
    found = read(client, "/ru/search?q=пылесос&section=faq")
    assert "Ничего не нашлось" in found.text
    link = found.one("a", class_="more")
    assert "Искать везде (1)" in found.text
    assert read(client, link["href"]).all("li", class_="hit")


# Nothing found


def test_far_articles_are_the_closest_and_not_results(unsure: FlaskClient) -> None:
    found = read(unsure, "/en/search?q=quantum chromodynamics")
    assert "Nothing found for" in found.text
    assert NEAREST_TITLE in found.text
    assert 1 <= len(found.all("li", class_="hit")) <= 4
    assert not found.all("nav", class_="chips")
    assert found.all("a", href="/en/faq/returns/")
    assert found.all("a", href="/en/contact")


def test_what_holds_all_words_is_found_however_unlikely(unsure: FlaskClient) -> None:
    found = read(unsure, "/en/search?q=lidar covered")
    assert "Answers to" in found.text
    assert NEAREST_TITLE not in found.text


def test_page_beyond_nothing_leads_to_the_first(unsure: FlaskClient) -> None:
    assert unsure.get("/en/search?q=quantum chromodynamics&page=9").status_code == 302


def test_what_is_typed_in_another_language_is_searched_in_it(client: FlaskClient) -> None:
    page = typed(client, "как вернуть деньги на карту", lang="en")
    assert page.text.count("Shown in the language of your words: Russian.") == 2  # seen and heard
    assert page.all("span", class_="option-title", lang="ru")
    assert "language of your words" not in typed(client, "refund", lang="en").text
