"""kb.build.trial.remembered: nothing is encoded or read twice, and nothing comes out otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.build.trial.remembered import RememberedEncoder, RememberedUnitReader
from kb.build.trial.score_file import KEPT_DAYS, ScoreFile, digest
from search.answers.unit_reader import UnitKey
from search.semantic import encoder as encoders
from search.semantic.encoder import HashEncoder
from tests.support.libraries.corpus import HashSource
from tests.support.toy_reader import WordReader, token_ids

UNIT = UnitKey("doc", 0)


def reader(scores: ScoreFile, own: WordReader, version: str = "1") -> RememberedUnitReader:
    return RememberedUnitReader(
        lambda: own, scores, fingerprint=own.fingerprint, version=version, threads=1
    )


def read(scores: ScoreFile, own: WordReader, *, unit: str, version: str = "1") -> float:
    asked = reader(scores, own, version)
    return asked.read("blue kettle", {UNIT: token_ids(unit)}, deadline=asked.deadline())[UNIT]


def test_a_unit_is_read_once_with_a_query(tmp_path: Path) -> None:
    own = WordReader()
    found = set()
    for _ in range(2):
        scores = ScoreFile(tmp_path / "scores.sqlite")
        found.add(read(scores, own, unit="a blue kettle"))
        scores.close()
    assert len(found) == 1
    assert own.units_read == 1


def test_another_text_or_reader_is_read_again(tmp_path: Path) -> None:
    own = WordReader()
    scores = ScoreFile(tmp_path / "scores.sqlite")
    held = read(scores, own, unit="a blue kettle")
    assert read(scores, own, unit="a red pan") < held
    read(scores, own, unit="a blue kettle", version="2")
    assert own.units_read == 3
    scores.close()


def test_a_vector_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = HashSource(tmp_path).query_encoder_folder()
    first = RememberedEncoder(folder, tmp_path / "vectors.sqlite")
    vector = first.encode_query("blue kettle")
    first.flush()
    assert np.array_equal(vector, HashEncoder(64).encode_query("blue kettle"))
    monkeypatch.delattr(encoders.HashEncoder, "encode_query")
    again = RememberedEncoder(folder, tmp_path / "vectors.sqlite")
    assert np.array_equal(vector, again.encode_query("blue kettle"))


def test_scores_that_nobody_uses_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "scores.sqlite"
    used, unused = digest("used"), digest("unused")
    first = ScoreFile(path, day=100)
    first.put({used: 1.5, unused: 2.5})
    first.close()
    later = ScoreFile(path, day=100 + KEPT_DAYS)
    assert later.get(used) == 1.5
    later.close()
    last = ScoreFile(path, day=101 + KEPT_DAYS)
    last.close()
    last = ScoreFile(path, day=101 + KEPT_DAYS)
    assert (last.get(used), last.get(unused)) == (1.5, None)
    last.close()


def test_a_place_that_cannot_be_written_remembers_nothing(tmp_path: Path) -> None:
    (tmp_path / "scores.sqlite").mkdir()
    scores = ScoreFile(tmp_path / "scores.sqlite")
    scores.put({digest("a"): 1.0})
    scores.flush()
    assert scores.get(digest("a")) is None
    scores.close()
