"""Anchors of a source's texts hold here: of headings in HTML, of places, of attribute lists."""

from __future__ import annotations

import pytest

from tests.support.imports import Importing, kinds

SAME = {
    "heading of html": (
        '<h2 id="reboot">Reboot it</h2>\n\nHold. [1](#reboot)\n',
        "## Reboot it {#reboot}\n\nHold. [1](#reboot)\n",
    ),
    "over lines": (
        "Text.\n<h3 id='left' class=\"x\">\n  Left <code>files</code>\n</h3>\nMore.\n",
        "Text.\n\n### Left <code>files</code> {#left}\n\nMore.\n",
    ),
    "nobody links to it": ('<h2 id="a1">Words</h2>\n\nHold.\n', "## Words {#a1}\n\nHold.\n"),
    "place inside a heading": (
        'A.\n\n## <a id="colour"></a>Colours\n\nB.\n',
        "A.\n\n## Colours {#colour}\n\nB.\n",
    ),
    "two for a heading": (
        'A.\n\n<a id="old"></a>\n<a name="new"></a>\n\n## Colours {#own}\n\nB.\n',
        'A.\n\n## Colours<a id="old"></a><a id="new"></a> {#own}\n\nB.\n',
    ),
    "before a callout": (
        '<a id="reset"></a>\n:::danger\nHot.\n:::\n',
        '<a id="reset"></a>\n\n!!! danger\n    Hot.\n',
    ),
    "before a list": (
        '<a name="formats"></a>\n\n- MP4\n- MOV\n',
        '- <a id="formats"></a>MP4\n- MOV\n',
    ),
    "before steps in a step": (
        '1. One.\n\n   <a name="b"></a>\n\n   Two.\n',
        '1. One.\n\n   <a id="b"></a>Two.\n',
    ),
    "before a table": (
        '<a name="t"></a>\n\n| A | B |\n|---|---|\n| 1 | 2 |\n',
        '<a id="t"></a>\n\n| A | B |\n|---|---|\n| 1 | 2 |\n',
    ),
    "within words": (
        'It takes <a id="amps"></a>10 A.\n',
        'It takes <a id="amps"></a>10 A.\n',
    ),
    "of any tag": (
        'It takes <span id="amps">10 A</span>. [1](#amps)\n',
        'It takes <a id="amps"></a>10 A. [1](#amps)\n',
    ),
    "kramdown below a heading": (
        "A.\n\n## Unlock\n{: #unlock-it .x }\n\nB.\n",
        "A.\n\n## Unlock {#unlock-it}\n\nB.\n",
    ),
    "below an underlined heading": (
        "A.\n\nUnlock\n------\n{: #unlock-it}\n\nB.\n",
        "A.\n\n## Unlock {#unlock-it}\n\nB.\n",
    ),
    "of a list": ("1. one\n2. two\n{: .x #steps}\n", '1. <a id="steps"></a>one\n2. two\n'),
    "of a paragraph": ("A para.\n{: #para }\n\nB.\n", '<a id="para"></a>A para.\n\nB.\n'),
    "of the block below": ("A.\n\n{: #para }\nB.\n", 'A.\n\n<a id="para"></a>B.\n'),
    "classes of an item": ("- item {: .x }\n- two\n", "- item\n- two\n"),
    "in a comment": ("A.\n\n## Words {/* #own */}\n\nB.\n", "A.\n\n## Words {#own}\n\nB.\n"),
    "contents": ("* TOC\n{:toc}\n\nA.\n", "A.\n"),
    "contents below a heading": (
        "A.\n\n## Contents\n{: .no_toc }\n\n1. TOC\n{:toc}\n\n---\n\n## B\n\nC.\n",
        "A.\n\n## B\n\nC.\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_anchors_hold(name: str, importing: Importing) -> None:
    written, expected = SAME[name]
    result = importing.run({"a/page.md": f"# Page\n\n{written}", "a/b.md": "# Other\n\nText.\n"})
    assert importing.text("en/guides/a/page.md") == expected
    assert "Links to headings that are not there" not in kinds(result)


def test_links_of_other_pages_find_them(importing: Importing) -> None:
    result = importing.run(
        {
            "a/page.md": '# Page\n\n<h2 id="fuse.size">Fuse</h2>\n\n<a id="x1"></a>\n\n> Q.\n',
            "a/b.md": "# Other\n\n[1](page.md#fuse.size) [2](page.md#x1) [3](page.md#x9)\n",
        }
    )
    assert "[1](page.md#fuse-size) [2](page.md#x1) [3](page.md)" in importing.text(
        "en/guides/a/b.md"
    )
    told = [it.message for it in result.findings if it.kind.startswith("Links to headings")]
    assert told == ["page.md#x9"]


def test_braces_are_no_part_of_a_title(importing: Importing) -> None:
    importing.run({"a/page.md": '# Start here { #start .landing data-x="1" }\n\n[1](#start)\n'})
    assert "title: Start here\n" in importing.article("en/guides/a/page.md")


def test_a_heading_comes_before_a_label(importing: Importing) -> None:
    importing.run(
        {
            "docusaurus.config.js": "module.exports = {url: 'https://x.example'};",
            "docs/a.md": "---\nsidebar_label: Short\n---\n# The whole title\n\nText.\n",
            "docs/b.md": "---\nsidebar_label: Label only\n---\nText.\n",
            "docs/c.md": "---\ntitle: Front\n---\n# Above\n\nText.\n",
            "docs/d.md": "---\nsidebar_label: By label\n---\n## Below\n\nText.\n",
        }
    )
    titles = [importing.article(path).split("\n")[2] for path in importing.paths]
    assert titles == [
        "title: The whole title",
        "title: Label only",
        "title: Front",
        "title: By label",
    ]


def test_a_heading_that_is_left_out_is_told(importing: Importing) -> None:
    result = importing.run({"a/page.md": "---\ntitle: Front\n---\n# Above\n\nText.\n"})
    told = [it for it in result.findings if "left out" in it.kind]
    assert [(it.line, it.message) for it in told] == [(4, "Above (the title is: Front)")]
