"""Rules of the tree of elements."""

from __future__ import annotations

import pytest

from search.text.html_tree import Element, descendants, parse, raw_text, visible_text

MANY = 100_000


def test_elements_hold_what_stands_inside_them() -> None:
    page = parse('<h2 id="a&amp;b">A &amp; B</h2><p>One<br>two <em>three</em></p>')
    heading, paragraph = page.elements
    assert heading.attributes == {"id": "a&b"}
    assert visible_text(heading) == "A & B"
    assert [child.tag for child in paragraph.elements] == ["br", "em"]
    assert visible_text(paragraph) == "One two three"


def test_blocks_inside_a_text_keep_their_words_apart() -> None:
    (cell,) = parse("<td><p>one</p><p>t<b>w</b>o</p></td>").elements
    assert visible_text(cell) == "one two"


def test_the_box_of_a_task_is_no_text() -> None:
    (item,) = parse('<li><label><input disabled="" type="checkbox"> One</label> two</li>').elements
    assert visible_text(item) == "One two"
    assert [part.tag for part in descendants(item)] == ["label", "input"]


def test_marks_of_footnotes_are_no_text() -> None:
    html = '<p>Fast<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>.</p>'
    assert visible_text(parse(html)) == "Fast."


def test_code_keeps_its_lines() -> None:
    assert raw_text(parse("<pre><code>\na\n  b<br>c\n</code></pre>")) == "a\n  b\nc"


@pytest.mark.parametrize(
    "piece", ["<div>", "<div", "<p>x", "</div>", '<a b="', "<a ", "&", "<", "<b>x</b>"]
)
def test_pages_nest_as_deep_as_they_like(piece: str) -> None:
    page = parse(piece * MANY)
    visible_text(page)
    assert sum(1 for _ in descendants(page)) <= MANY


def test_descendants_come_in_page_order() -> None:
    page = parse("<ul><li><b>1</b></li><li>2</li></ul><p></p>")
    assert [element.tag for element in descendants(page)] == ["ul", "li", "b", "li", "p"]
    assert list(descendants(Element("p", children=["only text"]))) == []
