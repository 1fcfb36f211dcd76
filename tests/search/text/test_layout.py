"""Rules of laying out: what belongs together comes as one block."""

from __future__ import annotations

import pytest

from search.model import LayoutBlock
from search.text.layout import MAX_HEADINGS, blocks, split_sentences

MANY = 30_000


def only(html: str) -> LayoutBlock:
    (block,) = blocks(html)
    return block


def test_steps_keep_their_lead_in_and_first_number() -> None:
    found = only('<p>To reset it:</p><ol start="3"><li>Press.</li><li><p>Wait.</p></li></ol>')
    assert (found.kind, found.lead, found.start) == ("steps", "To reset it:", 3)
    assert found.parts == ("Press.", "Wait.")


def test_lists_inside_an_item_are_lines_of_it() -> None:
    found = only("<ul><li>One<ol><li>a</li><li>b</li></ol>end</li><li>Two</li></ul>")
    assert found.parts == ("One\n\ta\n\tb\nend", "Two")
    deep = only("<ul><li>" + "<ul><li>x" * 9 + "</ul></li></ul>")
    assert deep.parts == ("\n".join("\t" * min(depth, 3) + "x" for depth in range(1, 10)),)


def test_an_item_holds_whatever_stands_in_it() -> None:
    found = only(
        "<ol><li><p>Open:</p><pre><code>one\n  two\n</code></pre>"
        '<div class="callout callout-note"><p class="callout-title">Note</p><p>Mind it.</p></div>'
        "<table><tr><td>a</td><td>b</td></tr></table></li></ol>"
    )
    assert found.parts == ("Open:\none\n  two\nNote\nMind it.\na b",)


def test_a_sentence_before_another_heading_introduces_nothing() -> None:
    kinds = [block.kind for block in blocks("<p>See:</p><h2>Other</h2><ul><li>x</li></ul><p>:</p>")]
    assert kinds == ["paragraph", "list", "paragraph"]


def test_only_the_end_of_a_long_paragraph_introduces() -> None:
    long = "This is said at length. " * 20
    paragraph, steps = blocks(f"<p>{long}Now do this:</p><ol><li>x</li></ol>")
    assert paragraph.parts == (long.strip(),)
    assert steps.lead == "Now do this:"


def test_rows_keep_their_column_heads() -> None:
    html = "<table><tr><th>Code</th><th>Do</th></tr><tr><td>F-1</td><td>fill it</td></tr></table>"
    found = only(f"<p>Codes:</p>{html}")
    assert (found.head, found.parts, found.lead) == (("Code", "Do"), ("F-1\tfill it",), "Codes:")
    captioned = blocks(f"<p>Codes:</p>{html.replace('<tr>', '<caption>All</caption><tr>', 1)}")
    assert [block.lead for block in captioned] == ["", "All"]


def test_a_callout_keeps_title_body_and_tone() -> None:
    html = (
        '<div class="callout callout-danger"><p class="callout-title">Hot</p>'
        "It is <b>hot</b>.<ul><li>Wait.</li></ul></div>"
    )
    found = only(html)
    assert (found.kind, found.title, found.tone) == ("callout", "Hot", "danger")
    assert found.parts == ("It is hot.", "\tWait.")


def test_definitions_keep_their_terms() -> None:
    first, second, third = blocks(
        "<dl><dt>DHCP</dt><dt>Auto</dt><dd>Nothing to do.</dd><dd>Really.</dd>"
        "<div><dt>PPPoE</dt><dd><p>A login.</p><p>A password.</p></dd></div></dl>"
    )
    assert (first.title, first.parts) == ("DHCP\nAuto", ("Nothing to do.",))
    assert (second.title, second.parts) == ("DHCP\nAuto", ("Really.",))
    assert (third.title, third.parts) == ("PPPoE", ("A login.", "A password."))


def test_headings_stand_above_what_they_head() -> None:
    found = blocks(
        '<p>Lead.</p><h2 id="a">A</h2><h3 id="b">B</h3><p>In B.</p><h2>C</h2><p>In C.</p>'
    )
    assert [(block.anchor, block.headings) for block in found] == [
        ("", ()),
        ("b", ("A", "B")),
        ("b", ("C",)),
    ]


