"""Words of the editor: when readers have it, problems in each language, articles by title."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.drafts import changes
from kb.drafts.built import note_build
from kb.web.staff.articles.pages.choices import chosen
from kb.web.staff.articles.pages.version_words import message_in_words
from kb.web.staff.articles.problem_names import names_in
from kb.web.staff.articles.problem_words import PROBLEM_WORDS, problem_sentence
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
    said = 'Ссылка ведёт в никуда: <code dir="auto">gone.md</code>. <em>Исправьте путь.</em>'
    assert said in part
    assert "does not exist" not in part


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("links to ../a/b.md#x, which is no heading of this page", ("../a/b.md#x",)),
        ("has no `title`", ("title",)),
        ("`title` has 104 characters, at most 80 fit", ("title", "104", "80")),
        ("the related article kmtpq does not exist", ("kmtpq",)),
        ("the article kmtpq is not published", ("kmtpq",)),
        ("the category refunds is unknown", ("refunds",)),
        ("no other article leads here", ()),
        ("the next step k2m7p is this article itself", ("k2m7p",)),
        ("a sentence of 41 words, `One two…`", ("41", "One two…")),
        ("was last verified 2024-01-31, 22 months ago", ("2024-01-31", "22")),
        ("shows https://x.example/a.png of another host", ("https://x.example/a.png",)),
        ("is not read: articles are .md, this is .mdx", (".md", ".mdx")),
        ("a colon behind the title", ()),
        ("", ()),
    ],
)
def test_pages_in_other_languages_keep_the_names(message: str, names: tuple[str, ...]) -> None:
    assert names_in(message) == names


def test_every_kind_is_told_without_its_english_sentence(app: Flask) -> None:
    with app.test_request_context("/staff/articles?lang=ru"), force_locale("ru"):
        for kind in FaultKind:
            problem = Problem(
                "ru/faq/a/b.md", 7, "links to `gone.md`, lost", "Nearest: `a.md`", kind
            )
            line = problem_sentence(problem)
            assert line.startswith("ru/faq/a/b.md:7: ")
            assert "gone.md" in line
            assert not {"links", "lost", "Nearest"} & set(line.split())


def test_what_is_in_the_way_of_a_publication_is_told_in_the_language_of_the_page(
    author: FlaskClient, reviewer: FlaskClient
) -> None:
    fields = opened(author, OTHER) | {"f-summary": ""}
    sent(author, OTHER, fields)
    reviewer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    response = step(reviewer, OTHER, "publish")
    assert response.status_code == 422
    assert "Заполните поле" in response.text


def test_the_history_names_what_each_save_changed(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE)
    sent(author, ARTICLE, fields | {"f-title": "Money back", "body": "Otherwise.\n"})
    sent(
        author, ARTICLE, opened(author, ARTICLE) | {"f-summary": "Anew.", "message": "Change text"}
    )
    page = author.get(f"/staff/articles/history/{ARTICLE}").text
    assert "<bdi>Changed: title, text</bdi>" in page
    assert "<bdi>Change text</bdi>" in page
    russian = author.get(f"/staff/articles/history/{ARTICLE}?lang=ru").text
    assert "<bdi>Изменено: заголовок, текст</bdi>" in russian


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Publish en/faq/a/b.md", "Published"),
        ("Publish the new prices", "Publish the new prices"),
        ("Move to faq/a/b", "Moved to faq/a/b"),
        ("Restore 0123456789", "An earlier version brought back"),
        ("Restore the old words", "Restore the old words"),
        ("Send back\n\nMore, please", "Given back to the author\n\nMore, please"),
        ("Start Refund", "Start Refund"),
    ],
)
def test_steps_have_words_and_people_keep_theirs(app: Flask, message: str, words: str) -> None:
    with app.test_request_context("/staff/articles"), force_locale("en"):
        assert message_in_words(message) == words


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
