"""Limits of the editor, each tripped: what is over them is refused in words, or kept whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.content.files.form import MAX_LIST_ITEMS
from kb.drafts import changes
from kb.web.http.rate_limits import POLICIES
from kb.web.staff.articles.access import MAX_TEXT_PARTS
from kb.workbench.proofs import MAX_PROOF_CHARS
from tests.support.libraries.agent_library import FORM
from tests.support.repositories import ANNA, ARTICLE, Workplace
from tests.support.repositories.published import saved
from tests.support.web import editor_library
from tests.support.web.article_form import opened, sent, step
from tests.support.web.editor_library import signed_in


@pytest.fixture
def limited(prepared: Path, tmp_path: Path) -> Iterator[Flask]:
    folder = tmp_path / "limited"
    folder.mkdir()
    _place, app = editor_library.copied(prepared, folder, rate_limits=True)
    yield app
    editor_library.close(app)


def test_requests_of_staff_are_counted(limited: Flask) -> None:
    client = signed_in(limited, ANNA)
    address = f"/staff/articles/picture/{ARTICLE}/none.png"
    quota = POLICIES["agent"][0].quota
    statuses = (client.get(address).status_code for _ in range(quota + 1))
    assert 429 in itertools.islice(statuses, quota + 1)


def test_a_form_of_too_many_fields_is_refused(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE) | {f"x-{it}": "" for it in range(MAX_TEXT_PARTS)}
    assert sent(author, ARTICLE, fields).status_code == 413


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("f-title", "t" * 91),
        ("f-summary", "s" * 201),
        ("f-questions", "q" * 201),
        ("f-questions", "\n".join(f"how much is it {it}" for it in range(MAX_LIST_ITEMS + 1))),
    ],
)
def test_what_is_too_long_is_kept_and_not_published(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace, field: str, value: str
) -> None:
    assert sent(author, ARTICLE, opened(author, ARTICLE) | {field: value}).status_code == 303
    assert opened(author, ARTICLE)[field].replace("\r", "").strip("\n") == value
    response = step(reviewer, ARTICLE, "publish")
    assert response.status_code == 422
    assert "problems first" in response.text


def test_more_items_than_there_are_fields_for_are_not_lost(
    author: FlaskClient, place: Workplace
) -> None:
    names = [f"b{it:04}" for it in range(MAX_LIST_ITEMS + 3)]
    head = f"---\nid: k2m7p\ntitle: Refund\nsummary: A sentence.\nrelated: [{', '.join(names)}]\n"
    saved(place, f"{head}---\n\nText.\n")
    fields = opened(author, ARTICLE) | {"body": "Another.\n"}
    assert sent(author, ARTICLE, fields).status_code == 303
    text = changes.opened(place.clone, ARTICLE, author=ANNA).text
    assert all(name in text for name in names)


def test_a_text_that_is_too_long_to_try_says_so(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE) | {"body": "word " * (MAX_PROOF_CHARS // 5 + 1)}
    answer = author.post(
        f"/staff/articles/try/{ARTICLE}", data=fields, headers=FORM | {"Accept": "application/json"}
    )
    assert "too long to be tried" in answer.get_json()["fault"]
