"""kb.content.markdown: hostile text takes bounded time."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest

from kb.content.sanitize import MarkupRefused, headings, to_html
from tests.support.effort import effort

SIZE = 1_000_000
BUDGET = 500.0
"""Yards for one text of that size; the slowest here takes a quarter of it."""
HOSTILE = {
    "brackets": "[", "pictures": "![", "strong": "a**b", "emphasis": "*a_ ", "links": "[x](",
    "stars": "*", "mixed stars": "***a*b**", "underscores": "_a__", "code": "`a", "escapes": "\\",
    "tags": "<b>", "blocks": "<div><p>", "open tags": "<a ", "attributes": "<a " + "x " * 500,
    "comments": "<!--", "cdata": "<![CDATA[", "entities": "&a", "autolinks": "<http://",
    "quotes": "> ", "lists": "- ", "indents": "    ", "cells": "|a", "footnotes": "[^",
    "titles": "[a](b '", "references": "[a]: b\n", "headings": "# a\n", "setext": "a\n=\n",
    "rules": "* * *\n", "paragraphs": "a\n\n", "items": "- a\n", "definitions": "a\n: b\n",
    "notes": "[^1]: x\n\n", "fences": "```\n", "callouts": "!!! note\n    a\n\n",
    "nested links": "[" * 500 + "](b)" * 500,
    "letters": "a", "spaces": " ", "real links": "[a](b) ",
}  # fmt: skip
LINES: dict[str, Callable[[int], str]] = {
    "quotes": lambda n: "> " * (n % 12) + "a",
    "lists": lambda n: "  " * (n % 12) + "- a",
    "numbers": lambda n: f"{n}. a",
    "tasks": lambda _: "- [ ] a",
    "indents": lambda n: " " * (n % 90) + "a",
    "tabs": lambda _: "\t- a",
    "fences": lambda n: "~" * (3 + n % 9),
    "indented callouts": lambda n: "    " * (n % 10) + "!!! note",
    "fenced callouts": lambda n: ":" * (3 + n % 9) + "note",
    "callouts and their ends": lambda n: (":::note", "a", ":::")[n % 3],
    "alerts": lambda n: "" if n % 2 else "> > > > > [!NOTE]",
    "rows": lambda n: "|a|b|" if n != 1 else "|-|-|",
    "tables": lambda n: ("|a|", "|-|", "")[n % 3],
    "second rows": lambda _: "|-|-|",
    "notes": lambda n: f"[^{n % 1999}]: [^{n % 7}]",
    "references to notes": lambda n: "[^1] " * 9 if n else "[^1]: x",
    "definitions": lambda n: ("a", ": b", "")[n % 3],
    "terms": lambda n: "a" if n < 9_000 else ": b",
    "references": lambda n: f"[r{n}]: /x",
    "open titles": lambda n: ("[a]: b", "'x")[n % 2],
    "open labels": lambda _: "[a",
    "open addresses": lambda _: "[a]: " + "(" * 40,
    "underlines": lambda n: ("[a]: b", "===")[n % 2],
    "lazy lines": lambda n: "b" if n else "> - a",
    "html": lambda n: "" if n % 2 else "<div>",
    "comments": lambda n: ("<!-- a", "")[n % 2] if n < 19_000 else "-->",
    "rules almost": lambda _: "* " * 40 + "a",
    "named anchors": lambda _: "a {#" * 10,
}
"""Line by its number."""
SHAPES: dict[str, Callable[[str], str]] = {
    "one line": lambda text: text[:SIZE],
    "short lines": lambda text: "\n".join(re.findall(r"(?s).{1,90}", text))[:SIZE],
    "paragraphs": lambda text: "\n\n".join(re.findall(r"(?s).{1,900}", text))[:SIZE],
    "at the limits": lambda text: "\n".join(re.findall(r"(?s).{1,900}", text[:58_000])),
}


@pytest.mark.campaign(cases=8)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded(name: str) -> None:
    text = (HOSTILE[name] * SIZE)[:SIZE]
    for shape, build in SHAPES.items():
        assert rendering(build(text)) < BUDGET, shape


@pytest.mark.campaign(cases=8)
@pytest.mark.parametrize("name", LINES)
def test_hostile_lines_are_bounded(name: str) -> None:
    line = LINES[name]
    text = "\n".join(line(number) for number in range(19_999))
    assert rendering(text[:SIZE]) < BUDGET


def test_wide_rows_are_bounded() -> None:
    row = "|" + "a|" * 5_000
    assert rendering(f"{row}\n{row.replace('a', '-')}\n" + "a\n" * 19_000) < BUDGET
    assert rendering((f"{row}\n{row.replace('a', '-')}\n\n") * 49) < BUDGET


def rendering(text: str) -> float:
    """The effort of rendering or refusing `text`."""

    def render() -> None:
        with suppress(MarkupRefused):
            to_html(text)

    return effort(render, budget=BUDGET)


def test_deepening_structures_are_bounded() -> None:
    texts = (
        "".join("    " * depth + "- a\n" for depth in range(500)),
        "".join("    " * depth + "!!! note\n" for depth in range(500)),
        "".join("> " * depth + "a\n" for depth in range(500)),
        "".join("`" * length + " " for length in range(1, 1400)),
        "|" + "a|" * 5000 + "\n|" + "-|" * 5000 + "\n" + ("|" + "b|" * 5000 + "\n") * 90,
        "".join("~" * (3 + n % 90) + "\na\n" for n in range(6000)),
    )
    for text in texts:
        assert rendering(text[:SIZE]) < BUDGET, text[:20]


@pytest.mark.parametrize("character", ["&", "<", ">", '"'])
def test_what_is_escaped_in_code_is_bounded(character: str) -> None:
    """Code has no limit of marks, and the cleaner takes quadratic time in ampersands."""
    assert rendering("```\n" + (character * 99 + "\n") * 9_990) < BUDGET


def test_a_large_ordinary_text_is_rendered() -> None:
    article = (
        "## Раздел\n\n"
        + "Обычный **текст** со [ссылкой](a.md) и `кодом`. " * 10
        + "Без разметки. " * 40
        + "\n\n- раз\n- два\n\n"
    )
    text = (article * 1000)[:SIZE]
    assert len(headings(to_html(text))) > 500


def test_too_large_text_is_refused() -> None:
    with pytest.raises(MarkupRefused, match="characters"):
        to_html("a" * (SIZE + 1))
