"""Laying out what is quoted: as blocks, as plain text and as Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.catalog.quoted_blocks import markdown, plain_text, quoted_blocks
from search.model import Quotation
from search.text.layout import blocks
from tests.support.libraries.block_library import HTML, QUESTIONS

PLAIN = {
    "steps": "Restore factory settings\nOn the robot:\n"
    "2. Hold <Home> & wait.\n3. Type:\n   yes\n   - or no",
    "list": "Box contents\nInside lie:\n- Robot\n- Dock",
    "table": "Lights\nColour: amber; Meaning: charging\nColour: violet; Meaning: lost\n"
    "Colour: white; Meaning: ready\nColour: green; Meaning: full",
    "callout": "Carpets\nLong fringes\nThey get caught.\nRoll them up.",
    "definition": "Modes\nTurbo: Full suction.",
    "code": "Console\nSend this command:\nvega\n  --all",
    "paragraph": "Winter storage\nKeep it dry and cool.",
}
MARKDOWN = {
    "steps": "**Restore factory settings**\n\nOn the robot:\n\n"
    "2. Hold <Home> & wait.\n3. Type:\n   yes\n   - or no",
    "list": "**Box contents**\n\nInside lie:\n\n- Robot\n- Dock",
    "table": "**Lights**\n\n| Colour | Meaning |\n| --- | --- |\n| amber | charging |\n"
    "| violet | lost |\n| white | ready |\n| green | full |",
    "callout": "**Carpets**\n\n> **Long fringes**\n>\n> They get caught.\n> Roll them up.",
    "definition": "**Modes**\n\n**Turbo**: Full suction.",
    "code": "**Console**\n\nSend this command:\n\n```\nvega\n  --all\n```",
    "paragraph": "**Winter storage**\n\nKeep it dry and cool.",
}


def of(kind: str, html: str = HTML) -> Quotation:
    """The last block of a kind: the first paragraph has no heading, the last steps are long."""
    found = [block for block in blocks(html) if block.kind == kind]
    return Quotation((found[0] if kind == "steps" else found[-1],))


@pytest.mark.parametrize("kind", QUESTIONS)
def test_plain_text_keeps_numbers_heads_and_titles(kind: str) -> None:
    assert plain_text(of(kind)) == PLAIN[kind]


@pytest.mark.parametrize("kind", QUESTIONS)
def test_markdown_is_laid_out_as_the_article(kind: str) -> None:
    assert markdown(of(kind)) == MARKDOWN[kind]


def test_headings_are_shown_where_they_change() -> None:
    html = '<p>0</p><h2 id="a">A</h2><p>1</p><p>2</p><h3>B</h3><p>3</p>'
    found = quoted_blocks(Quotation(blocks(html)))
    assert [(it.heading, it.has_new_heading) for it in found] == [
        ("", False),
        ("A", True),
        ("A", False),
        ("A › B", True),
    ]
    assert plain_text(Quotation(blocks(html))) == "0\n\nA\n1\n\n2\n\nA › B\n3"


def test_tables_without_heads_and_with_few_cells_stay_tables() -> None:
    html = '<table><tr><td colspan="2">a|b</td></tr><tr><td>c</td><td>d</td></tr></table>'
    assert plain_text(of("table", html)) == "a|b\nc; d"
    assert markdown(of("table", html)) == "|  |  |\n| --- | --- |\n| a\\|b |  |\n| c | d |"
    rows = quoted_blocks(of("table", html))[0].rows
    assert rows == (("a|b", ""), ("c", "d"))


def test_what_is_left_out_of_tables_and_lists_is_marked() -> None:
    (table,) = of("table").blocks
    part = Quotation((replace(table, parts=table.parts[:1], left_out=3),))
    assert quoted_blocks(part)[0].left_out == 3
    assert plain_text(part) == "Lights\nColour: amber; Meaning: charging\n…"
    assert markdown(part).endswith("\n| amber | charging |\n| … |  |")
    assert "…" not in part.text
    (items,) = of("list").blocks
    part = Quotation((replace(items, parts=items.parts[:1], left_out=1),))
    assert plain_text(part) == "Box contents\nInside lie:\n- Robot\n- …"
    assert markdown(part).endswith("- Robot\n- …")


def test_what_looks_like_markdown_stays_text() -> None:
    assert markdown(of("paragraph", "<p>2. May is a holiday.</p>")) == "2\\. May is a holiday."
    assert markdown(of("paragraph", "<p># is a hash.</p>")) == "\\# is a hash."
    assert markdown(of("code", "<pre>```</pre>")) == "````\n```\n````"


def test_lists_inside_are_marked_and_indented() -> None:
    steps = "<ol><li>Choose:<ul><li>a<ol><li>b</li></ol></li></ul><pre>x\n  y</pre></li></ol>"
    expected = "1. Choose:\n   - a\n     - b\n   x\n     y"
    assert plain_text(of("steps", steps)) == markdown(of("steps", steps)) == expected
    (item,) = quoted_blocks(of("steps", steps))[0].items
    assert [(line.text, line.depth) for line in item] == [
        ("Choose:", 0),
        ("a", 1),
        ("b", 2),
        ("x", 0),
        ("  y", 0),
    ]
    callout = (
        '<div class="callout callout-note"><p class="callout-title">Mind</p><p>Take:</p>'
        "<ul><li>a</li></ul></div>"
    )
    assert plain_text(of("callout", callout)) == "Mind\nTake:\n- a"
    assert markdown(of("callout", callout)) == "> **Mind**\n>\n> Take:\n> - a"
    assert of("callout", callout).text == "Mind\nTake:\na"


def test_terms_of_one_definition_stand_side_by_side() -> None:
    html = "<dl><dt>DHCP</dt><dt>Auto</dt><dd><p>None.</p><p>Really.</p></dd></dl>"
    assert plain_text(of("definition", html)) == "DHCP, Auto\nNone.\nReally."
