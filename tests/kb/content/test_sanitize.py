"""kb.content.sanitize: nothing that attackers write is served, and sections hold visible text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from brs_kb import get_all_payloads
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from kb.content.sanitize import Block, clean, is_external, plain_html, sections, to_html
from tests.support.fixtures.campaigns import Campaign

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
        'a <!-- h1 --> <span title="h2">ok</span> ![h3](a.png)\n\n[r]: /x "h4"\n\n'
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
    "h4 h5 h6 hr i img input ins kbd label li mark ol p pre q s samp small strong sub summary sup "
    "table tbody td tfoot th thead tr u ul var".split()
)
NAMES = frozenset(
    "href rel class id src alt width height loading decoding align colspan rowspan open start "
    "tabindex role aria-label type disabled checked title".split()
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
        if tag == "input" and ("disabled", "") not in attrs:
            self.dangers.append("input that can be used")
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
    for payload in campaign.some(PAYLOADS[::20], 100):
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
