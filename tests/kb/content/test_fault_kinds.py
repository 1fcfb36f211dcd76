"""kb.content.fault_kinds, and problems as lines: short, harmless, with what to do."""

from __future__ import annotations

import re

import pytest

from kb.content.fault_kinds import FaultKind
from kb.content.model import MAX_LINE_CHARS, Problem
from tests.support.fixtures.encoder_fixture import REPOSITORY


def test_slugs_are_stable_words_and_labels_are_told_apart() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", str(kind)) for kind in FaultKind)
    assert len({kind.label for kind in FaultKind}) == len(FaultKind)
    assert (FaultKind.BROKEN_LINK, BROKEN.severity) == ("broken-link", "problem")
    assert FaultKind.OLD_TRANSLATION.severity == "remark"


def test_a_short_problem_is_told_whole() -> None:
    problem = Problem("ru/faq/a/b.md", 7, "links to x, which is gone", "Mend it", BROKEN)
    assert str(problem) == "ru/faq/a/b.md:7: links to x, which is gone. Mend it"
    assert (problem.kind, problem.severity) == (BROKEN, "problem")


BROKEN = FaultKind.BROKEN_LINK


@pytest.mark.parametrize("path", ["a.md", f"ru/faq/{'c' * 80}/{'s' * 80}.md"])
@pytest.mark.parametrize("message", ["m", "m" * 5_000, "m m" * 5_000, "a\nb\x1b[31m\r\u2028c"])
@pytest.mark.parametrize("remedy", ["r", "r" * 5_000])
def test_a_problem_is_one_line_that_fits(path: str, message: str, remedy: str) -> None:
    line = str(Problem(path, 12, message, remedy, BROKEN))
    assert len(line) <= MAX_LINE_CHARS
    assert line.isprintable()
    assert f"{path[-20:]}:12: {message[:1]}" in line
    assert ". r" in line


def test_a_long_message_is_cut_within_and_its_remedy_is_whole() -> None:
    name = f"{'../' * 20}media/{'x' * 80}/router-back.png"
    remedy = "Put the picture into media/, or write the path that it has there"
    line = str(Problem(f"en/guides/{'c' * 60}/{'s' * 60}.md", 12, f"shows {name}", remedy, BROKEN))
    assert "shows ../" in line
    assert line.endswith(f"router-back.png. {remedy}")


def test_every_kind_is_in_the_documentation() -> None:
    rows = (REPOSITORY / "docs/writing.md").read_text("utf-8")
    missing = [
        row for it in FaultKind if (row := f"| `{it}` | {it.severity} | {it.label} |") not in rows
    ]
    assert missing == []
