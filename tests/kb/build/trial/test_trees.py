"""kb.build.trial.trees: what authors have is built aside; what is served is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.build.build import build
from kb.build.trial.trees import serving
from search.errors import IndexMissing
from tests.support.libraries.corpus import HashSource
from tests.support.relevance.trial_library import (
    PARCEL,
    REFUND,
    Written,
    builder,
    memory,
    write,
    write_library,
)


def test_a_tree_is_built_beside_what_is_served(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    served = build(config, memory=memory(tmp_path)).build.name
    write(config.articles_dir, REFUND, Written(body="Refunds take a year."))
    own = builder(config)
    tree = own.build(own.read())
    assert tree.generation.manifest.counts["documents"] == 6
    assert serving(config).manifest.name == served
    assert tree.generation.manifest.fingerprints != serving(config).manifest.fingerprints


def test_only_what_changed_is_encoded_again(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    first = builder(config)
    first.build(first.read())
    encoded: list[int] = []
    write(config.articles_dir, PARCEL, Written(body="Ask the courier."))
    second = builder(config)
    second.progress = lambda step, done, total: encoded.append(total) if step == "meaning" else None
    second.build(second.read())
    assert set(encoded) == {1}


def test_an_unchanged_tree_is_the_same_generation(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    names = set()
    for _ in range(2):
        own = builder(config)
        names.add(own.build(own.read()).generation.manifest.name)
    assert len(names) == 1
    source = own.memory.source
    assert isinstance(source, HashSource)
    assert source.passage_encoders == 0


def test_broken_and_unpublished_articles_are_left_out_and_told(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    write(config.articles_dir, REFUND, Written(status="draft"))
    write(config.articles_dir, PARCEL).write_text("no front matter", encoding="utf-8")
    own = builder(config)
    tree = own.build(own.read())
    assert tree.generation.manifest.counts["documents"] == 4
    assert [problem.message for problem in tree.problems] == ["front matter is missing"]


def test_nothing_serves_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="kb build"):
        serving(write_library(tmp_path))
