"""kb.content.sanitize: what authors write is shown, what attackers write is not, and time is
bounded."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from brs_kb import get_all_payloads
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from kb.content.sanitize import (
    Block,
    Callout,
    Heading,
    ImageSource,
    MarkupRefused,
    clean,
    headings,
    is_external,
    plain_html,
    sections,
    slugify,
    to_html,
)
from tests.support.campaigns import Campaign

# --- what authors may write ----------------------------------------------------------------------


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


# --- links and pictures --------------------------------------------------------------------------


def test_links_are_resolved_in_every_form() -> None:
    text = '[a](x.md "t") [b][r] [r] <a href="y.md#z">c</a> [d](<p q.md>) [e](f(g).md)\n\n[r]: w.md'
    seen: list[str] = []

    def resolve(href: str) -> str:
        seen.append(href)
        return f"/ru/{href.removesuffix('.md')}"

    html = to_html(text, resolve_link=resolve)
    assert seen == ["x.md", "w.md", "w.md", "p q.md", "f(g).md", "y.md#z"]
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


# --- sections: visible text only -----------------------------------------------------------------


def test_sections_carry_path_anchor_and_kinds() -> None:
    html = to_html(
        "Лид.\n\n## Раз\nТекст\n\n- пункт\n\n### Два\n```\nx  y\n```\n\n"
        "| a | b |\n|--|--|\n| 1 | 2 |\n\n## Три\nКонец"
    )
    found = [(part.anchor, part.headings, part.blocks) for part in sections(html)]
    assert found == [
        ("", (), (Block("text", "Лид."),)),
        ("раз", ("Раз",), (Block("text", "Текст"), Block("list_item", "пункт"))),
        (
            "два",
            ("Раз", "Два"),
            (Block("code", "x  y"), Block("table_row", "a b"), Block("table_row", "1 2")),
        ),
        ("три", ("Три",), (Block("text", "Конец"),)),
    ]


def test_a_footnote_belongs_to_the_section_that_refers_to_it() -> None:
    html = to_html("## A\nx[^n]\n\n## B\ny\n\n[^n]: Сноска.")
    assert [[block.text for block in part.blocks] for part in sections(html)] == [
        ["x", "Сноска."],
        ["y"],
    ]


def test_hidden_text_never_appears() -> None:
    html = to_html(
        '<!-- h1 --> <span title="h2">ok</span> ![h3](a.png)\n\n[r]: /x "h4"\n\n'
        '[a](b "h5")\n\n```h6\ncode\n```'
    )
    text = "\n".join(block.text for part in sections(html) for block in part.blocks)
    assert not re.search(r"h\d", text)
    assert "ok" in text
    assert "code" in text


def test_details_are_visible_text() -> None:
    html = to_html('??? note "Вопрос"\n    Ответ.')
    assert [block.text for block in sections(html)[0].blocks] == ["Вопрос", "Ответ."]


def test_plain_html_shows_text_as_it_is() -> None:
    assert plain_html("<b> & *c*\n\nd") == "<p>&lt;b&gt; &amp; *c*</p>\n<p>d</p>\n"


# --- attackers -----------------------------------------------------------------------------------

TAGS = frozenset(
    "a abbr b bdi blockquote br caption code dd del details div dl dt em figcaption figure h2 h3 "
    "h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small strong sub summary sup table tbody "
    "td tfoot th thead tr u ul var".split()
)
NAMES = frozenset(
    "href rel class id src alt width height loading decoding align colspan rowspan open start "
    "tabindex role aria-label".split()
)
ADDRESS = re.compile(r"(?:https?:|mailto:|tel:|(?![a-z0-9+.-]*:))", re.IGNORECASE)


class DangerFinder(HTMLParser):
    """Notes every node that an article's page must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.dangers.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "")
            if name not in NAMES:
                self.dangers.append(f"{tag} {name}")
            if name == "href" and not ADDRESS.match(address):
                self.dangers.append(f"{tag} {name} {value}")
            if name == "src" and (":" in address.split("/")[0] or is_external(address)):
                self.dangers.append(f"{tag} {name} {value}")
            if name == "id" and not re.fullmatch(r"[\w-]+|fn(ref\d*)?:[\w.-]+", value or ""):
                self.dangers.append(f"{tag} {name} {value}")

    def handle_comment(self, data: str) -> None:
        self.dangers.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.dangers.append(decl)

    def handle_pi(self, data: str) -> None:
        self.dangers.append(data)


