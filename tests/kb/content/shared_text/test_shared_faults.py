"""Escapes of tags, and faults of shared files that leave all others as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content import products
from kb.content.checks import remarks
from kb.content.model import Article
from tests.support.shared_folder import (
    CATEGORIES,
    article,
    folder,
    loaded,
    page,
    problems,
    put,
    put_article,
    told,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return folder(tmp_path)


def test_front_matter_of_a_snippet_is_told_and_never_shown(root: Path) -> None:
    put(root, "_snippets/ru/more.md", "---\nid: kn73c\ntags:\n- a\n---\n\nСлово {{ nope }}.\n")
    put_article(root, "{{ snippet:more }}")
    assert page(root) == "<p>Слово {{ nope }}.</p>"
    assert told(problems(root)) == [
        ("_snippets/ru/more.md", 1, "bad-snippet"),
        ("_snippets/ru/more.md", 7, "unknown-variable"),
    ]


def test_a_rule_that_begins_a_snippet_is_no_front_matter(root: Path) -> None:
    put(root, "_snippets/ru/more.md", "---\n\nСлово без двоеточия.\n\n---\n")
    put_article(root, "{{ snippet:more }}")
    assert page(root).count("<hr>") == 2
    assert problems(root) == ()


@pytest.mark.parametrize(
    "body",
    [
        "Пишите \\{{ return_days }}.",
        "## \\{{ return_days }}\n",
        "| a |\n| - |\n| \\{{ return_days }} |\n",
        "- \\{{ return_days }}\n",
        "**\\{{ return_days }}** и \\{{ phone }}",
        "<div>\\{{ return_days }}</div>\n",
        "{{ snippet:braces }}",
        "[\\{{ return_days }}](https://example.org/)",
        "> [!NOTE]\n> \\{{ return_days }}\n",
        "Знак \\\\\\{{ return_days }}",
        "\\{{ snippet:braces }} \\{{ return_days }}",
    ],
)
def test_a_backslash_keeps_the_braces(root: Path, body: str) -> None:
    put(root, "_snippets/ru/braces.md", "Текст \\{{ return_days }}\n")
    put_article(root, body)
    shown = page(root)
    assert "{{ return_days }}" in shown
    assert shown.count("\\") == ("Знак" in body)
    assert problems(root) == ()


def test_two_backslashes_are_a_backslash_and_a_value(root: Path) -> None:
    put_article(root, "C:\\\\{{ return_days }}")
    assert page(root) == "<p>C:\\14 дней</p>"


def test_a_backslash_keeps_the_braces_in_the_front_matter(root: Path) -> None:
    keys = {
        "title": "'За \\{{ return_days }}'",
        "summary": "'\\{{ phone }}, {{ phone }}'",
        "questions": "['что такое \\{{ nope }}']",
        "tags": "['{{ return_days }}']",
    }
    put_article(root, "Слово", **keys)
    found = article(root)
    assert (found.title, found.summary) == (
        "За {{ return_days }}",
        "{{ phone }}, +7 800 555-35-35",
    )
    assert (found.questions, found.tags) == (("что такое {{ nope }}",), ("14 дней",))


@pytest.mark.parametrize(
    "bad",
    [
        "bad: {ru: 14, en: 15\n",
        "bad: 'open\n",
        "\tbad: 1\n",
        "bad words\n",
        "bad: a: b\n",
        "bad: {{ x }}\n",
        "bad: *anchor\n",
        "bad: [1, 2]\n",
        "bad:\n  ru: 'open\n  en: b\n",
    ],
)
def test_a_bad_line_takes_no_other_variable_along(root: Path, bad: str) -> None:
    put(root, "variables.yml", f"return_days: {{ru: 14 дней, en: 14 days}}\n{bad}phone: 12\n")
    put_article(root, "{{ return_days }} {{ phone }} {{ bad }}", title="'{{ bad }}'")
    assert article_of(root).body.startswith("14 дней 12 ")
    found = problems(root)
    assert {one.path for one in found} <= {"variables.yml"}, found
    assert {one.line for one in found} <= {2, 3}


def article_of(root: Path) -> Article:
    return loaded(root).articles[0]


def test_variables_that_cannot_be_read_at_all_are_told_once(root: Path) -> None:
    (root / "variables.yml").write_bytes(b"phone: \0\n")
    put_article(root, "{{ phone }}", title="'{{ return_days }}'")
    assert [one.path for one in problems(root)] == ["variables.yml"]


def test_a_ring_of_snippets_is_told_once(root: Path) -> None:
    put(root, "_snippets/ru/a.md", "А\n\n{{ snippet:b }}\n")
    put(root, "_snippets/ru/b.md", "Б\n\n{{ snippet:a }}\n")
    put_article(root, "{{ snippet:a }}")
    (problem,) = problems(root)
    assert (problem.path, problem.message) == (
        "_snippets/ru/a.md",
        "comes back to itself: a → b → a",
    )


def test_a_snippet_that_cannot_be_read_is_told_once(root: Path) -> None:
    put(root, "_snippets/ru/good.md", "Хорошо")
    (root / "_snippets/ru/bad.md").write_bytes(b"\xff\xfe")
    put_article(root, "{{ snippet:bad }}\n\n{{ snippet:good }}\n")
    assert [one.path for one in problems(root)] == ["_snippets/ru/bad.md"]
    assert "<p>Хорошо</p>" in page(root)


def test_categories_and_products_take_variables_by_language(root: Path) -> None:
    named = "Возврат за {{ return_days }}, \\{{ x }}"
    put(root, "categories.yml", CATEGORIES.replace("ru: а", f"ru: '{named}'"))
    put(root, "products.yml", "vega:\n  title: {ru: 'V {{ phone }}', en: 'V {{ nope }}'}\n")
    put_article(root, "Слово")
    (category,) = loaded(root).categories
    assert category.description("ru") == "Возврат за 14 дней, {{ x }}"
    goods, of_products = products.read(root, ("ru", "en"))
    assert goods.entries[0].title("ru") == "V +7 800 555-35-35"
    assert told(of_products) == [("products.yml", 2, "unknown-variable")]
    assert [one for one in remarks(loaded(root), "ru") if one.kind == "unused-text"] == []


def test_a_bad_entry_of_categories_takes_no_other_along(root: Path) -> None:
    put(
        root,
        "categories.yml",
        CATEGORIES
        + "  bad: {icon: [\n  more: {title: {ru: М, en: M}, description: {ru: м, en: m}}\n",
    )
    put_article(root, "Слово")
    library = loaded(root)
    assert [one.slug for one in library.categories] == ["delivery", "more"]
    assert told(library.problems) == [("categories.yml", 3, "bad-yaml")]
