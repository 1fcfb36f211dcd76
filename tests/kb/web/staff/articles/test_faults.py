"""Refusals of the editor: each kind has words in every language of the pages, and a status."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

import kb
from kb.drafts.model import DraftError
from kb.drafts.repository.git import Git, GitNoRoom
from kb.web.staff.articles.faults import OWN_WORDS, SENTENCES, sentence_of, status_of
from tests.support.repositories import ARTICLE, Workplace
from tests.support.repositories.published import on_disk, published, saved
from tests.support.web.article_form import opened, sent, step


def kinds(of: type[DraftError] = DraftError) -> Iterator[type[DraftError]]:
    for one in of.__subclasses__():
        yield one
        yield from kinds(one)


def test_every_kind_of_refusal_has_words() -> None:
    """Its own, or those of a kind that says as much."""
    assert {one for one in kinds() if not set(one.__mro__) & set(SENTENCES)} == set()
    assert set(SENTENCES) <= set(kinds())


def test_nothing_is_refused_without_a_kind() -> None:
    raised = {
        f"{path.name}:{node.lineno}"
        for path in Path(kb.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id in ("DraftError", "BadText")
    }
    assert raised == set()


@pytest.mark.parametrize("kind", sorted(SENTENCES, key=str))
def test_refusals_are_told_in_the_language_of_the_page(app: Flask, kind: type[DraftError]) -> None:
    error = kind.__new__(kind)
    said = {}
    for lang in ("en", "ru"):
        with app.test_request_context(headers={"Accept-Language": lang}), force_locale(lang):
            said[lang] = sentence_of(error)
    assert said["ru"] != SENTENCES[kind].english
    assert any("а" <= letter <= "я" for letter in said["ru"])
    assert isinstance(error, OWN_WORDS) or said["en"] == SENTENCES[kind].english


def test_a_kind_of_another_has_its_status() -> None:
    error = GitNoRoom("hash-object", 128, "No space left on device")
    assert status_of(error) == 503


@pytest.mark.parametrize(
    ("sent_text", "words"),
    [
        ("a\0b", "В тексте есть символ NUL"),
        ("<<<<<<< yours\na\n=======\nb\n>>>>>>> theirs\n", "Остались строки"),
    ],
)
def test_a_text_is_refused_in_russian(author: FlaskClient, sent_text: str, words: str) -> None:
    fields = opened(author, ARTICLE) | {"file": sent_text, "is_merge": "1"}
    author.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    answer = sent(author, ARTICLE, fields, as_json=True).get_json()
    assert words in answer["fault"]


class FullDisk:
    """Fails gits of some commands as a full disk does."""

    def __init__(self, patch: pytest.MonkeyPatch, *commands: str) -> None:
        self.is_full = True
        run = Git.run

        def runs(git: Git, *arguments: str, **options: object) -> bytes:
            if self.is_full and set(arguments) & set(commands):
                raise GitNoRoom(arguments[0], 128, "fatal: No space left on device")
            return run(git, *arguments, **options)  # type: ignore[arg-type]  # passed on as given

        patch.setattr(Git, "run", runs)


@pytest.mark.parametrize("command", ["hash-object", "read-tree", "write-tree", "update-ref"])
def test_a_full_disk_is_told_and_the_text_comes_back(
    author: FlaskClient, place: Workplace, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    fields = opened(author, ARTICLE) | {"body": "Words for later.\n"}
    disk = FullDisk(monkeypatch, command)
    response = sent(author, ARTICLE, fields)
    assert response.status_code == 503
    assert "disk is full" in response.text
    assert "Words for later." in response.text
    assert place.is_clean()
    disk.is_full = False
    assert sent(author, ARTICLE, fields).status_code == 303


def test_nothing_is_begun_on_a_disk_that_is_nearly_full(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(place, "---\nid: k2m7p\ntitle: Refund\nsummary: A sentence.\n---\n\nNew.\n")
    before = place.clone.published()
    monkeypatch.setattr("kb.drafts.repository.clone.LEAST_FREE_BYTES", 1 << 62)
    fields = opened(author, ARTICLE) | {"body": "Words for later.\n"}
    assert sent(author, ARTICLE, fields).status_code == 503
    response = step(reviewer, ARTICLE, "publish")
    assert response.status_code == 503
    assert "disk is full" in response.text
    assert place.clone.published() == before
    monkeypatch.undo()
    assert step(reviewer, ARTICLE, "publish").status_code == 303


def test_readers_keep_an_article_that_a_full_disk_cannot_take(
    reviewer: FlaskClient, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publication is finished by the next step."""
    text = "---\nid: k2m7p\ntitle: Refund\nsummary: A sentence.\n---\n\nNew.\n"
    before = on_disk(place)
    saved(place, text)
    revision = place.clone.change_tip(ARTICLE)
    disk = FullDisk(monkeypatch, "checkout-index")
    assert step(reviewer, ARTICLE, "publish").status_code == 503
    assert on_disk(place) == before
    assert place.clone.is_ancestor(revision, place.clone.published())
    disk.is_full = False
    assert published(place, text.replace("New", "Newer")).push.state == "pushed"
    assert "Newer" in on_disk(place)
    assert place.is_clean()
