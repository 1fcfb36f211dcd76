"""The file of the glossary: what can be used, and what is wrong with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.library import load
from kb.content.shared_text import glossary_file

GOOD = """\
gasket:
  term: {ru: Уплотнитель, en: Gasket}
  also: [резинка двери, door seal]
  text: {ru: Лента вокруг дверцы, en: The band around the door}
"""


def read(root: Path, text: str) -> tuple[list[str], list[tuple[int, str]]]:
    (root / "glossary.yml").write_text(text, encoding="utf-8")
    library = load(root, languages=("ru", "en"))
    terms, problems = glossary_file.read(root, library, ("ru", "en"))
    return [term.slug for term in terms], [(one.line, one.message) for one in problems]


def test_a_good_file(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == (["gasket"], [])


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (GOOD.replace("gasket:", "Gasket One:"), 1, "Gasket One"),
        (GOOD.replace(", en: Gasket", ""), 2, "`en`"),
        (GOOD.replace("  text:", "  txt:"), 4, "txt"),
        (GOOD.replace("The band", "The band" * 40), 4, "200"),
        (GOOD + "  article: zzzzz\n", 5, "not published"),
        (GOOD + GOOD.replace("gasket", "seal"), 5, "gasket"),
        ("[1, 2]\n", 1, "keys"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    _, problems = read(tmp_path, text)
    assert any(at == line and word in message for at, message in problems), problems
