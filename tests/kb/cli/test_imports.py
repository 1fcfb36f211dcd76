"""`kb import`: reports on the screen and in a file, a dry run, and refusals in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli.main import main
from tests.support.imports import write_tree

TREE = {
    "pay/card.md": "# Card\n\nPay at the till. [Gone](gone.md)\n",
    "pay/cash.md": "# Cash\n\nOr so.\n",
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_ARTICLES_DIR", str(tmp_path / "articles"))
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "data"))
    return write_tree(tmp_path / "old", TREE)


def kb_import(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", *arguments])


def test_an_import_tells_counts_and_writes_the_whole_report(source: Path, tmp_path: Path) -> None:
    done = kb_import(str(source))
    assert done.exit_code == 0, done.output
    assert done.output.startswith("markdown: 2 new articles, 1 new category, 2 old addresses\n")
    assert "Links that lead nowhere, now plain words" in done.output
    report = (tmp_path / "data/imports/markdown.md").read_text()
    assert "\n### Card\n\nen/guides/pay/card.md, from pay/card.md\n" in report
    assert "line 3 of the source: gone.md. Link to an article here, or take it out" in report
    again = kb_import(str(source))
    assert again.output.startswith("Nothing changed: 2 articles are as they were imported\n")


def test_an_import_goes_into_the_named_folder(source: Path, tmp_path: Path) -> None:
    kb_import(str(source), "--into", str(tmp_path / "other"), "--section", "faq", "--depth", "1")
    assert (tmp_path / "other/en/faq/pay/card.md").exists()
    assert not (tmp_path / "articles").exists()


def test_a_dry_run_only_reports(source: Path, tmp_path: Path) -> None:
    done = kb_import(str(source), "--dry-run", "--report", str(tmp_path / "report.txt"))
    assert "2 new articles" in done.output
    assert (tmp_path / "report.txt").exists()
    assert not (tmp_path / "articles").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "word"], "`word` is not a format"),
        (["--language", "fr"], "`fr` is not a language"),
        (["--old-site", "help.shop.ru"], "--old-site is an address"),
        (["--set", "phone"], "use --set NAME=VALUE"),
        (["--format", "zendesk"], "holds no pages as zendesk has them"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(
    source: Path, arguments: list[str], words: str
) -> None:
    done = kb_import(str(source), *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert len(done.output.strip().split("\n")) == 1
