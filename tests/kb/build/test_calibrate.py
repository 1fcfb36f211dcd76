"""`kb calibrate` over the sample articles: what is kept, reported and served from then on."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.build import build
from kb.build.calibrate import KEPT, REPORT, calibrate, drifts, read
from kb.build.open_index import open_searcher
from kb.config import Config
from search.errors import IndexMissing
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.ranking.confidence import default_model


@dataclass(frozen=True)
class Said:
    """Config of a site that was calibrated, and what the command said."""

    config: Config
    lines: tuple[str, ...]


NOW = datetime(2026, 11, 22, tzinfo=UTC)
ARTICLES = Path(__file__).parents[3] / "articles"


def site(data: Path) -> Config:
    return Config(articles_dir=ARTICLES, data_dir=data, encoder="none")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """The sample articles, built by words only: no encoder is needed to calibrate."""
    data = tmp_path_factory.mktemp("calibrate")
    config = site(data)
    build.build(config)
    return Said(config, tuple(calibrate(config, labels=None, now=NOW)))


@pytest.fixture
def config(said: Said, tmp_path: Path) -> Config:
    """A copy of them, calibrated."""
    shutil.copytree(said.config.data_dir, tmp_path / "var", symlinks=True)
    return site(tmp_path / "var")


def served(config: Config) -> dict[str, object]:
    store = Store(config.index_dir)
    manifest = OpenGeneration(store.path(str(store.current_name()))).manifest
    found: dict[str, object] = manifest.facts["calibration"]
    return found


def test_says_what_is_claimed_and_keeps_it(config: Config, said: Said) -> None:
    assert any(line.startswith("ru: ") for line in said.lines)
    assert any(line.startswith("en: ") for line in said.lines)
    kept = read(config)
    assert kept is not None
    assert set(kept.calibration.models) == {"ru", "en"}
    text = (config.data_dir / REPORT).read_text()
    assert "| threshold |" in text
    for lang in ("ru", "en"):
        drawing = ElementTree.parse(config.data_dir / f"calibration-{lang}.svg").getroot()
        lines = [node for node in drawing.iter() if node.tag.endswith("polyline")]
        assert len(lines) == 3


def test_the_next_build_serves_it(config: Config) -> None:
    report = build.build(config)
    assert report.remarks == ()
    assert served(config)["status"] == "articles"
    assert served(config)["made_at"] == NOW.isoformat()


def test_nothing_has_drifted_at_once_but_later(config: Config) -> None:
    build.build(config)
    assert drifts(config) == []
    path = config.data_dir / KEPT
    row = json.loads(path.read_text())
    row["scores"]["ru"] = [score / 4 for score in row["scores"]["ru"]]
    path.write_text(json.dumps(row))
    assert [drift.lang for drift in drifts(config)] == ["ru"]
    assert "kb calibrate" in str(drifts(config)[0])


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"encoder": "another"}, "of another encoder"),
        ({"policy": "p0"}, "of another encoder or release"),
        ({"risk_budget": 0.2}, "another KB_RISK_BUDGET"),
    ],
)
def test_an_unfit_calibration_is_not_served(
    config: Config, change: dict[str, object], remark: str
) -> None:
    path = config.data_dir / KEPT
    row = json.loads(path.read_text())
    row["calibration"] |= change
    path.write_text(json.dumps(row))
    report = build.build(config)
    assert remark in report.remarks[0]
    assert served(config)["status"] == "default"


def test_a_damaged_file_is_named_and_stops_nothing(config: Config) -> None:
    (config.data_dir / KEPT).write_text('{"calibration": {}}')
    report = build.build(config)
    assert "calibration.json" in report.remarks[0]
    assert "delete it" in report.remarks[0]
    assert served(config)["status"] == "default"


def test_judged_messages_of_a_file(config: Config, tmp_path: Path) -> None:
    store = Store(config.index_dir)
    searcher = open_searcher(config)
    lines = []
    for number, document in enumerate(searcher.searcher.corpus.documents):
        asked: dict[str, object] = {"query": document.title, "lang": document.lang}
        if number % 4:
            asked |= {"relevant": {document.group: 2}}
        if number % 4 == 1:
            asked |= {"evidence": [[{"text": "words that stand in no article"}]]}
        lines.append(json.dumps(asked))
    (tmp_path / "labels.jsonl").write_text("\n".join(lines))
    lines_said = list(calibrate(config, labels=tmp_path / "labels.jsonl", now=NOW))
    assert f"{len(lines)} judged messages" in lines_said[0]
    worded = sum('"evidence"' in line for line in lines if '"ru"' in line)
    assert any(f"{worded} by the words that answer" in said for said in lines_said)
    kept = read(config)
    assert kept is not None
    assert kept.calibration.status == "labels"
    fitted, default = kept.calibration.model("ru"), default_model(0.1)
    assert fitted.bases["lexical"].top != default.bases["lexical"].top
    assert fitted.bases["reader"] == default.bases["reader"], "not reached, so not fitted"
    assert store.current_name() is not None


def test_needs_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="kb build"):
        list(calibrate(Config(data_dir=tmp_path), labels=None, now=NOW))
