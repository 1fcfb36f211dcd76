"""The file of old addresses: what it may hold, and what is added to it."""

from pathlib import Path

import pytest

from kb.content.files import old_paths, redirects_file
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.files.text import BadFile

GOOD = """\
# From the old help centre
/hc/en-us/articles/360001-refunds: k2m7p   # the most read
/docs/returns.html: k2m7p/en#money
/help.php?id=17: faq/delivery
"/помощь/возврат: деньги": k2m7p
/hc/ru/categories/*: /ru/guides/
"""


def read(folder: Path, text: str) -> tuple[list[tuple[str, str]], list[str]]:
    (folder / REDIRECTS_FILE).write_text(text, encoding="utf-8")
    entries, problems = redirects_file.read(folder)
    return [(it.written, it.target) for it in entries], [str(problem) for problem in problems]


def test_entries_are_read_in_order(tmp_path: Path) -> None:
    entries, problems = read(tmp_path, GOOD)
    assert problems == []
    assert entries[1:4] == [
        ("/docs/returns.html", "k2m7p/en#money"),
        ("/help.php?id=17", "faq/delivery"),
        ("/помощь/возврат: деньги", "k2m7p"),
    ]


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert redirects_file.read(tmp_path) == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("docs/a: k2m7p\n", "does not begin with /"),
        ("https://old.example/docs/a: k2m7p\n", "is a whole address"),
        ("//old.example/docs/a: k2m7p\n", "begins with two slashes"),
        ("/docs/a#b: k2m7p\n", "has a part after #"),
        ('"/docs/\\x07": k2m7p\n', "is too long or holds"),
        (f'"/{"a" * 1001}": k2m7p\n', "is too long or holds"),
        ("/docs/*/a: k2m7p\n", "has a * that is not its end"),
        ("/*: k2m7p\n", "is the home page or every page"),
        ("/?: k2m7p\n", "is the home page or every page"),
        ("/docs/a:\n", "has no target"),
        ("/docs/a: [k2m7p]\n", "has no target"),
        ("/docs/a: {}\n", "has no target"),
        (f"/docs/a: {'k' * 1001}\n", "is too long or cannot be typed"),
    ],
)
def test_faults_are_told_with_line_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    entries, problems = read(tmp_path, f"/kept: k2m7p\n{text}")
    assert entries == [("/kept", "k2m7p")]
    assert len(problems) == 1
    assert problems[0].startswith(f"{REDIRECTS_FILE}:2: ")
    assert message in problems[0]


@pytest.mark.parametrize(
    "other",
    ["/docs/a/", "/docs/%61", "/docs/a", "/docs%2Fa"],
)
def test_one_path_written_twice_is_a_problem(tmp_path: Path, other: str) -> None:
    entries, problems = read(tmp_path, f"/docs/a: k2m7p\n{other}: b2x7n\n")
    assert entries == [("/docs/a", "k2m7p")]
    assert len(problems) == 1
    assert problems[0].startswith(f"{REDIRECTS_FILE}:2: ")


@pytest.mark.parametrize(
    "written",
    ["/помощь/й", "/%D0%BF%D0%BE%D0%BC%D0%BE%D1%89%D1%8C/%D0%B9", "/%EF%EE%EC%EE%F9%FC/%E9/"],
)
def test_spellings_of_a_path_are_one(written: str) -> None:
    assert old_paths.read(written) == old_paths.read("/помощь/й")


def test_order_of_parameters_makes_no_difference() -> None:
    assert old_paths.read("/a?x=1&y=2") == old_paths.read("/a/?y=2&x=1")


def test_new_entries_follow_and_nothing_else_changes(tmp_path: Path) -> None:
    (tmp_path / REDIRECTS_FILE).write_text(GOOD, encoding="utf-8")
    new = {"/docs/new: one": "b2x7n", "/docs/returns.html/": "b2x7n", "/x?a=1": "b2x7n/ru#ж"}
    assert redirects_file.add(tmp_path, new) == 2
    text = (tmp_path / REDIRECTS_FILE).read_text(encoding="utf-8")
    assert text == f'{GOOD}"/docs/new: one": b2x7n\n/x?a=1: b2x7n/ru#ж\n'
    assert redirects_file.add(tmp_path, new) == 0


def test_a_target_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / REDIRECTS_FILE).write_text(GOOD, encoding="utf-8")
    new = {"/hc/en-us/articles/360001-refunds": "b2x7n"}
    assert redirects_file.add(tmp_path, new) == 0
    assert redirects_file.add(tmp_path, new, replace=True) == 1
    text = (tmp_path / REDIRECTS_FILE).read_text(encoding="utf-8")
    assert text == GOOD.replace("refunds: k2m7p ", "refunds: b2x7n ")


def test_a_first_entry_makes_the_file(tmp_path: Path) -> None:
    assert redirects_file.add(tmp_path, {"/docs/a": "k2m7p"}) == 1
    entries, problems = redirects_file.read(tmp_path)
    assert [(it.written, it.target) for it in entries] == [("/docs/a", "k2m7p")]
    assert problems == ()


@pytest.mark.parametrize("text", ["{/docs/a: k2m7p, /c: k2m7p}\n", "? /docs/a\n: k2m7p\n"])
def test_a_file_written_otherwise_is_not_spoilt(tmp_path: Path, text: str) -> None:
    (tmp_path / REDIRECTS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(BadFile):
        redirects_file.add(tmp_path, {"/docs/a": "b2x7n", "/docs/b": "b2x7n"}, replace=True)
    assert (tmp_path / REDIRECTS_FILE).read_text(encoding="utf-8") == text
