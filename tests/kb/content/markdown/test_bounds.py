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
