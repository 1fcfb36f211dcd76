"""kb.content.markdown.inline.autolinks: addresses without brackets are links."""

from __future__ import annotations

import re

import pytest

from kb.content.sanitize import to_html


def links(text: str) -> list[tuple[str, str]]:
    """Address and words of every link."""
    return re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', to_html(text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("см. https://example.com/a_b_c?x=1&y=2.", "https://example.com/a_b_c?x=1&amp;y=2"),
        ("(https://example.com/a(b)c)", "https://example.com/a(b)c"),
        ("**https://example.com/**", "https://example.com/"),
        ("«https://пример.рф/путь», дальше", "https://пример.рф/путь"),
        ("“https://example.com”… so", "https://example.com"),
        ("Сайт:http://localhost:8000/a?", "http://localhost:8000/a"),
        ("https://example.com/?a=b&copy;", "https://example.com/?a=b"),
        ("HTTPS://EXAMPLE.com", "HTTPS://EXAMPLE.com"),
        ("[см. https://example.com]", "https://example.com"),
        (r"\<https://example.com\>", "https://example.com"),
        ("https://example.com<br>далее", "https://example.com"),
    ],
)
def test_a_bare_address_is_a_link(text: str, address: str) -> None:
    assert links(text) == [(address, address)]


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        ("www.example.com/a.", "http://www.example.com/a", "www.example.com/a"),
        ("Пишите: help@shop.ru.", "mailto:help@shop.ru", "help@shop.ru"),
        ("*first.last+tag@a-b.org*", "mailto:first.last+tag@a-b.org", "first.last+tag@a-b.org"),
        ("help@shop.ru._", "mailto:help@shop.ru", "help@shop.ru"),
        ("mailto:help@shop.ru", "mailto:help@shop.ru", "mailto:help@shop.ru"),
        ("<help@shop.ru>", "mailto:help@shop.ru", "help@shop.ru"),
        ("<mailto:help@shop.ru>", "mailto:help@shop.ru", "mailto:help@shop.ru"),
        ("<https://a.b/c?d=*e*>", "https://a.b/c?d=*e*", "https://a.b/c?d=*e*"),
        ("<tel:+78000000000>", "tel:+78000000000", "tel:+78000000000"),
    ],
)
def test_what_is_shown_may_differ_from_the_address(text: str, address: str, words: str) -> None:
    assert links(text) == [(address, words)]


@pytest.mark.parametrize(
    "text",
    ["`https://a.b`", "```\nhttps://a.b www.a.b a@b.c\n```", "<code>https://a.b</code>",
     "xhttps://a.b", "https://", "http://a_b.c_d", "www.", "a.www.b.c", "a@b", "a@b.c-", "a@b.c.d_",
     "@name",
     r"help\@shop.ru", "help<!-- no link -->@shop.ru", "ftp://a.b", "<javascript:alert(1)>",
     "![https://a.b www.c.d](x.png)"],
)  # fmt: skip
def test_what_is_no_address_stays_text(text: str) -> None:
    assert "<a href=" not in to_html(text).replace('<a class="zoom" href', "")


@pytest.mark.parametrize(
    "text", ["[https://a.b/c www.d.e a@b.c](/x)", '<a href="/x">https://a.b/c www.d.e a@b.c</a>']
)
def test_a_link_holds_no_other(text: str) -> None:
    assert links(text) == [("/x", "https://a.b/c www.d.e a@b.c")]