def test_the_summary_of_a_fold_is_a_heading() -> None:
    fold = "<details><summary>Why?</summary><p>So.</p><h3>Deep</h3><p>In.</p></details>"
    found = blocks(f'<h2 id="a">A</h2>{fold}<p>After.</p>')
    assert [block.headings for block in found] == [("A", "Why?"), ("A", "Why?", "Deep"), ("A",)]
    assert {block.anchor for block in found} == {"a"}


def test_footnotes_belong_to_the_section_that_refers_to_them() -> None:
    mark = '<sup><a class="footnote-ref" href="#fn:1">1</a></sup>'
    note = '<li id="fn:1"><p>Up to. <a class="footnote-backref" href="#fnref:1">back</a></p></li>'
    found = blocks(
        f'<h2 id="a">A</h2><p>Fast{mark}.</p><h2 id="b">B</h2><p>x</p>'
        f'<div class="footnote"><hr><ol>{note}<li id="fn:2"><p>Of nothing.</p></li></ol></div>'
    )
    assert [(block.headings, block.parts[0]) for block in found] == [
        (("A",), "Fast."),
        (("B",), "x"),
        (("A",), "Up to."),
        ((), "Of nothing."),
    ]


def test_captions_of_pictures_are_left_out_and_tables_in_figures_are_not() -> None:
    found = only("<figure><table><tr><td>1</td></tr></table><figcaption>Fig.</figcaption></figure>")
    assert (found.kind, found.parts) == ("table", ("1",))


def test_text_that_stands_loose_is_a_paragraph() -> None:
    found = blocks("one <b>two</b><blockquote>three</blockquote>four<hr>five")
    assert [block.parts for block in found] == [("one two",), ("three",), ("four",), ("five",)]


def test_code_keeps_its_lines() -> None:
    found = only("<p>Type:</p><pre><code>a\n  b\n</code></pre>")
    assert (found.kind, found.lead, found.parts) == ("code", "Type:", ("a\n  b",))


@pytest.mark.parametrize(
    "piece",
    [
        "<div>x",
        "<p>x</p>",
        "<ul><li>x",
        "<ol><li>x</li></ol>",
        "<details><summary>s</summary>x",
        "<blockquote><p>x",
        "<table><tr><td>x",
        "<tr>",
        "<dl><dt>x",
        '<div class="callout callout-note">x',
        '<div class="footnote"><ol><li id="fn:1">x',
        '<a class="footnote-ref" href="#fn:1">',
        "<h2>x",
        "<h2>x</h2>:",
        "<pre>x",
        "x. ",
        ":",
    ],
)
def test_hostile_pages_are_read_in_one_walk(piece: str) -> None:
    """Neither recursion nor work that grows faster than the page: else this would not end."""
    for block in blocks(piece * MANY):
        assert len(block.headings) <= MAX_HEADINGS


def test_abbreviations_end_no_sentence() -> None:
    text = "Ask A. Smith, e.g. Monday. Then wait (ул. Мира, г. Тверь)! «Готово». 5 days pass… no"
    assert split_sentences(text) == [
        "Ask A. Smith, e.g. Monday.",
        "Then wait (ул. Мира, г. Тверь)!",
        "«Готово».",
        "5 days pass… no",
    ]


def test_a_table_of_contents_answers_nothing_and_is_introduced_by_nobody() -> None:
    contents = '<ul><li><a href="#a">One</a></li><li><a href="#b"><em>Two</em></a></li></ul>'
    found = blocks(f"<p>First.</p><p>In this article:</p>{contents}<p>Last.</p>")
    assert [block.parts for block in found] == [("First.",), ("Last.",)]
    kept = blocks(f"<p>See:</p>{contents.replace('#b', '/a/b')}<ul><li>none</li></ul>")
    assert [block.kind for block in kept] == ["list", "list"], "links elsewhere are no contents"
