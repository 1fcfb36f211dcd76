"""kb.content.markdown.inline: escapes, entities, code spans, line breaks, brackets, tags."""

from __future__ import annotations

import pytest

from kb.content.sanitize import sections, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`` a`b ``", "<code>a`b</code>"),
        ("`  `", "<code>  </code>"),
        ("` a\n b`", "<code> a b</code>"),
        ("``a`", "``a`"),
        ("`a``b`", "<code>a``b</code>"),
        (r"`a\`b", r"<code>a\</code>b"),
        (r"\`a`b`", "`a<code>b</code>"),
        ("`[a`](b)", "<code>[a</code>](b)"),
        ("a\\\nb", "a<br>\nb"),
        ("a  \n  b", "a<br>\nb"),
        ("a \n b", "a\nb"),
        ("a\\", "a\\"),
        ("`a  \nb`", "<code>a   b</code>"),
        (r"\*a\* \a \\ \[b](c)", r"*a* \a \ [b](c)"),
        (
            "&copy; &nosuch; &#x41;&#0; &amp;copy;",
            "© &amp;nosuch; A\ufffd &amp;copy;",
        ),
        ("&#42;a&#42; &#2;x&#3;", "*a* \ufffdx\ufffd"),
        ("a <b>c</b> <i\nx>d</i>", "a <b>c</b> <i>d</i>"),
        ("1 < 2 > 0 <3 <https", "1 &lt; 2 &gt; 0 &lt;3 &lt;https"),
        ("a <?php ?> <!A <b> <![CDATA[x]]> <!-- b --> c", "a     c"),
        ("<номер *заказа*>", "&lt;номер <em>заказа</em>&gt;"),
        ('<order id="*a*" x=`>', '&lt;order id="<em>a</em>" x=`&gt;'),
        ('<order id="*a*">', '&lt;order id="*a*"&gt;'),
    ],
)
def test_a_text_reads_so(text: str, html: str) -> None:
    assert to_html(f"x {text}") == f"<p>x {html}</p>"


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[a](b \"t\")", "b"),
        ("[a](b 't (\"u\")')", "b"),
        ("[a](\nb\n(t)\n)", "b"),
        ("[a](<b c.md>)", "b c.md"),
        ("[a](b\\)c(d(e)))", "b)c(d(e))"),
        ("[a](b&auml;\\*)", "bä*"),
        ("[a](b&amp;copy;=c)", "b&amp;copy;=c"),
        ("[a [b] c](d)", "d"),
        (r"[a \] b](c)", "c"),
        ("[a `]` b](c)", "c"),
        ("[a]()", ""),
        ("[a][R  b]\n\n[r B]: c", "c"),
        ("[ẞ][]\n\n[SS]: c", "c"),
        ("[*a*]\n\n[*a*]: c", "c"),
    ],
)  # fmt: skip
def test_a_link_leads_where_it_says(text: str, href: str) -> None:
    assert f'<p><a href="{href}">' in to_html(text)


@pytest.mark.parametrize(
    "text",
    ["[a] (b)", "[a](b c)", "[a](<b)", "[a](b \"c)", "[a](<b>c)", "[a](b(c)", "[a][b]",
     "[a](b 'c'd)", "![a", "[a", "a](b)", "[]", "[ ]\n\n[a]: b"],
)  # fmt: skip
def test_what_is_no_link_stays_as_it_is_written(text: str) -> None:
    assert "<a" not in to_html(text)
    assert "<img" not in to_html(text)


def test_links_hold_no_links_but_pictures_may() -> None:
    assert to_html("[a [b](c) d](e)") == '<p>[a <a href="c">b</a> d](e)</p>'
    assert '<a href="e"><img alt="b" ' in to_html("[![b](/c)](e)")
    assert 'alt="a b c d"' in to_html("x ![a [b](c) *c* ![d](/e)](/f)")


def test_a_place_that_an_author_made_is_kept_once() -> None:
    html = to_html(
        '<a id="why"></a>\n\n## Why\n\n<a name="как"></a>\n## How\n\nx <a id="b"></a>'
        '<a id="b"></a><a id="c d"></a> <a id="e" href="/f">g</a>'
    )
    assert html == (
        '\n<h2 id="why">Why</h2>\n<a id="как"></a>\n<h2 id="how">How</h2>\n'
        '<p>x <a id="b"></a> <a href="/f">g</a></p>'
    )


def test_a_footnote_is_no_link() -> None:
    html = to_html("a[^1] [^2] ![^1](/b)\n\n[^1]: c")
    assert html.count('class="footnote-ref"') == 1
    assert "[^2]" in html
    assert 'alt="^1"' in html


def test_alternative_text_is_plain() -> None:
    ((block,),) = (
        part.blocks for part in sections(to_html("![a &amp;amp; <b>c</b> `d`](http://x.y/z)"))
    )
    assert block.text == "a &amp; c d"
