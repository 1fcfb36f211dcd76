"""Markdown of other systems means the same in ours: callouts, tabs, includes, links, headings."""

from __future__ import annotations

import pytest

from tests.support.imports import Importing, kinds

NOTE = "Before.\n\n!!! note\n    Inside.\n\nAfter.\n"
WARNING = '!!! warning "Mind"\n    Inside.\n'
SAME = {
    "docusaurus": ("Before.\n\n:::note\nInside.\n:::\n\nAfter.\n", NOTE),
    "spaced colons": ("Before.\n\n::: note\n\nInside.\n\n:::\n\nAfter.\n", NOTE),
    "own words": (
        ':::tip\nA.\n:::\n\n> [!QUESTION]\n> B.\n\n???+ example\n    C.\n\n!!! bug ""\n    D.\n',
        '!!! note "Tip"\n    A.\n\n!!! note "Question"\n    B.\n\n???+ note "Example"\n    C.\n\n'
        '!!! danger ""\n    D.\n',
    ),
    "caution outside of GitHub": (
        ":::caution\nA.\n:::\n\n!!! caution\n    B.\n",
        '!!! warning "Caution"\n    A.\n\n!!! warning "Caution"\n    B.\n',
    ),
    "title": (":::warning Mind\nInside.\n:::\n", WARNING),
    "label": (":::warning[Mind]\nInside.\n:::\n", WARNING),
    "pandoc": ('::: {.warning title="Mind"}\nInside.\n:::\n', WARNING),
    "nested colons": (
        "::::danger\nA.\n\n:::note\nB.\n:::\n\nC.\n::::\n",
        "!!! danger\n    A.\n\n    !!! note\n        B.\n\n    C.\n",
    ),
    "details": (":::details More\nInside.\n:::\n", '??? note "More"\n    Inside.\n'),
    "github": ("> [!NOTE]\n> Inside.\n>\n> More.\n", "!!! note\n    Inside.\n\n    More.\n"),
    "caution": ("> [!CAUTION]\n> Hot.\n", '!!! danger "Caution"\n    Hot.\n'),
    "folded quote": ("> [!tip]- More\n> Inside.\n", '??? note "More"\n    Inside.\n'),
    "a quote stays": ("> Said he.\n", "> Said he.\n"),
    "yfm": ('{% note warning "Mind" %}\n\nInside.\n\n{% endnote %}\n', WARNING),
    "yfm cut": ('{% cut "More" %}\n\nInside.\n\n{% endcut %}\n', '??? note "More"\n    Inside.\n'),
    "yfm tabs": (
        "{% list tabs %}\n\n- Windows\n\n  Press it.\n\n- macOS\n\n  Hold it.\n\n{% endlist %}\n",
        "## Windows\n\nPress it.\n\n## macOS\n\nHold it.\n",
    ),
    "hugo hint": ("{{< hint danger >}}\nInside.\n{{< /hint >}}\n", "!!! danger\n    Inside.\n"),
    "hugo notice": (
        '{{% notice style="warning" title="Mind" %}}\nInside.\n{{% /notice %}}\n',
        WARNING,
    ),
    "hugo alone": ("{{< youtube dQw4 >}}\n", "[▶ Video](https://www.youtube.com/watch?v=dQw4)\n"),
    "kramdown below": ("Inside.\n{: .note }\n", "!!! note\n    Inside.\n"),
    "kramdown title": ("{: .warning-title }\n> Mind\n>\n> Inside.\n", WARNING),
    "component": ('<Callout type="warning" title="Mind">\n  Inside.\n</Callout>\n', WARNING),
    "one line": ("<Note>Inside.</Note>\n", "!!! note\n    Inside.\n"),
    "box": ('<div class="alert alert-danger">\nInside.\n</div>\n', "!!! danger\n    Inside.\n"),
    "summary": (
        "<details>\n<summary>More</summary>\n\nInside **it**.\n\n</details>\n",
        '??? note "More"\n    Inside **it**.\n',
    ),
    "braces": ("{note:warn}\nInside.\n{/note}\n", "!!! warning\n    Inside.\n"),
    "cut": ("{cut(More)}\n\nInside.\n\n{/cut}\n", '??? note "More"\n    Inside.\n'),
    "editions": ("{ifdef(public)}A{/ifdef}{ifndef(public)}B{/ifndef}C, surely.\n", "AC, surely.\n"),
    "in a step": (
        "1. One.\n\n   :::note\n   Inside.\n   :::\n\n1. Two.\n",
        "1. One.\n\n   !!! note\n       Inside.\n\n1. Two.\n",
    ),
    "tabs in a step": (
        '1. One:\n\n   <Tabs>\n   <TabItem label="A">\n\n   ```sh\n   go\n   ```\n\n'
        "   </TabItem>\n   </Tabs>\n\n1. Two.\n",
        "1. One:\n\n   **A**\n\n   ```sh\n   go\n   ```\n\n1. Two.\n",
    ),
    "in a quote": ("> :::note\n> Inside.\n> :::\n", "> !!! note\n>     Inside.\n"),
    "signs of ours": ("A \ue0020\ue003\ue0000\ue001 word here.\n", "A 00 word here.\n"),
    "never closed": (":::note\nInside.\n\nAfter.\n", "!!! note\n    Inside.\n\nAfter.\n"),
    "comments": ("A <!-- hidden --> word here.\n", "A  word here.\n"),
    "attributes": (
        '[Shop](https://shop.ru){:target="_blank"} is open.\n',
        "[Shop](https://shop.ru) is open.\n",
    ),
    "picture tag": (
        '<img src="https://x.ru/a.png" alt="A"> there.\n',
        "[A](https://x.ru/a.png) there.\n",
    ),
    "link tag": ('See <a href="https://x.ru/">it</a> there.\n', "See [it](https://x.ru/) there.\n"),
    "placeholders": ("Type <Name> there, please.\n", "Type \\<Name> there, please.\n"),
    "table of html": (
        "<table>\n<tr><th>A</th></tr>\n<tr><td>1</td></tr>\n</table>\n",
        "| A |\n| --- |\n| 1 |\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_a_text_of_another_dialect_means_the_same_here(name: str, importing: Importing) -> None:
    written, wanted = SAME[name]
    importing.run({"a/page.md": f"---\ntitle: Page\n---\n{written}"})
    assert importing.text("en/guides/a/page.md") == wanted


CODE = [
    "```md\n:::note\n{% if x %} {{ y }} <Tabs> [[z]] <!-- c -->\n```\n",
    "~~~~\n> [!NOTE]\n```\n~~~~\n",
    "Type `{{ x }}`, `` `<Tabs>` `` and `:::`.\n",
    "1. Step:\n\n   ```yaml\n   a:\n     - {{ b }}\n\n   c: 1\n   ```\n\n2. Next.\n",
    "- ```sh\n  go {% x %}\n  ```\n",
    "> ```\n> {{ quoted }}\n> ```\n",
]


@pytest.mark.parametrize("written", CODE)
def test_code_is_left_alone(written: str, importing: Importing) -> None:
    importing.run({"a/page.md": f"---\ntitle: Page\n---\n{written}"})
    assert importing.text("en/guides/a/page.md") == written


def test_includes_are_put_in_place_and_never_run_in_circles(importing: Importing) -> None:
    result = importing.run(
        {
            "docs/ru/a.md": (
                "# А\n\n1. Шаг:\n\n   {include(../ru/_includes/_step.md)[tags=one]}\n\n"
                "{include(/ru/_includes/_round.md)}\n\n{include(/ru/_includes/_none.md)}\n"
            ),
            "docs/ru/_includes/_step.md": (
                "{includetag(one)}\nНажмите [сюда](../b.md).\n\nПодождите.\n{/includetag}\n"
                "{includetag(two)}\nНе это.\n{/includetag}\n"
            ),
            "docs/ru/_includes/_round.md": "Круг.\n\n{include(/ru/_includes/_round.md)}\n",
            "docs/ru/b.md": "# Б\n\nТекст второй страницы.\n",
        }
    )
    assert importing.text("ru/guides/general/a.md") == (
        "1. Шаг:\n\n   Нажмите [сюда](b.md).\n\n   Подождите.\n\nКруг.\n"
    )
    assert {"Files that include themselves", "Included files that are not there"} <= kinds(result)


def test_headings_begin_at_two_and_keep_the_anchors_that_links_name(importing: Importing) -> None:
    importing.run(
        {
            "a/one.md": (
                "# One\n\n# Part\n\n## Sub\n\n"
                "[x](two.md#old-name), [y](two.md#when-is-it), [z](#part)\n"
            ),
            "a/two.md": (
                'Two\n===\n\n<a name="old-name"></a>\n\nNew name\n--------\n\n## When is it?\n\n'
                "Now.\n"
            ),
        }
    )
    assert importing.text("en/guides/a/one.md") == (
        "## Part\n\n### Sub\n\n[x](two.md#old-name), [y](two.md#when-is-it), [z](#part)\n"
    )
    assert importing.text("en/guides/a/two.md") == (
        "## New name {#old-name}\n\n## When is it?\n\nNow.\n"
    )


def test_variables_get_values_and_those_without_are_told(importing: Importing) -> None:
    files = {"a.md": "---\ntitle: For {{ shop }}\n---\nCall {{ phone }} or {var(mail)} today.\n"}
    result = importing.run(files, variables={"shop": "Vega", "phone": "8-800"})
    text = importing.article("en/guides/general/a.md")
    assert "title: For Vega" in text
    assert "Call 8-800 or mail today." in text
    assert "Variables without a value, now bare words" in kinds(result)


SUMMARIES = {
    "First. Second one here.": "First. Second one here.",
    "# Page\n\n![x](y.png)\n\n- a list\n\nThe **first** [words](https://x.ru) of it.": (
        "The first words of it."
    ),
    f"{'Word ' * 30}end. {'More ' * 30}end.": f"{'Word ' * 30}end.",
}


@pytest.mark.parametrize("body", SUMMARIES)
def test_the_summary_is_of_whole_sentences(body: str, importing: Importing) -> None:
    importing.run({"a/page.md": f"---\ntitle: Page\n---\n{body}\n"})
    line = importing.article("en/guides/a/page.md").split("\n")[3]
    assert line == f"summary: {SUMMARIES[body]}"
