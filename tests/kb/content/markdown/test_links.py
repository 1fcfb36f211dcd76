"""kb.content.markdown: links and pictures lead where they may, and nowhere else."""

from __future__ import annotations

import re

import pytest

from kb.content.sanitize import ImageSource, is_external, sections, to_html


def test_links_are_resolved_in_every_form() -> None:
    text = '[a](x.md "t") [b][r] [r] <a href="y.md#z">c</a> [d](<p q.md>) [e](f(g).md)\n\n[r]: w.md'
    seen: list[str] = []

    def resolve(href: str) -> str:
        seen.append(href)
        return f"/ru/{href.removesuffix('.md')}"

    html = to_html(text, resolve_link=resolve)
    assert seen == ["x.md", "w.md", "w.md", "y.md#z", "p q.md", "f(g).md"]
    assert '<a href="/ru/x">a</a> <a href="/ru/w">b</a> <a href="/ru/w">r</a>' in html


def test_a_dead_link_becomes_its_text_and_a_dead_picture_its_alt() -> None:
    html = to_html(
        "[**да** нет](x.md) ![вид](x.png) [![в](x.png)](y.md)",
        resolve_link=lambda _: None,
        resolve_image=lambda _: None,
    )
    assert html == "<p><strong>да</strong> нет вид в</p>"


def test_pictures_have_sizes_so_that_nothing_jumps() -> None:
    html = to_html("![вид](a.svg)", resolve_image=lambda _: ImageSource("/media/a.svg", 40, 30))
    assert html == (
        '<figure><a class="zoom" href="/media/a.svg">'
        '<img alt="вид" decoding="async" height="30" loading="lazy"'
        ' src="/media/a.svg" width="40"></a></figure>'
    )


def test_a_title_is_the_caption_of_a_picture_of_its_own() -> None:
    html = to_html('![вид](/media/a.svg "Слева & <b>внизу</b>")')
    assert html.endswith(
        "</a><figcaption>Слева &amp; &lt;b&gt;внизу&lt;/b&gt;</figcaption></figure>"
    )
    assert [block.text for part in sections(html) for block in part.blocks] == [
        "Слева & <b>внизу</b>"
    ]
    by_reference = to_html("![вид][a]\n\n[a]: /media/a.svg 'Слева'")
    assert "<figcaption>Слева</figcaption>" in by_reference


def test_each_picture_of_a_paragraph_is_a_figure() -> None:
    html = to_html("1. Шаг\n\n    ![a](/a.svg 'A')\n    ![b](/b.svg 'B')")
    assert html.count("<figure>") == 2
    assert "<p>" + "Шаг</p>" in html


@pytest.mark.parametrize("text", ["слово ![вид](/a.svg 'Слева')", "[![вид](/a.svg 'Слева')](b.md)"])
def test_a_picture_among_words_or_in_a_link_stays_where_it_is(text: str) -> None:
    html = to_html(text)
    assert "<figure>" not in html
    assert 'title="Слева"' in html


def test_only_links_to_other_sites_are_marked() -> None:
    html = to_html("[a](https://x.y) [b](/ru/) [c](//x.y) [d](mailto:a@b.c) <https://z.y>")
    marked = re.findall(r'href="([^"]+)" rel="noopener noreferrer nofollow"', html)
    assert marked == ["https://x.y", "//x.y", "https://z.y"]
    assert 'href="/ru/">' in html


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x", "java\tscript:x",
     "&#106;avascript:x", "jav&#x0A;ascript:x", "file:///etc/passwd", "\x01javascript:x"],
)  # fmt: skip
def test_other_schemes_lead_nowhere(target: str) -> None:
    for text in (f"[a]({target})", f'<a href="{target}">a</a>', f"[a][r]\n\n[r]: {target}"):
        assert "href" not in to_html(text)


@pytest.mark.parametrize(
    "source",
    ["http://x.y/z.png", "//x.y/z.png", r"\\x.y/z.png", r"/\x.y/z.png", "data:image/png;base64,x",
     "/\t/x.y/z.png", "&#47;/x.y/z.png", "https:x.png"],
)  # fmt: skip
def test_pictures_of_other_sites_are_never_loaded(source: str) -> None:
    for text in (f"![a](<{source}>)", f'<img src="{source}" alt="a">'):
        assert "<img" not in to_html(text)


def test_external_means_what_browsers_do() -> None:
    assert is_external(r"\\evil.example")
    assert is_external(" HTTPS:evil.example")
    assert not is_external("/ru/faq/")
    assert not is_external("mailto:a@b.c")
