"""Lists keep what belongs to an item, however far it is indented: two spaces, three or four."""

from __future__ import annotations

import re

import pytest

from kb.content.sanitize import to_html


def tags(markdown_text: str) -> str:
    """Tags of blocks, opened and closed, with the text between them."""
    html = to_html(markdown_text)
    return re.sub(r"\s*\n\s*", "", re.sub(r"<(/?)(figure|a|img)[^>]*>", r"<\1\2>", html))


def indented(text: str, spaces: int) -> str:
    return "\n".join(" " * spaces + line if line else line for line in text.split("\n"))


INSIDE = {
    "text": ("Text.\nMore.", "<p>Text.More.</p>"),
    "picture": ("![x](a.png)", "<figure><a><img></a></figure>"),
    "code": ("```\na\n  b\n```", "<pre><code>ab</code></pre>"),
    "quote": ("> Said.", "<blockquote><p>Said.</p></blockquote>"),
    "bullets": ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
}


@pytest.mark.parametrize("spaces", [3, 4])
@pytest.mark.parametrize("what", INSIDE)
def test_steps_go_on_after_what_stands_between_them(what: str, spaces: int) -> None:
    source, html = INSIDE[what]
    found = tags(f"1. One\n\n{indented(source, spaces)}\n\n2. Two\n3. Three")
    # The last two touch: they may be tight or loose, as long as the list is one.
    assert found.count("<ol") == 1
    assert html in found
    assert re.sub(r"</?p>", "", found).endswith("<li>Two</li><li>Three</li></ol>")


@pytest.mark.parametrize("spaces", [2, 4])
def test_bullets_go_on_too(spaces: int) -> None:
    found = tags(f"- One\n\n{indented('Text.', spaces)}\n\n- Two\n\nEnd.")
    assert found == "<ul><li><p>One</p><p>Text.</p></li><li><p>Two</p></li></ul><p>End.</p>"


@pytest.mark.parametrize(
    "source",
    [
        "- A\n  - B\n    - C\n- D",
        "- A\n    - B\n        - C\n- D",
        "* A\n   * B\n      * C\n* D",
    ],
)
def test_lists_in_lists_keep_their_level(source: str) -> None:
    expected = "<ul><li>A<ul><li>B<ul><li>C</li></ul></li></ul></li><li>D</li></ul>"
    assert tags(source) == expected


def test_steps_in_steps() -> None:
    source = "1. A\n   1. B\n      - C\n\n        Text.\n   2. D\n2. E"
    found = re.sub(r"</?p>", "", tags(source))
    assert found == (
        "<ol><li>A<ol><li>B<ul><li>CText.</li></ul></li><li>D</li></ol></li><li>E</li></ol>"
    )


def test_code_below_a_step_keeps_its_own_indent() -> None:
    assert "<code>if x:\n    y\n</code>" in to_html(
        "1. Run:\n   ```\n   if x:\n       y\n   ```\n2. Done"
    )


def test_a_note_below_a_step_holds_its_text() -> None:
    for source in ("1. One\n\n   !!! note\n       Text.\n\n       More.\n\n2. Two",):
        found = tags(source)
        assert found.count("<ol") == 1
        assert "<p>Text.</p><p>More.</p></div></li><li>" in found


@pytest.mark.parametrize("apart", ["## Else", "***", "---"])
def test_headings_and_rules_end_a_list(apart: str) -> None:
    found = tags(f"- a\n- b\n{apart}\n\n  - x\n  - y")
    assert found.endswith("<ul><li>x</li><li>y</li></ul>")
    assert "<pre>" not in found


def test_comments_are_passed_by() -> None:
    found = tags("<!--\n```\n1. no\n-->\n\n1. One\n\n   Text.\n\n2. Two")
    assert found == "<ol><li><p>One</p><p>Text.</p></li><li><p>Two</p></li></ol>"


def test_what_the_parser_takes_for_no_list_is_none() -> None:
    assert "<pre>" not in to_html("> Note.\n1. step\n\n   ![p](x.png)\n\n2. step two")


def test_a_list_ends_where_text_stands_at_its_margin() -> None:
    assert tags("1. One\n\nText.\n\n   Three.").startswith("<ol><li>One</li></ol><p>Text.</p>")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("0. a", '<ol start="0"><li>a</li></ol>'),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("1. a\n1) b", "<ol><li>a</li></ol><ol><li>b</li></ol>"),
        ("Text\n1. a", "<p>Text</p><ol><li>a</li></ol>"),
        ("Text\n2. a", "<p>Text2. a</p>"),
        ("1. a\n\n\n2. b", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("- a\n  - b\n\n  c", "<ul><li><p>a</p><ul><li>b</li></ul><p>c</p></li></ul>"),
        ("- a\n\n      code", "<ul><li><p>a</p><pre><code>code</code></pre></li></ul>"),
    ],
)
def test_lists_are_read_as_the_specification_says(source: str, html: str) -> None:
    assert tags(source) == html


def test_tasks_have_a_box() -> None:
    html = to_html("- [ ] One *a*\n- [x] Two\n\n  More\n- [ ]\n- [y] no")
    box = '<input{} disabled="" type="checkbox">'
    assert f"<p><label>{box.format('')} One <em>a</em></label></p>" in html
    assert f"<p><label>{box.format(' checked=' + chr(34) * 2)} Two</label></p>\n<p>More</p>" in html
    assert html.count("<input") == 2


def test_terms_and_definitions() -> None:
    found = tags("A\n: one\n: two\n\n  more\nB\nC\n\n: three\n\nEnd")
    assert found == (
        "<dl><dt>A</dt><dd>one</dd><dd><p>two</p><p>more</p></dd>"
        "<dt>B</dt><dt>C</dt><dd><p>three</p></dd></dl><p>End</p>"
    )
