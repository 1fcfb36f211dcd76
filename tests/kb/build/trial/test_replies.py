"""kb.build.trial.replies: the replies of the site's own code, asked once and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.build.trial import replies as module
from kb.build.trial.replies import Replies, rankings, replies
from kb.build.trial.trees import TrialTree
from kb.config import Config
from kb.relevance.reply import ask
from tests.support.relevance.trial_library import (
    PARCEL,
    REFUND,
    Written,
    builder,
    write,
    write_library,
)

ASKED = [("en", "where is my parcel"), ("en", "how long does a refund take")]


def built(config: Config) -> TrialTree:
    own = builder(config)
    return own.build(own.read())


def asked(config: Config, tree: TrialTree) -> Replies:
    return replies(tree.generation, ASKED, cache_dir=config.cache_dir, languages=config.languages)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Queries that were asked."""
    found: list[str] = []

    def counted(loaded: Any, query: str, lang: str, languages: Any) -> Any:
        found.append(query)
        return ask(loaded, query, lang, languages)

    monkeypatch.setattr(module, "ask", counted)
    return found


def test_each_query_finds_its_article(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    found = asked(config, built(config))
    assert [found[query].ranking[0] for query in ASKED] == [PARCEL, REFUND]
    assert "tracking number" in found[ASKED[0]].shown


def test_nothing_is_asked_twice_while_nothing_changes(tmp_path: Path, count: list[str]) -> None:
    config = write_library(tmp_path)
    first = asked(config, built(config))
    assert len(count) == len(ASKED)
    assert asked(config, built(config)) == first
    assert len(count) == len(ASKED)


def test_a_changed_article_is_asked_again(tmp_path: Path, count: list[str]) -> None:
    config = write_library(tmp_path)
    asked(config, built(config))
    write(config.articles_dir, PARCEL, Written(body="Ask the courier.", questions=()))
    changed = asked(config, built(config))
    assert len(count) == 2 * len(ASKED)
    assert "tracking number" not in changed[ASKED[0]].shown


def test_other_processes_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = write_library(tmp_path)
    tree = built(config)
    alone = asked(config, tree)
    monkeypatch.setattr(module, "APART_FROM", 1)
    monkeypatch.setattr(module, "PART", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    (config.cache_dir / "trials.sqlite").unlink()
    assert asked(config, tree) == alone


def test_a_damaged_file_of_scores_is_begun_anew(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    tree = built(config)
    alone = asked(config, tree)
    (config.cache_dir / "trials.sqlite").write_bytes(b"nonsense" * 1000)
    assert asked(config, tree) == alone
    assert asked(config, tree) == alone


def test_a_ranking_alone_is_that_of_the_whole_reply(tmp_path: Path, count: list[str]) -> None:
    config = write_library(tmp_path)
    tree = built(config)
    queries = [*ASKED, ("en", "zebra crossing a river"), ("ru", "parcel"), ("en", "refnd")]
    settings: Any = {"cache_dir": config.cache_dir, "languages": config.languages}
    alone = rankings(tree.generation, queries, **settings)
    assert not count
    whole = replies(tree.generation, queries, **settings)
    assert alone == {query: reply.ranking for query, reply in whole.items()}


def test_a_whole_reply_that_is_kept_holds_its_ranking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_library(tmp_path)
    tree = built(config)
    whole = asked(config, tree)
    monkeypatch.setattr(module, "ranking", None)
    settings: Any = {"cache_dir": config.cache_dir, "languages": config.languages}
    alone = rankings(tree.generation, ASKED, **settings)
    assert alone == {query: reply.ranking for query, reply in whole.items()}
