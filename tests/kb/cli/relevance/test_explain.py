"""`kb explain`: why an article is found or not, and proposals that were really tried."""

from __future__ import annotations

import os
import re

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.config import Config
from tests.kb.cli.relevance.test_command import config
from tests.support.relevance.trial_library import PARCEL, REFUND, VACUUM, Written, write

__all__ = ["config"]


def explain(config: Config, query: str, article: str, *options: str) -> tuple[int, str]:
    """Exit code and output."""
    settings = {
        "KB_ARTICLES_DIR": str(config.articles_dir),
        "KB_DATA_DIR": str(config.data_dir),
        "KB_LANGUAGES": "en",
    }
    arguments = ["explain", query, "--article", article, *options]
    result = CliRunner().invoke(main, arguments, env={**os.environ, **settings})
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_an_article_that_is_found_first_is_explained(config: Config) -> None:
    code, told = explain(config, "tracking number", PARCEL)
    assert code == 0
    assert re.search(rf"“Track a parcel” \({PARCEL}\): place 1 of \d", told)
    assert re.search(r"words it holds: .*tracking \d\.\d\d in .*labels", told)
    assert "place 1 by words alone" in told


def test_the_words_it_lacks_and_what_stands_before_it_are_named(config: Config) -> None:
    code, told = explain(config, "invoice of my parcel", PARCEL)
    assert code == 0
    assert re.search(r"words it lacks: .*invoice \(weight \d", told)
    assert "Before it:" in told
    assert "holds words that it lacks: invoice" in told


def test_a_question_that_helps_was_really_tried(config: Config) -> None:
    query = "bristles full of fluff"
    write(config.articles_dir, VACUUM, Written("Care", (), "See the booklet."))
    code, told = explain(config, query, VACUUM)
    assert code == 0
    found = re.search(rf"question: {query}\n.*`questions`\n +place (\d+|—) → 1", told)
    assert found, told
    write(config.articles_dir, VACUUM, Written("Care", (query,), "See the booklet."))
    code, told = explain(config, query, VACUUM)
    assert f"({VACUUM}): place 1 of" in told


def test_an_article_that_nothing_proposes_is_said_to_be_so(config: Config) -> None:
    code, told = explain(config, "", PARCEL, "--no-proposals")
    assert code == 0
    assert "is not found: nothing is found at all" in told


def test_a_draft_is_said_to_be_one(config: Config) -> None:
    write(config.articles_dir, REFUND, Written(status="draft"))
    code, told = explain(config, "refund", REFUND)
    assert code == 0
    assert "its status is draft" in told


def test_a_message_for_a_person_has_no_proposals(config: Config) -> None:
    code, told = explain(config, "let me talk to a human", PARCEL)
    assert code == 0
    assert "a person must have this message" in told


@pytest.mark.parametrize(
    ("article", "message"),
    [
        ("zzzz9", "the article zzzz9 was retired"),
        ("00000", "00000 is neither the id nor the file"),
        ("articles/en/faq/orders/broken.md", "is left out: en/faq/orders/broken.md:1"),
    ],
)
def test_an_article_that_is_not_there_is_a_sentence(
    config: Config, article: str, message: str
) -> None:
    (config.articles_dir / "retired.txt").write_text("zzzz9\n", encoding="utf-8")
    (config.articles_dir / "en/faq/orders/broken.md").write_text("no keys", encoding="utf-8")
    code, told = explain(config, "refund", article)
    assert code == 2
    assert message in told
