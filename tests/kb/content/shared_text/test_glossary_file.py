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


def test_a_term_may_be_of_one_language(tmp_path: Path) -> None:
    text = "seal:\n  term: {en: Seal}\n  text: {en: A band}\n"
    assert read(tmp_path, text) == (["seal"], [])


def test_a_bad_term_takes_no_other_along(tmp_path: Path) -> None:
    bad = "bad:\n  term: {ru: А, en: B}\n  text: {ru: 'open, en: b}\n"
    slugs, problems = read(tmp_path, GOOD + bad + GOOD.replace("gasket", "last"))
    assert {"gasket", "last"} <= set(slugs)
    assert [line for line, _ in problems if line <= 7] == [7]


def test_explanations_take_variables_of_their_language(tmp_path: Path) -> None:
    (tmp_path / "variables.yml").write_text("days: {ru: 14 дней, en: 14 days}\n")
    texts = "text: {ru: 'Срок {{ nope }}', en: 'For {{ days }}'}"
    entry = f"trial:\n  term: {{ru: Проба, en: Trial}}\n  {texts}\n"
    (tmp_path / "glossary.yml").write_text(entry, encoding="utf-8")
    library = load(tmp_path, languages=("ru", "en"))
    (term,), problems = glossary_file.read(tmp_path, library, ("ru", "en"))
    assert term.texts == {"ru": "Срок {{ nope }}", "en": "For 14 days"}
    assert [(one.line, str(one.kind)) for one in problems] == [(3, "unknown-variable")]
