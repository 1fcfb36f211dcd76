"""kb check --search: what is not found first by its own words, and what says the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner, Result

from kb.build.trial.findability import NotFirst
from kb.cli.check import search_check
from kb.cli.main import main
from kb.config import Config
from kb.content.model import MAX_LINE_CHARS, Problem
from kb.relevance.cases import RelevanceCase
from tests.support.relevance.trial_library import (
    ARTICLES,
    PARCEL,
    REFUND,
    Written,
    builder,
    write,
    write_library,
)

TWIN = "e5e5e"


def run(config: Config, *arguments: str) -> Result:
    environ = {
        "KB_ARTICLES_DIR": str(config.articles_dir),
        "KB_DATA_DIR": str(config.data_dir),
        "KB_LANGUAGES": "en",
        "KB_ENCODER": "none",
    }
    return CliRunner().invoke(main, ["check", *arguments], env=environ)


def test_a_question_of_another_article_is_told_with_that_article(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    write(config.articles_dir, REFUND, Written(questions=("track a parcel",)))
    done = run(config, "--search", "--format", "text")
    assert done.exit_code == 0, done.output
    (line,) = (
        it for it in done.output.splitlines() if "article-k2m7p.md:7: `track a parcel`" in it
    )
    assert len(line) <= MAX_LINE_CHARS
    assert f"finds article-{PARCEL}.md first" in line
    assert "not-first" in done.output
    assert "not-first" not in run(config).output


def test_a_long_question_leaves_room_for_the_article_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = "ru/guides/brew-m1/clean-the-brewing-group-of-the-machine.md"
    asked = RelevanceCase("question", "как часто " * 30, "ru", "k2m7p", path, 7)
    first = "ru/faq/returns/how-to-return-a-faulty-item.md"
    misses = NotFirst(asked, 2, first), NotFirst(replace(asked, kind="title"), None, "")
    monkeypatch.setattr(search_check, "not_first", lambda *_, **__: misses)
    monkeypatch.setattr(search_check, "near_duplicates", lambda _: ())
    monkeypatch.setattr(search_check, "TrialBuilder", lambda *_, **__: Mock())
    told = [str(one) for one in search_check.check(Config(), lambda *_: None)]
    assert max(map(len, told)) <= MAX_LINE_CHARS
    assert "return-a-faulty-item.md first" in told[0]
    assert told[1].endswith("its title finds nothing. Use its words in a heading or the text")


def test_two_articles_that_say_the_same_are_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_library(tmp_path)
    title, _, body = ARTICLES[REFUND]
    write(config.articles_dir, TWIN, Written(title=title, body=f"{body} Wait."))
    found = searched(config, monkeypatch)
    (pair,) = (one for one in found if one.kind == "near-duplicate")
    assert (pair.path, pair.line) == (f"en/faq/orders/article-{TWIN}.md", 1)
    assert f"article-{REFUND}.md" in str(pair)
    assert len(str(pair)) <= MAX_LINE_CHARS


def searched(config: Config, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, ...]:
    """The remarks, by the toy encoder."""
    monkeypatch.setattr(search_check, "TrialBuilder", lambda config, progress: builder(config))
    return search_check.check(config, lambda *_: None)


def test_a_sound_library_has_no_remarks_of_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert searched(write_library(tmp_path), monkeypatch) == ()
