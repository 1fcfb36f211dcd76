"""Values that YAML takes for something else, and files that nothing reads, are told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.repairs.front_matter import with_quotes
from tests.kb.content.test_library import CATEGORIES, GOOD, only_problem, put, read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("ru/faq/delivery/a.mdx", "unread-article"),
        ("ru/faq/delivery/a.markdown", "unread-article"),
        ("ru/faq/delivery/a.TXT", "unread-article"),
        ("en/guides/a.docx", "unread-article"),
        ("intro.mdx", "unread-article"),
        ("ru/faq/delivery/a.png", "stray-file"),
        ("ru/faq/data.json", "stray-file"),
    ],
)
def test_files_that_nothing_reads_are_named(root: Path, path: str, kind: str) -> None:
    put(root, path)
    library = read(root)
    (found,) = (*library.problems, *library.remarks)
    assert (found.path, found.kind) == (path, kind)


@pytest.mark.parametrize("path", ["LICENSE", "notes.txt", "en/categories.yml", ".ru/a.txt"])
def test_files_that_belong_there_are_not(root: Path, path: str) -> None:
    put(root, path, "{}")
    assert (read(root).problems, read(root).remarks) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("title: Сколько идёт заказ", "title: Ошибка #5", 3, "readers get `Ошибка`"),
        (
            "- когда приедет",
            "- что значит #5 на экране",
            7,
            "the question `что значит #5 на экране`",
        ),
        ("title: Сколько идёт заказ", "title: Курс C # с нуля", 3, "readers get `Курс C`"),
        ("- когда приедет", "- чем # лучше", 7, "readers get `чем`"),
        ("title: Сколько идёт заказ", "title: Заказ: сроки", 3, "is cut at its colon"),
        ("- когда приедет", "- Ошибка: что делать", 7, "the question `Ошибка: что делать` is cut"),
        ("- когда приедет", "- и что дальше:", 7, "is cut at its colon"),
        ("title: Сколько идёт заказ", 'title: "Кнопка "Пуск" мигает"', 3, 'has " within'),
        ("title: Сколько идёт заказ", "title: 'It's late'", 3, "has ' within"),
    ],
)
def test_a_value_that_ends_early_is_told_by_its_line(
    root: Path, old: str, new: str, line: int, part: str
) -> None:
    put(root, text=GOOD.replace(old, new))
    problem = only_problem(root)
    assert (problem.line, problem.kind) == (line, "cut-value")
    assert part in problem.message


def test_a_title_that_is_cut_is_served_as_far_as_it_goes(root: Path) -> None:
    put(root, text=GOOD.replace("Сколько идёт заказ", "Ошибка #5"))
    assert [it.title for it in read(root).articles] == ["Ошибка"]


@pytest.mark.parametrize(
    "new",
    [
        "title: Срок   # у нас: семь дней",
        "title: C# и F#",
        "title: В 12:30",
        "title: 'It''s #5: late'",
        'title: "A \\"b\\" #5: c"',
        "title: |\n  Ошибка #5: да",
        "title: Срок  # и это всё",
    ],
)
def test_comments_and_quoted_values_are_no_faults(root: Path, new: str) -> None:
    put(root, text=GOOD.replace("title: Сколько идёт заказ", new))
    assert read(root).problems == ()


def test_what_may_be_a_comment_is_told_and_left_to_its_author(root: Path) -> None:
    lines = ["title: Срок # и это всё", "summary: Ошибка #5"]
    assert with_quotes(lines) == ["title: Срок # и это всё", 'summary: "Ошибка #5"']
    put(root, text=GOOD.replace("title: Сколько идёт заказ", lines[0]))
    assert only_problem(root).remedy.endswith("or two spaces before a comment")
