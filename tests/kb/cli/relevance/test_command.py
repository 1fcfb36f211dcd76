"""`kb test`: exit codes, and the tables that people and programs read."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.build import build as builds
from kb.cli.main import main
from kb.config import Config
from tests.support.libraries.corpus import HashSource
from tests.support.relevance.repository import commit
from tests.support.relevance.trial_library import PARCEL, REFUND, Written, write, write_library

TESTS = f"""\
en:
  - ask: my parcel, where is it
    must_find: {PARCEL}
  - ask: let me talk to a human
    must_hand_off: user_requested
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A library in git with tests, and the toy encoder for whatever is built."""
    monkeypatch.setattr(builds, "encoder_source", lambda *_: HashSource(tmp_path))
    monkeypatch.setattr("kb.build.trial.trees.encoder_source", lambda *_: HashSource(tmp_path))
    found = write_library(tmp_path)
    (found.articles_dir / "relevance.yml").write_text(TESTS, encoding="utf-8")
    commit(found.articles_dir)
    monkeypatch.chdir(tmp_path)
    return found


def kb(config: Config, *arguments: str) -> Result:
    """Run a command with the settings."""
    settings = {
        "KB_ARTICLES_DIR": str(config.articles_dir),
        "KB_DATA_DIR": str(config.data_dir),
        "KB_LANGUAGES": ",".join(config.languages),
    }
    return CliRunner().invoke(main, arguments, env={**os.environ, **settings})


def spoil(config: Config) -> None:
    """Take from an article all by which it is found and answers."""
    write(config.articles_dir, PARCEL, Written("Miscellaneous", (), "Ask the courier."))


def cases(result: Result) -> dict[str, dict[str, Any]]:
    return {case["query"]: case for case in json.loads(result.stdout)["cases"]}


def test_all_is_well_with_what_is_served(config: Config) -> None:
    assert kb(config, "build").exit_code == 0
    result = kb(config, "test")
    assert result.exit_code == 0, result.output
    assert "4 questions of articles, 2 tests: 6 as before" in result.stdout
    assert "compared with what is served" in result.stdout


def test_without_anything_to_compare_with_tests_count_alone(config: Config) -> None:
    result = kb(config, "test")
    assert result.exit_code == 0, result.output
    assert "6 fine" in result.stdout
    assert "nothing is served yet" in result.stdout


@pytest.mark.parametrize("against", ["serving", "HEAD"])
def test_a_spoilt_article_is_a_loss_and_shows_both_words(config: Config, against: str) -> None:
    kb(config, "build")
    spoil(config)
    result = kb(config, "test", "--against", against)
    assert result.exit_code == 1
    shown = result.stdout
    assert "TESTS THAT FAIL (1)" in shown
    assert re.search(r"“my parcel, where is it”\n +place 1 → [—5]", shown)
    assert re.search(r"“where is my parcel” \(no longer among its questions\)", shown)
    assert "was The tracking number stands in the letter" in shown
    assert "why it was place 1 and is " in shown


def test_json_tells_the_same(config: Config) -> None:
    kb(config, "build")
    spoil(config)
    result = kb(config, "test", "--json")
    assert result.exit_code == 1
    found = cases(result)
    lost = found["where is my parcel"]
    assert (lost["kind"], lost["state"], lost["article"]) == ("former", "lost", PARCEL)
    assert lost["before"]["rank"] == 1
    assert found["how long does a refund take"]["state"] == "same"


def test_junit_has_a_case_for_each_question_and_a_failure_for_each_loss(config: Config) -> None:
    kb(config, "build")
    spoil(config)
    result = kb(config, "test", "--junit", "found.xml")
    assert result.exit_code == 1
    root = ET.parse("found.xml").getroot()  # written by ourselves
    suites = {suite.get("name"): suite for suite in root}
    own = suites[f"articles/en/faq/orders/article-{PARCEL}.md"]
    assert own.get("failures") == own.get("tests") == "2"
    (failure, *_) = own.iter("failure")
    assert "place 1" in str(failure.get("message"))
    assert suites["articles/relevance.yml"].get("failures") == "1"


def test_junit_holds_what_xml_cannot(config: Config) -> None:
    write(config.articles_dir, REFUND, Written(questions=('"refund \\x01 <&>"',)))
    assert kb(config, "test", "--junit", "found.xml").exit_code == 0
    names = {case.get("name") for case in ET.parse("found.xml").iter("testcase")}
    assert "refund � <&>" in names


def test_an_article_is_named_by_id_or_file(config: Config) -> None:
    file = f"articles/en/faq/orders/article-{PARCEL}.md"
    for name in (PARCEL, file):
        result = kb(config, "test", "--json", "--article", name)
        assert {case["article"] for case in cases(result).values()} == {PARCEL}
    result = kb(config, "test", "--article", "zzzzz")
    assert result.exit_code == 2
    assert "zzzzz is neither the id nor the file of an article" in result.output


def test_a_test_that_cannot_be_run_fails(config: Config) -> None:
    (config.articles_dir / "relevance.yml").write_text("en:\n  - ask: parcel\n", encoding="utf-8")
    result = kb(config, "test", "--junit", "found.xml")
    assert result.exit_code == 1
    assert "relevance.yml:2: demands nothing" in result.stderr
    assert "demands nothing" in Path("found.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("against", "message"),
    [("no-such-branch", "has no revision no-such-branch"), ("serving", "kb build")],
)
def test_what_cannot_be_compared_with_ends_with_a_sentence(
    config: Config, against: str, message: str
) -> None:
    result = kb(config, "test", "--against", against)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_an_article_that_is_gone_is_named_and_no_loss(config: Config) -> None:
    kb(config, "build")
    (config.articles_dir / "relevance.yml").unlink()
    write(config.articles_dir, PARCEL, Written(status="draft"))
    result = kb(config, "test")
    assert result.exit_code == 0, result.output
    assert "no longer published: Track a parcel" in result.stdout