def dangers(html: str) -> list[str]:
    finder = DangerFinder()
    finder.feed(html)
    finder.close()
    return finder.dangers


PAYLOADS = [str(entry["payload"]) for entry in get_all_payloads().values()]
SETTINGS = (
    "{}",
    "x {} y",
    "[a]({})",
    "![a](<{}>)",
    '<a href="{}">a</a>',
    "## {}",
    "|a|\n|-|\n|{}|",
)


@pytest.mark.campaign
def test_no_payload_of_the_corpus_leaves_a_dangerous_node(campaign: Campaign) -> None:
    assert len(PAYLOADS) == 4931
    for payload in campaign.some(PAYLOADS, 500):
        html = to_html(payload)
        assert dangers(html) == [], payload
        assert clean(html) == html, payload


@pytest.mark.campaign
@pytest.mark.parametrize("setting", SETTINGS[1:])
def test_no_payload_is_dangerous_in_any_setting(setting: str, campaign: Campaign) -> None:
    for payload in campaign.some(PAYLOADS, 100):
        html = to_html(setting.replace("{}", payload))
        assert dangers(html) == [], payload


@pytest.mark.campaign
def test_the_cleaner_holds_alone(campaign: Campaign) -> None:
    """Even when the rules for Markdown let everything through."""
    for payload in campaign.some(PAYLOADS, 1_000):
        html = clean(payload)
        assert dangers(html) == [], payload
        assert clean(html) == html, payload


@pytest.mark.parametrize(
    "text",
    [
        "<li><form><li>",
        "<li><section><li>",
        "<b><form><b>" * 20,
        "<table><form><td><a href=x><a href=y>",
    ],
)
def test_dropped_tags_leave_no_second_reading(text: str) -> None:
    for html in (clean(text), to_html(text)):
        assert clean(html) == html
        assert dangers(html) == []


def test_the_oracle_sees_danger() -> None:
    assert sum(bool(dangers(payload)) for payload in PAYLOADS) > 1500


HTML = (
    "<b> </b> <p> </p> <a href=x> <a href='javascript:x'> </a> <table> <td> </table> <svg> <math> "
    "<mtext> <style> </style> <img src=//x onerror=y> <details> <summary> <h2 id=x> <div class=x> "
    "<!-- --> <script> </script> <noscript> <template> <title> <textarea> <select> <option> &lt; "
    "&amp; \" ' > < x <li> <ul> <form> <input> <section> <iframe> ` ** [ ]( ) ![ # - | \\ : [^1]"
)
BLOCKS = (
    "\n",
    "\n\n",
    "    ",
    "```\n",
    "!!! note\n",
    "??? x\n",
    "[^1]: x",
    "\x02",
    "\x03",
    "\0",
    "\r",
)
HTML_PARTS = st.sampled_from([*HTML.split(), *BLOCKS])


