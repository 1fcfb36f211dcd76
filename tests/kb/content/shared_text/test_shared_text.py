"""Texts written once and used in many articles: filled in, checked, dated."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.checks import check, remarks
from kb.content.shared_text.expansion import MAX_EXPANDED_CHARS, Shared, Snippet, expanded
from tests.support.shared_folder import (
    ARTICLE,
    VARIABLES,
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


def test_variables_are_filled_in_wherever_words_stand(root: Path) -> None:
    put_article(
        root,
        "Возврат: **{{ return_days }}**, [{{phone}}](tel:+78005553535).\n\n| срок |\n| --- |\n"
        "| {{ return_days }} |\n",
        title='"Возврат за {{ return_days }}"',
        summary='"Деньги вернутся через {{ return_days }}."',
        questions='["вернуть за {{ return_days }}"]',
    )
    found = article(root)
    assert found.title == "Возврат за 14 дней"
    assert found.summary == "Деньги вернутся через 14 дней."
    assert found.questions == ("вернуть за 14 дней",)
    assert "<strong>14 дней</strong>" in page(root)
    assert "<td>14 дней</td>" in page(root)
    assert ">+7 800 555-35-35</a>" in page(root)


def test_each_language_has_its_own(root: Path) -> None:
    put_article(root, "In {{ return_days }}, {{ phone }}.", "en/faq/delivery/a.md")
    assert article(root).body == "In 14 days, +7 800 555-35-35."


def test_code_is_left_alone(root: Path) -> None:
    body = "`{{ return_days }}` and\n\n```\n{{ return_days }}\n```\n\n{{ return_days }}\n"
    put_article(root, body)
    assert article(root).body == body.replace("\n\n{{ return_days }}\n", "\n\n14 дней\n")
    assert problems(root) == ()


def test_code_by_indentation_is_left_alone_and_what_only_looks_so_is_not(root: Path) -> None:
    code = "Слово:\n\n    {{ return_days }}\n\n\t{{ return_days }}\n\nКонец.\n"
    steps = "1. Шаг.\n\n    {{ return_days }}\n\n!!! note\n    Через\n\n    {{ return_days }}.\n"
    put_article(root, code + "\n" + steps)
    assert article(root).body == code + "\n" + steps.replace("{{ return_days }}", "14 дней")


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("[звонок](tel:{{ phone }})", "tel:+78005553535"),
        ("[звонок](<tel:{{ phone }}>)", "tel:+78005553535"),
        ("[звонок][1]\n\n[1]: tel:{{ phone }}", "tel:+78005553535"),
        ("[срок](https://example.org/?q={{ return_days }})", "https://example.org/?q=14%20дней"),
    ],
)
def test_a_variable_in_a_target_keeps_the_link_whole(root: Path, written: str, href: str) -> None:
    put_article(root, written)
    assert f'href="{href}"' in unquote(page(root).replace("%20", "%2520"))
    assert problems(root) == ()


def test_a_snippet_stands_as_its_line_does(root: Path) -> None:
    put(root, "_snippets/ru/steps.md", "1. Первый.\n2. Второй.\n\n   Пояснение.\n")
    put_article(root, "Начало.\n\n- Пункт:\n\n  {{ snippet:steps }}\n\n> {{ snippet:steps }}\n")
    assert article(root).body == (
        "Начало.\n\n- Пункт:\n\n  1. Первый.\n  2. Второй.\n\n     Пояснение.\n\n"
        "> 1. Первый.\n> 2. Второй.\n>\n>    Пояснение.\n"
    )


def test_a_snippet_within_a_line_is_one_paragraph(root: Path) -> None:
    put(root, "_snippets/ru/hours.md", "с 9 до 21,\nбез выходных\n")
    put_article(root, "Звоните {{ snippet:hours }}. 1. {{snippet: hours}}!")
    assert article(root).body == ("Звоните с 9 до 21, без выходных. 1. с 9 до 21, без выходных!")


def test_snippets_hold_snippets_and_variables(root: Path) -> None:
    put(root, "_snippets/ru/outer.md", "Срок: {{ return_days }}.\n\n{{ snippet:inner }}\n")
    put(root, "_snippets/ru/inner.md", "Телефон {{ phone }}.\n")
    put_article(root, "{{ snippet:outer }}")
    assert article(root).body == "Срок: 14 дней.\n\nТелефон +7 800 555-35-35."


@pytest.mark.parametrize("ring", [("a",), ("a", "b"), ("a", "b", "c")])
def test_snippets_that_come_back_are_told_and_harmless(root: Path, ring: tuple[str, ...]) -> None:
    for one, after in zip(ring, (*ring[1:], ring[0]), strict=True):
        put(root, f"_snippets/ru/{one}.md", f"Слово.\n\n{{{{ snippet:{after} }}}}\n")
    put_article(root, "{{ snippet:a }}")
    assert ("_snippets/ru/a.md", 1, "bad-snippet") in told(problems(root))


def test_a_chain_of_snippets_has_an_end(root: Path) -> None:
    for number in range(40):
        inner = f"{{{{ snippet:s{number + 1} }}}}\n" * 20
        put(root, f"_snippets/ru/s{number}.md", inner)
    put(root, "_snippets/ru/s40.md", "слово " * 200)
    put_article(root, "{{ snippet:s0 }}")
    kinds = {one.kind for one in problems(root)}
    assert {"bad-snippet", "too-long"} <= kinds


def test_links_of_a_snippet_are_meant_from_its_file(root: Path) -> None:
    put(root, "_snippets/ru/more.md", "См. [x](../../ru/faq/delivery/b.md#б) и [y](https://e.org).")
    put_article(root, "{{ snippet:more }}")
    put_article(root, "## Б\n", "ru/faq/delivery/b.md", id="b6h3r")
    assert problems(root) == ()
    assert 'href="/ru/faq/delivery/b#б"' in page(root)


def test_faults_of_a_snippet_are_told_once_at_its_place(root: Path) -> None:
    put(root, "_snippets/ru/more.md", "Слово.\n\n[x](../../ru/faq/delivery/none.md) :::oops\n")
    put_article(root, "Слово.\n\n{{ snippet:more }}\n\n[y](none.md)\n")
    put_article(root, "{{ snippet:more }}", "ru/faq/delivery/b.md", id="b6h3r")
    assert told(problems(root))[0] == ("_snippets/ru/more.md", 3, "broken-link")
    assert (ARTICLE, 10, "broken-link") in told(problems(root))
    assert len([one for one in problems(root) if one.path.startswith("_snippets")]) <= 2


def test_what_nothing_fills_in_is_told(root: Path) -> None:
    put_article(root, "{{ return_day }} {{ snippet:none }}", title='"За {{ retrun_days }}"')
    found = [one for one in problems(root) if one.kind == "unknown-variable"]
    assert [(one.path, one.line) for one in found] == [(ARTICLE, 3), (ARTICLE, 6), (ARTICLE, 6)]
    assert "return_days" in found[0].remedy


@pytest.mark.parametrize(
    ("yaml", "word"),
    [
        ("return_days: {ru: 14 дней}\n", "en"),
        ("Return Days: 14\n", "name"),
        ("x: {ru: а, en: b, de: c}\n", "de"),
        ("x: [1, 2]\n", "no text"),
        (f"x: {'я' * 201}\n", "200"),
        ("x: |\n  one\n  two\n", "plain"),
        ('x: "{{ y }}"\n', "plain"),
        ("x: '\n", "not closed"),
    ],
)
def test_bad_variables_are_told_with_their_line(root: Path, yaml: str, word: str) -> None:
    put(root, "variables.yml", yaml)
    put_article(root, "Слово")
    [first, *_] = problems(root)
    assert first.path == "variables.yml"
    assert word in first.message


@pytest.mark.parametrize("path", ["_snippets/x.md", "_snippets/de/x.md", "_snippets/ru/X Y.md"])
def test_misplaced_snippets_are_told(root: Path, path: str) -> None:
    put(root, path, "Слово")
    assert told(loaded(root).problems)[0][0] == path


def test_unused_texts_are_remarked(root: Path) -> None:
    put(root, "_snippets/ru/idle.md", "Слово {{ phone }}")
    put_article(root, "{{ return_days }}")
    found = [one for one in remarks(loaded(root), "ru") if one.kind == "unused-text"]
    assert told(tuple(found)) == [
        ("_snippets/ru/idle.md", 1, "unused-text"),
        ("variables.yml", 2, "unused-text"),
    ]


def git(root: Path, day: int, *arguments: str) -> None:
    when = f"2026-03-{day:02}T09:00:00Z"
    names = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    names |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    subprocess.run(
        ("git", *arguments), cwd=root, env=os.environ | names | dates, check=True,
        capture_output=True,
    )  # fmt: skip


def commit(root: Path, day: int) -> None:
    git(root, day, "add", ".")
    git(root, day, "commit", "-m", "change")


def test_an_article_changes_with_what_it_shares(root: Path) -> None:
    git(root, 1, "init", "-q")
    put(root, "_snippets/ru/more.md", "Слово.")
    put_article(root, "{{ snippet:more }} {{ phone }}")
    put_article(root, "{{ return_days }}", "ru/faq/delivery/b.md", id="b6h3r")
    put_article(root, "Слово", "ru/faq/delivery/c.md", id="c6h3r")
    commit(root, 1)
    put(root, "variables.yml", VARIABLES.replace("14 дней", "30 дней"))
    commit(root, 5)
    put(root, "_snippets/ru/more.md", "Другое слово.")
    commit(root, 9)
    days = {it.path[-4]: [date.day for date in it.changes] for it in loaded(root).articles}
    assert days == {"a": [9, 1], "b": [5, 1], "c": [1]}
    assert loaded(root).articles[1].updated_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


@given(st.text(alphabet=st.sampled_from("{} \n`~>-1.abnippets:_\t"), max_size=200))
def test_filling_in_keeps_every_line_of_what_is_unknown(text: str) -> None:
    found = expanded(text, ("x.md", 1), Shared({}, lambda _name: None))
    assert found.text == text
    assert found.origins == [("x.md", 1 + number) for number in range(text.count("\n") + 1)]


def test_a_text_that_grows_too_large_is_cut_short() -> None:
    line = "я" * (MAX_EXPANDED_CHARS // 10)
    large = Snippet("_snippets/ru/x.md", (line,), (("_snippets/ru/x.md", 1),))
    found = expanded("{{ snippet:x }}\n" * 100, ("x.md", 1), Shared({}, {"x": large}.get))
    assert found.is_cut
    assert len(found.text) <= MAX_EXPANDED_CHARS + 100


@pytest.mark.parametrize(
    "snippet", ["- one\n- two", "1. one\n2. two", "one\n\ntwo", "| a |\n| - |", "```\na\n```"]
)
def test_a_snippet_of_blocks_within_a_line_is_told(root: Path, snippet: str) -> None:
    put(root, "_snippets/ru/steps.md", snippet)
    put_article(root, "Text.\n\nDo {{ snippet:steps }} now.\n\n{{ snippet:steps }}\n")
    (problem,) = loaded(root).problems
    assert (problem.path, problem.line) == (ARTICLE, 8)
    assert "`{{ snippet:steps }}` is more than a paragraph" in problem.message


def test_a_snippet_of_a_paragraph_stands_within_a_line(root: Path) -> None:
    put(root, "_snippets/ru/hours.md", "from nine\nto five")
    put_article(root, "Open {{ snippet:hours }} today.")
    assert article(root).body == "Open from nine to five today."


def test_a_dead_link_of_a_snippet_is_told_as_it_is_written_there(root: Path) -> None:
    put(root, "_snippets/ru/contact.md", "See [a](../../ru/faq/delivery/refunt.md#x).")
    put_article(root, "{{ snippet:contact }}\n")
    put_article(root, "Text", "ru/faq/delivery/refund.md", id="b2x7n")
    library = loaded(root)
    (problem,) = check(library, root)
    assert (problem.path, problem.line) == ("_snippets/ru/contact.md", 1)
    assert problem.message.startswith("links to ../../ru/faq/delivery/refunt.md#x, which does not")
    assert problem.remedy == "Nearest: ../../ru/faq/delivery/refund.md"
