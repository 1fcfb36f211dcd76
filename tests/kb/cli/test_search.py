"""`kb search`: a ranking in a terminal, with its reasons."""

from pathlib import Path

from click.testing import CliRunner

from kb.cli.exits import EXIT_UNUSABLE
from kb.cli.main import main
from tests.support.libraries.corpus import build_index, shop


def run(data: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["search", *arguments], env={"KB_DATA_DIR": str(data)})
    return done.exit_code, done.output


def test_names_hits_repair_parts_and_terms(tmp_path: Path) -> None:
    build_index(tmp_path, shop())
    code, text = run(tmp_path, "ltymub yf rfhne", "--limit", "2")
    assert code == 0
    assert "searched for: деньги на карту (layout)" in text
    assert "refund" in text.splitlines()[2]
    assert "= words +" in text
    assert "not in it" in text
    assert "in title" in text
    assert "3. " not in text


def test_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    code, text = run(tmp_path, "деньги")
    assert code == EXIT_UNUSABLE
    assert "kb build" in text