@settings(max_examples=400, deadline=None)
@given(st.lists(HTML_PARTS, max_size=25).map("".join))
def test_result_is_safe_and_cleaning_is_idempotent(text: str) -> None:
    html = to_html(text)
    assert dangers(html) == []
    assert clean(html) == html
    assert clean(clean(text)) == clean(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_rendered(text: str) -> None:
    html = to_html(text)
    assert dangers(html) == []
    assert all(block.text.strip() for part in sections(html) for block in part.blocks)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_fenced_text_is_shown_unchanged(text: str) -> None:
    line = text.replace("`", "'").replace("~", "-")
    html = to_html(f"```\nx{line}x\n```")
    assert sections(html)[0].blocks[0].text == f"x{line}x"


# --- time ----------------------------------------------------------------------------------------

SIZE = 1_000_000
HOSTILE = {
    "brackets": "[", "pictures": "![", "strong": "a**b", "emphasis": "*a_ ", "links": "[x](",
    "stars": "*", "mixed stars": "***a*b**", "underscores": "_a__", "code": "`a", "escapes": "\\",
    "tags": "<b>", "blocks": "<div><p>", "open tags": "<a ", "attributes": "<a " + "x " * 500,
    "comments": "<!--", "cdata": "<![CDATA[", "entities": "&a", "autolinks": "<http://",
    "quotes": "> ", "lists": "- ", "indents": "    ", "cells": "|a", "footnotes": "[^",
    "titles": "[a](b '", "references": "[a]: b\n", "headings": "# a\n", "setext": "a\n=\n",
    "rules": "* * *\n", "paragraphs": "a\n\n", "items": "- a\n", "definitions": "a\n: b\n",
    "notes": "[^1]: x\n\n", "fences": "```\n", "callouts": "!!! note\n    a\n\n",
    "nested links": "[" * 500 + "](b)" * 500,
    "letters": "a", "spaces": " ", "real links": "[a](b) ",
}  # fmt: skip
SHAPES: dict[str, Callable[[str], str]] = {
    "one line": lambda text: text[:SIZE],
    "short lines": lambda text: "\n".join(re.findall(r"(?s).{1,90}", text))[:SIZE],
    "paragraphs": lambda text: "\n\n".join(re.findall(r"(?s).{1,900}", text))[:SIZE],
    "at the limits": lambda text: "\n".join(re.findall(r"(?s).{1,900}", text[:58_000])),
}


@pytest.mark.campaign(cases=8)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded(name: str) -> None:
    text = (HOSTILE[name] * SIZE)[:SIZE]
    for shape, build in SHAPES.items():
        hostile = build(text)
        started = time.process_time()
        with suppress(MarkupRefused):
            to_html(hostile)
        assert time.process_time() - started < 2, shape


def test_deepening_structures_are_bounded() -> None:
    texts = (
        "".join("    " * depth + "- a\n" for depth in range(500)),
        "".join("    " * depth + "!!! note\n" for depth in range(500)),
        "".join("> " * depth + "a\n" for depth in range(500)),
        "".join("`" * length + " " for length in range(1, 1400)),
        "|" + "a|" * 5000 + "\n|" + "-|" * 5000 + "\n" + ("|" + "b|" * 5000 + "\n") * 90,
        "".join("~" * (3 + n % 90) + "\na\n" for n in range(6000)),
    )
    for text in texts:
        started = time.process_time()
        with suppress(MarkupRefused):
            to_html(text[:SIZE])
        assert time.process_time() - started < 2, text[:20]


def test_a_large_ordinary_text_is_rendered() -> None:
    article = (
        "## Раздел\n\n"
        + "Обычный **текст** со [ссылкой](a.md) и `кодом`. " * 10
        + "Без разметки. " * 40
        + "\n\n- раз\n- два\n\n"
    )
    text = (article * 1000)[:SIZE]
    assert len(headings(to_html(text))) > 500


def test_too_large_text_is_refused() -> None:
    with pytest.raises(MarkupRefused, match="characters"):
        to_html("a" * (SIZE + 1))


# --- the browser's word --------------------------------------------------------------------------

PAGE = """
Лид с `кодом` и сноской[^1].

## Первая *часть*
- пункт **жирно**
- [ссылка](https://x.example) ![тайна](/a.png)

??? note "Вопрос"
    Ответ <!-- тайна --> <span hidden title="тайна">виден</span>.

!!! danger "Не так"
    Текст

| Код | Что |
|-----|-----|
| E-1 | Да  |

```bash
cd  "x" && ls <y>
```

Термин
:   Смысл

[^1]: Слова сноски.
"""


@pytest.mark.browser
def test_sections_are_what_a_browser_shows(browser: Browser) -> None:
    html = to_html(PAGE)
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(html.replace("<details>", "<details open>"))
    shown = " ".join(page.inner_text("body").split())
    page.close()
    blocks = [block for part in sections(html) for block in part.blocks]
    assert len(blocks) == 13
    for block in blocks:
        words = block.text.replace("сноской.", "сноской1.").split()  # the mark is no word of it
        assert " ".join(words) in shown
    assert "тайна" not in shown
