"""kb.build.trial.findability: articles that others hide, and articles that say the same."""

from __future__ import annotations

from pathlib import Path

from kb.build.trial.findability import near_duplicates, not_first
from kb.build.trial.trees import TrialTree
from kb.config import Config
from tests.support.relevance.trial_library import (
    ARTICLES,
    PARCEL,
    REFUND,
    Written,
    builder,
    write,
    write_library,
)

TWIN = "c3c3c"


def built(config: Config) -> TrialTree:
    own = builder(config)
    return own.build(own.read())


def test_every_article_of_a_sound_library_is_found_first(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    assert not_first(built(config), config) == ()


def test_a_question_that_finds_another_article_is_told_with_its_line(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    write(config.articles_dir, REFUND, Written(questions=("where is my parcel, tracking number",)))
    write(config.articles_dir, PARCEL, Written(questions=("where is my parcel, tracking number!",)))
    (found,) = not_first(built(config), config)
    assert found.case.article == REFUND
    assert (found.case.kind, found.case.line, found.rank) == ("question", 7, 2)
    assert found.first.endswith(f"article-{PARCEL}.md")


def test_the_same_text_in_two_places_is_told(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    title, _, body = ARTICLES[REFUND]
    write(config.articles_dir, TWIN, Written(title=title, body=f"{body} Wait."))
    (pair,) = near_duplicates(built(config))
    assert (pair.path, pair.other) == (
        f"en/faq/orders/article-{TWIN}.md",
        f"en/faq/orders/article-{REFUND}.md",
    )
    assert pair.likeness > 0.94


def test_two_articles_alone_in_their_language_can_be_duplicates(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    for path in (config.articles_dir / "en").rglob("*.md"):
        path.unlink()
    write(config.articles_dir, REFUND)
    body = ARTICLES[REFUND][2]
    write(config.articles_dir, "b2x7n", Written(title=ARTICLES[REFUND][0], body=body))
    assert len(near_duplicates(built(config))) == 1


def test_different_articles_are_no_duplicates(tmp_path: Path) -> None:
    assert near_duplicates(built(write_library(tmp_path))) == ()
