"""Words of the editor: when readers have it, problems in each language, articles by title."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kb.content.fault_kinds import FaultKind
from kb.drafts import changes
from kb.drafts.built import note_build
from kb.web.staff.articles.pages.choices import chosen
from kb.web.staff.articles.problem_words import PROBLEM_WORDS
from tests.support.libraries.agent_library import FORM
from tests.support.repositories import ANNA, ARTICLE, OTHER, Workplace
from tests.support.web.article_form import opened, sent, step


def test_the_list_says_when_readers_will_have_it(reviewer: FlaskClient, place: Workplace) -> None:
    note_build(place.clone, "", "built")
    assert "in a minute or two" in reviewer.get("/staff/articles").text
    note_build(place.clone, place.clone.published(), "failed")
    assert "could not be built" in reviewer.get("/staff/articles").text
    note_build(place.clone, place.clone.published(), "built")
    page = reviewer.get("/staff/articles").text
    assert "built" not in page


def test_who_reviews_sees_the_problems_of_the_text(
    author: FlaskClient, reviewer: FlaskClient
) -> None:
    fields = opened(author, ARTICLE)
    fields["body"] += "\nSee [it](gone.md) and {{ nothing }}.\n"
    assert sent(author, ARTICLE, fields).status_code == 303
    page = reviewer.get(f"/staff/articles/review/{ARTICLE}").text
    assert "gone.md, which does not exist" in page
    assert "nothing fills in" in page


def test_every_kind_of_problem_has_words_for_pages_in_other_languages() -> None:
    assert set(PROBLEM_WORDS) == set(FaultKind)


def test_problems_are_told_in_the_language_of_the_page(author: FlaskClient) -> None:
    fields = opened(author, OTHER) | {"body": "Text.\n\nSee [it](gone.md).\n"}
    response = author.post(
        f"/staff/articles/try/{OTHER}",
        data=fields,
        content_type="multipart/form-data",
        headers=FORM | {"Accept": "application/json", "Accept-Language": "ru"},
    )
    part = response.get_json()["problemsPart"]
    assert "Ссылка ведёт в никуда. <em>Исправьте путь.</em>" in part
    assert "gone.md, which does not exist" in part


def test_what_is_in_the_way_of_a_publication_is_told_in_the_language_of_the_page(
    author: FlaskClient, reviewer: FlaskClient
) -> None:
    fields = opened(author, OTHER) | {"f-summary": ""}
    sent(author, OTHER, fields)
    reviewer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    response = step(reviewer, OTHER, "publish")
    assert response.status_code == 422
    assert "Заполните поле" in response.text


def test_related_articles_are_chosen_by_title(author: FlaskClient, place: Workplace) -> None:
    page = author.get(f"/staff/articles/edit/{ARTICLE}").text
    assert '<option value="Exchange · b2x7n">' in page
    assert "Refund · k2m7p" not in page
    fields = opened(author, ARTICLE) | {"f-related-0": "Exchange · b2x7n", "f-next-1": "b2x7n,,"}
    assert sent(author, ARTICLE, fields).status_code == 303
    text = changes.opened(place.clone, ARTICLE, author=ANNA).text
    assert text.count("b2x7n") == 2
    again = opened(author, ARTICLE)
    assert again["f-related-0"] == again["f-next-0"] == "Exchange · b2x7n"
    sent(author, ARTICLE, again | {"f-related-0": "", "f-next-0": ""})
    assert "b2x7n" not in changes.opened(place.clone, ARTICLE, author=ANNA).text


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Вернуть · k2m7p", ""], ("k2m7p",)),
        (["A · b · k2m7p", "k2m7p"], ("k2m7p",)),
        (["a, b ,", "c"], ("a", "b", "c")),
        ([" · "], ()),
    ],
)
def test_a_chosen_one_means_its_id(texts: list[str], names: tuple[str, ...]) -> None:
    assert chosen(texts) == names
