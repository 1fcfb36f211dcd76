"""kb.content.markdown.inline.emphasis: runs pair as CommonMark and GitHub say."""

from __future__ import annotations

import pytest

from kb.content.sanitize import to_html


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("*a* **b** ***c***", "<em>a</em> <strong>b</strong> <em><strong>c</strong></em>"),
        ("_a_ __b__ ___c___", "<em>a</em> <strong>b</strong> <em><strong>c</strong></em>"),
        ("snake_case_name __init__", "snake_case_name <strong>init</strong>"),
        ("при_станица_ *5*10*", "при_станица_ <em>5</em>10*"),
        ("a*b*c **d**e", "a<em>b</em>c <strong>d</strong>e"),
        ("2 * 3 * 4, ** not**", "2 * 3 * 4, ** not**"),
        ("**«Да»**, сказал **он.**", "<strong>«Да»</strong>, сказал <strong>он.</strong>"),
        ("*a **b***", "<em>a <strong>b</strong></em>"),
        ("*foo**bar*", "<em>foo**bar</em>"),
        ("**a*b**", "<strong>a*b</strong>"),
        ("*[a*](b)", '*<a href="b">a*</a>'),
        ("*a `*`", "*a <code>*</code>"),
        ("~a~ ~~b~~ ~~~c~~~", "<del>a</del> <del>b</del> ~~~c~~~"),
        ("от ~5 до ~10", "от ~5 до ~10"),
        ("~~a~ b~~", "<del>a~ b</del>"),
        ("~~**a** b~~", "<del><strong>a</strong> b</del>"),
    ],
)
def test_runs_pair(text: str, inside: str) -> None:
    assert to_html(f"x {text}") == f"<p>x {inside}</p>"


def test_emphasis_ends_with_its_block() -> None:
    assert to_html("*a\n\nb*") == "<p>*a</p>\n<p>b*</p>"
