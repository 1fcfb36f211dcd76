"""kb.content.markdown: text is shown as its author meant it."""

from __future__ import annotations

import re

import pytest

from kb.content.sanitize import Callout, Heading, headings, sections, slugify, to_html


def test_paragraphs_and_emphasis() -> None:
    html = to_html("Это **важно**, *очень*, ~~нет~~ и `код <b>`.")
    assert html == (
        "<p>Это <strong>важно</strong>, <em>очень</em>, <del>нет</del>"
        " и <code>код &lt;b&gt;</code>.</p>"
    )


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Когда придут деньги", "когда-придут-деньги"),
        ("Что делать, если не помогло?", "что-делать-если-не-помогло"),
        ("E-05: лидар закрыт", "e-05-лидар-закрыт"),
        ("Wi‑Fi 2.4 ГГц — сеть", "wi-fi-24-ггц-сеть"),
        ("Ёлка\u00a0и\u00a0йод", "ёлка-и-йод"),
        ("и\u0306од", "йод"),
        ("За\u0301мок и само\u00adкат", "замок-и-самокат"),
        ("?!", "section"),
        ("", "section"),
    ],
)
def test_anchors_are_readable(text: str, anchor: str) -> None:
    assert slugify(text) == anchor


def test_anchors_are_unique_in_a_page() -> None:
    html = to_html("## A\n## A\n## A-2\n## A\n## **A** `x` &amp; [y](z)")
    found = [heading.anchor for heading in headings(html)]
    assert found == ["a", "a-2", "a-2-2", "a-3", "a-x-y"]


def test_a_heading_may_name_its_anchor() -> None:
    html = to_html("## Pinout{#pins}\n## A *b* {#Own-1}\n## Again {#pins}\n## Use `{#x}`\n## {#y}")
    assert headings(html) == (
        Heading(2, "pins", "Pinout"),
        Heading(2, "Own-1", "A b"),
        Heading(2, "pins-2", "Again"),
        Heading(2, "use-x", "Use {#x}"),
        Heading(2, "y", "{#y}"),
    )
    assert [h.anchor for h in headings(to_html("## z\n## A {#z}"))] == ["z-2", "z"]


def test_the_title_level_is_left_to_the_page() -> None:
    assert headings(to_html("# Один\n### Три")) == (
        Heading(2, "один", "Один"),
        Heading(3, "три", "Три"),
    )


def test_callouts_have_three_kinds_and_a_word() -> None:
    titles: dict[Callout, str] = {"note": "Важно", "careful": "Осторожно", "danger": "Опасно"}
    html = to_html(
        '!!! warning\n    Раз.\n\n    Два.\n\n!!! tip "Совет"\n    Три.', callout_titles=titles
    )
    assert '<div class="callout callout-careful">\n<p class="callout-title">Осторожно</p>' in html
    assert '<div class="callout callout-note">\n<p class="callout-title">Совет</p>' in html
    assert html.count("<p>") == 3


def test_a_sentence_of_exclamations_is_no_callout() -> None:
    assert "callout" not in to_html("!!! Это очень важно")


def test_details_hold_every_indented_block() -> None:
    html = to_html(
        '??? note "Почему?"\n    Раз.\n\n    - два\n\n???+ tip "Ещё"\n    Три.\n\nПосле.'
    )
    assert "<details>\n<summary>Почему?</summary>\n<p>Раз.</p>\n<ul>\n<li>два</li>" in html
    assert re.search(r'<details open="[^"]*">\n<summary>Ещё</summary>', html)
    assert html.endswith("</details>\n<p>После.</p>")


def test_github_alerts_become_callouts() -> None:
    html = to_html("> [!WARNING]\n> Текст **жирно**.")
    assert html.startswith('<div class="callout callout-careful">')
    assert "<strong>жирно</strong>" in html
    assert "[!" not in html


def test_tables_scroll_and_have_a_name() -> None:
    html = to_html("| Код | Что *делать* |\n|:--|--:|\n| E-01 | a\\|b |")
    assert html.startswith('<div aria-label="Код, Что делать" class="table-scroll"')
    assert '<td align="right">a|b</td>' in html
    assert "style" not in html


def test_tables_of_one_page_have_different_names() -> None:
    table = "| Код |\n|---|\n| a |\n\n"
    assert re.findall('aria-label="([^"]*)"', to_html(3 * table)) == ["Код", "Код (2)", "Код (3)"]


def test_fenced_code_works_inside_lists_callouts_and_quotes() -> None:
    text = (
        "1. Шаг:\n\n    ```bash\n    cd x\n      ls\n    ```\n2. Два\n\n"
        "!!! note\n    ~~~\n    <y>\n    ~~~\n\n> ```\n> z\n> ```"
    )
    html = to_html(text)
    assert '<pre><code class="language-bash">cd x\n  ls\n</code></pre>' in html
    assert "<pre><code>&lt;y&gt;\n</code></pre>" in html
    assert "<blockquote>\n<pre><code>z\n</code></pre>" in html
    assert html.count("<ol>") == 1


def test_markdown_in_a_fence_is_text() -> None:
    assert to_html("```\n# a\n- [b](c) *d* <!-- e -->\n```") == (
        "<pre><code># a\n- [b](c) *d* &lt;!-- e --&gt;\n</code></pre>"
    )


def test_definition_lists_and_footnotes() -> None:
    html = to_html("Срок[^1].\n\nПВЗ\n: пункт выдачи\nКурьер\n: человек\n\n[^1]: Рабочие дни.")
    assert "<dt>ПВЗ</dt>\n<dd>пункт выдачи</dd>\n<dt>Курьер</dt>" in html
    assert '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>' in html
    assert '<li id="fn:1">' in html


def test_a_list_may_touch_its_paragraph() -> None:
    assert (
        to_html("Нужно:\n- раз\n- два") == "<p>Нужно:</p>\n<ul>\n<li>раз</li>\n<li>два</li>\n</ul>"
    )


def test_unknown_tags_are_text_and_known_ones_work() -> None:
    html = to_html(
        "Введите <номер> и <order_id>, <script>x</script> <kbd>Ctrl</kbd> H<sub>2</sub>O"
    )
    assert "&lt;номер&gt; и &lt;order_id&gt;, &lt;script&gt;x&lt;/script&gt;" in html
    assert "<kbd>Ctrl</kbd> H<sub>2</sub>O" in html


def test_comments_vanish_with_what_they_hide() -> None:
    html = to_html("Раз <!-- тайна --> два\n\n<!-- ещё\n\n# тайна\n-->\n\nтри")
    assert "тайна" not in html
    assert "<p>три</p>" in html


def test_an_open_comment_is_text() -> None:
    assert to_html("<!----><!-- x") == "<p>&lt;!-- x</p>"
    assert "&lt;!-- y" in to_html("<!-- x -->\n<!-- y\n\nz")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a &amp; b & c", "a & b & c"),
        ("&lt;b&gt; &#60;i&#62;", "<b> <i>"),
        ("&amp;lt;", "&lt;"),
        ("x&nbsp;y &mdash; z", "x y — z"),
        (r"\* \[x\] \<y> \` \\", r"* [x] <y> ` \ ".strip()),
        ("`a & b`", "a & b"),
        ("![&quot;a&quot;](http://x.y/z.png)", '"a"'),
    ],
)
def test_text_is_shown_as_written(text: str, shown: str) -> None:
    ((block,),) = (part.blocks for part in sections(to_html(text)))
    assert block.text == shown
