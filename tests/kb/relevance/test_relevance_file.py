"""kb.relevance.relevance_file: tests as authors write them, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.library import load
from kb.relevance.cases import Expectation, RelevanceCase
from kb.relevance.relevance_file import RELEVANCE_FILE, misnamed, read
from tests.support.relevance.trial_library import REFUND, Written, write, write_library

LANGUAGES = ("en", "ru")
WHOLE = """\
en:
  - ask: [where is my parcel, my order is late]
    must_find: w2d8k
    must_not_find: [k2m7p]
    must_answer: [tracking number, carrier]
  - ask: I will take you to court
    must_hand_off: sensitive_topic
ru:
  - ask: где заказ
    must_hand_off: yes
"""


def cases(root: Path, text: str) -> tuple[RelevanceCase, ...]:
    found, problems = written(root, text)
    assert problems == []
    return found


def written(root: Path, text: str) -> tuple[tuple[RelevanceCase, ...], list[str]]:
    """The tests of a file, and its problems as authors read them."""
    (root / RELEVANCE_FILE).write_text(text, encoding="utf-8")
    found, problems = read(root, LANGUAGES)
    return found, list(map(str, problems))


def test_each_wording_is_a_test(tmp_path: Path) -> None:
    found = cases(tmp_path, WHOLE)
    assert [(it.lang, it.query, it.line) for it in found] == [
        ("en", "where is my parcel", 2),
        ("en", "my order is late", 2),
        ("en", "I will take you to court", 6),
        ("ru", "где заказ", 9),
    ]
    assert found[0].expectation == Expectation(
        ("w2d8k",), ("k2m7p",), ("tracking number", "carrier")
    )
    assert [it.expectation.must_hand_off for it in found[2:]] == ["sensitive_topic", "yes"]


def test_without_a_file_there_are_no_tests(tmp_path: Path) -> None:
    assert read(tmp_path, LANGUAGES) == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("de:\n  - ask: a\n    must_find: w2d8k\n", "1: `de` is not a language of the site"),
        ("en: parcel\n", "1: `en` is not a language of the site with tests"),
        ("en:\n  ask: a\n", "1: `en` is not a language of the site with tests"),
        ("en:\n  - parcel\n", "2: holds an entry that is not a test"),
        ("en:\n  - must_find: w2d8k\n", "2: has no `ask`"),
        ("en:\n  - ask: a\n", "2: demands nothing"),
        ("en:\n  - ask: a\n    must_fnd: w2d8k\n", "3: has the unknown key `must_fnd`"),
        ("en:\n  - ask: a\n    must_find: parcel\n", "3: `must_find` has `parcel`, which cannot"),
        ("en:\n  - ask: a\n    must_hand_off: maybe\n", "_hand_off `maybe`. Use yes, safety, "),
        (
            "en:\n  - ask: a\n    must_find: w2d8k\n    must_not_find: w2d8k\n",
            "4: w2d8k must be found and must not be",
        ),
        (
            "en:\n  - ask: a\n    must_answer: b\n    must_hand_off: yes\n",
            "4: must be answered and must be handed off",
        ),
        (
            "en:\n  - ask: a\n    must_find: [a2222, b2222, c2222, d2222]\n",
            "3: demands 4 articles among the first 3",
        ),
        ("en: [\n", "`en` has a [ that is not closed"),
        (f"en:\n  - ask: {'a' * 501}\n    must_find: w2d8k\n", "2: `ask` has 501 characters"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    found, problems = written(tmp_path, text)
    assert found == ()
    assert len(problems) == 1
    assert message in problems[0]
    assert problems[0].startswith(f"{RELEVANCE_FILE}:")


def test_a_faulty_test_does_not_take_the_others_along(tmp_path: Path) -> None:
    found, problems = written(tmp_path, "en:\n  - ask: b\n" + WHOLE.removeprefix("en:\n"))
    assert len(found) == 4
    assert len(problems) == 1


def test_articles_that_cannot_be_found_are_named(tmp_path: Path) -> None:
    config = write_library(tmp_path)
    root = config.articles_dir
    (root / "retired.txt").write_text("zzzz9\n", encoding="utf-8")
    write(root, REFUND, Written(status="draft"))
    text = "en:\n" + "".join(
        f"  - ask: a\n    must_find: {id}\n" for id in ("w2d8k", REFUND, "zzzz9", "00000")
    )
    library = load(root, languages=config.languages)
    found = list(map(str, misnamed(cases(root, text), library)))
    assert [line.partition(". ")[0] for line in found] == [
        f"relevance.yml:4: the article {REFUND} is not published",
        "relevance.yml:6: the article zzzz9 was retired",
        "relevance.yml:8: the article 00000 does not exist",
    ]
