"""kb.content.markdown.blocks: footnotes, as on GitHub."""

from __future__ import annotations

import re

from kb.content.sanitize import to_html


def items(html: str) -> list[str]:
    """Text of each note, without its way back."""
    found = re.findall(r'<li id="fn:[^"]*">(.*?)</li>\n(?=<li id|</ol>\n</div>)', html, re.DOTALL)
    return [re.sub(r"&nbsp;|↩|</?[a-z][^>]*>|\n", "", item) for item in found]


def test_notes_are_numbered_as_the_text_refers_to_them() -> None:
    html = to_html("A[^b] c[^1].\n\n[^1]: One.\n[^b]: Two.")
    assert re.findall(r'href="#fn:([^"]+)">(\d)<', html) == [("b", "1"), ("1", "2")]
    assert items(html) == ["Two.", "One."]


def test_a_note_that_nothing_refers_to_is_not_shown() -> None:
    assert to_html("A.\n\n[^1]: One.") == "<p>A.</p>"
    assert items(to_html("A[^2].\n\n[^1]: One.\n\n[^2]: Two.")) == ["Two."]


def test_a_note_may_be_referred_to_twice() -> None:
    html = to_html("A[^1] b[^1].\n\n[^1]: One.")
    targets = re.findall(r'href="#(fnref[^"]+)"', html)
    assert targets == re.findall(r'<sup id="([^"]+)"', html) == ["fnref:1", "fnref2:1"]


def test_a_note_holds_blocks() -> None:
    source = "A[^1].\n\n[^1]: One.\n\n    - a\n\n    ```\n    x\n    ```\n\nAfter."
    html = to_html(source)
    assert "<p>One.</p>\n<ul>\n<li>a</li>\n</ul>\n<pre><code>x\n</code></pre>\n<p>&nbsp;<a" in html
    assert html.index("After.") < html.index("One.")


def test_notes_may_be_anywhere_and_within_each_other() -> None:
    html = to_html("- A[^a]\n\n  [^a]: One[^b].\n\n      [^b]: Two.\n\n> [^c]: Three.\n\nB[^c].")
    assert items(html) == ["One2.", "Three.", "Two."] or items(html) == ["One3.", "Three.", "Two."]


def test_the_label_may_be_any_words() -> None:
    html = to_html("A[^мой ярлык].\n\n[^мой ярлык]: Да.")
    assert 'href="#fn:мой-ярлык"' in html
    assert '<li id="fn:мой-ярлык">' in html


def test_an_unknown_label_is_text() -> None:
    assert to_html("A[^1].") == "<p>A[^1].</p>"
