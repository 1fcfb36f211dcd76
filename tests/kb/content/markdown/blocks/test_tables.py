"""kb.content.markdown.blocks: tables, as on GitHub."""

from __future__ import annotations

import pytest

from kb.content.markdown.blocks.tables import cells
from kb.content.sanitize import to_html


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("| a | b |", ["a", "b"]),
        ("a|b", ["a", "b"]),
        (" | a||  b ", ["a", "", "b"]),
        (r"| `a \| b` | c\|d |", ["`a | b`", "c|d"]),
        (r"| a \\| b \x |", [r"a \\", r"b \x"]),
        ("|", [""]),
        ("| a | |", ["a", ""]),
        ("a \\", ["a \\"]),
    ],
)
def test_a_row_has_these_cells(row: str, found: list[str]) -> None:
    assert cells(row) == found


def test_a_table_may_stand_right_below_a_paragraph() -> None:
    html = to_html("One\ntwo:\n| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter")
    assert html.startswith("<p>One\ntwo:</p>\n<div ")
    assert "<th>a</th>" in html
    assert html.endswith("</div>\n<p>After</p>")


def test_a_table_stands_inside_a_step() -> None:
    html = to_html("1. One\n\n   | a | b |\n   |--|--|\n   | 1 | 2 |\n2. Two")
    assert html.count("<ol>") == 1
    assert "<td>1</td>" in html.partition("Two")[0]


def test_code_in_a_cell_may_hold_a_bar() -> None:
    assert r"<td><code>a | b</code></td>" in to_html("| x |\n|---|\n| `a \\| b` |")


@pytest.mark.parametrize("source", ["a | b\n-- | -- | --", "a\n---", "| a |\n\n|---|"])
def test_what_lacks_a_fitting_second_row_is_none(source: str) -> None:
    assert "<table>" not in to_html(source)
