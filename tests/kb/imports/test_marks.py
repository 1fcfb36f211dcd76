"""Marks that systems differ in mean here what they mean there, or are told."""

from __future__ import annotations

import pytest

from tests.support.imports import Importing, SourceTexts, png

TREES: dict[str, SourceTexts] = {
    "mkdocs": {"mkdocs.yml": "site_name: A\n"},
    "jekyll": {"_config.yml": "url: https://x.example\ncallouts:\n  mind: {color: red}\n"},
    "obsidian": {".obsidian/app.json": "{}", "cup.png": png()},
    "docusaurus": {"docusaurus.config.js": "module.exports = {url: 'https://x.example'};"},
    "hugo": {"hugo.toml": "baseURL = 'https://x.example/'\n"},
    "extras": {
        "hugo.toml": "".join(
            f"[markup.goldmark.extensions.extras.{name}]\nenable = true\n"
            for name in ("subscript", "superscript", "insert")
        )
    },
    "markdown": {},
}
PAGES = {
    **dict.fromkeys(("mkdocs", "docusaurus"), "docs/page.md"),
    **dict.fromkeys(("hugo", "extras"), "content/page.md"),
    **dict.fromkeys(("jekyll", "obsidian", "markdown"), "page.md"),
}
SAME = {
    "mkdocs, subscript": (
        "H~2~O, CO~2~, ~~gone~~, x~max~, ~5 or ~6.\n",
        "H<sub>2</sub>O, CO<sub>2</sub>, ~~gone~~, x<sub>max</sub>, ~5 or ~6.\n",
    ),
    "mkdocs, superscript": (
        "20 m^3^ and ^^new^^[^1].\n\n[^1]: Note.\n",
        "20 m<sup>3</sup> and <ins>new</ins>[^1].\n\n[^1]: Note.\n",
    ),
    "mkdocs, changes": (
        "{--old--}{++new++}{>>why<<} {~~a~>b~~} {==lit==}.\n",
        "<del>old</del><ins>new</ins> <del>a</del><ins>b</ins> <mark>lit</mark>.\n",
    ),
    "mkdocs, abbreviations": ("The HTML.\n\n*[HTML]: Hyper Text\n", "The HTML.\n"),
    "mkdocs, formulas": (
        "It is \\(x^2\\), $5 or $6.\n\n\\[\na_b\n\\]\n",
        "It is `x^2`, $5 or $6.\n\n```math\na_b\n```\n",
    ),
    "mkdocs, sizes": (
        "![A](https://x.example/a.png){width=50%} ![B](https://x.example/a.png){ align=left }\n",
        "[A](https://x.example/a.png) [B](https://x.example/a.png)\n",
    ),
    "mkdocs, icons": ("Click :material-menu:{ .big } there.\n", "Click there.\n"),
    "jekyll, single tildes": ("H~2~O and ~~gone~~.\n", "H\\~2\\~O and ~~gone~~.\n"),
    "jekyll, own callouts": ("{: .mind }\nIt is hot.\n", "!!! danger\n    It is hot.\n"),
    "jekyll, formulas": (
        "It is $$a_b$$.\n\n$$\nx^2\n$$\n",
        "It is `a_b`.\n\n```math\nx^2\n```\n",
    ),
    "docusaurus, struck": ("It is ~gone~ now.\n", "It is ~gone~ now.\n"),
    "docusaurus, emoji": (
        "Mind :warning: 10:30:45 `:tada:` it :rocket:\n",
        "Mind ⚠️ 10:30:45 `:tada:` it 🚀\n",
    ),
    "docusaurus, formulas in steps": (
        "1. One:\n\n   $$\n   x = \\frac{a}{b}\n   $$\n\n2. Two, $a+b$.\n",
        "1. One:\n\n   ```math\n   x = \\frac{a}{b}\n   ```\n\n2. Two, `a+b`.\n",
    ),
    "docusaurus, money": (
        "From $5 to $10, $HOME:$PATH, US$ 3 and $.\n",
        "From $5 to $10, $HOME:$PATH, US$ 3 and $.\n",
    ),
    "hugo, struck": ("It is ~gone~, x^2^.\n", "It is ~gone~, x^2^.\n"),
    "extras, of Goldmark": (
        "H~2~O, x^2^, ++new++.\n",
        "H<sub>2</sub>O, x<sup>2</sup>, <ins>new</ins>.\n",
    ),
    "obsidian, tasks": (
        "- [/] half\n- [x] done\n- [ ] todo\n",
        "- [x] half\n- [x] done\n- [ ] todo\n",
    ),
    "obsidian, notes": (
        "Water^[Plain *water*, [here](https://x.example).] boils^[Two.].\n",
        "Water[^note-1] boils[^note-2].\n\n"
        "[^note-1]: Plain *water*, [here](https://x.example).\n\n[^note-2]: Two.\n",
    ),
    "obsidian, queries": ("A.\n\n```dataview\nLIST\n```\n\nB.\n", "A.\n\nB.\n"),
    "obsidian, fields": (
        "State:: open\n- due:: today\n\nIt (rating:: 5) is [by:: me].\n",
        "State: open\n- due: today\n\nIt 5 is by: me.\n",
    ),
    "obsidian, tags": ("#tea/green #чай\n\nOf #tea.\n", "Of #tea.\n"),
    "obsidian, sizes": (
        "![[cup.png|A cup|100]] ![Cup|20x30](cup.png)\n",
        "![A cup](../../../media/cup.png) ![Cup](../../../media/cup.png)\n",
    ),
    "obsidian, single tildes": ("H~2~O.\n", "H\\~2\\~O.\n"),
    "obsidian, any callout": ("> [!recipe] Tea\n> Boil.\n", '!!! note "Tea"\n    Boil.\n'),
    "obsidian, callouts of fences": (
        "```ad-warning\ntitle: Mind\nHot **tea**.\n```\n",
        '!!! warning "Mind"\n    Hot **tea**.\n',
    ),
    "obsidian, blocks": (
        "Boil it. ^ratio\n\nSee [[#^ratio|it]]. ^unused\n",
        'Boil it.<a id="ratio"></a>\n\nSee [it](#ratio).\n',
    ),
    "obsidian, code": ("`a ^b` and `#x` and `==y==`\n", "`a ^b` and `#x` and `==y==`\n"),
}
TOLD = {
    "docusaurus, emoji": ("It is :unheard_of: here.\n", "Emoji by names that are not known"),
    "mkdocs, formulas": ("It is\n\n$$\nx\n$$\n", "Formulas, shown as code"),
    "mkdocs, abbreviations": ("A.\n\n*[HTML]: H\n", "Abbreviations' meanings, taken out"),
    "obsidian, tasks": ("- [/] half\n", "States of tasks that only Obsidian has, now ticked"),
    "obsidian, queries": ("A.\n\n```tasks\n```\n", "Queries, taken out"),
    "obsidian, within": ("It is `= 2+2`.\n", "Queries within lines, shown as code"),
    "obsidian, pictures": ("![[cup.png|300]]\n", "Pictures without a description"),
}


@pytest.mark.parametrize("name", SAME)
def test_marks_mean_the_same(name: str, importing: Importing) -> None:
    written, expected = SAME[name]
    tree = name.partition(",")[0]
    importing.run({**TREES[tree], PAGES[tree]: f"---\ntitle: Page\nlang: en\n---\n{written}"})
    assert importing.text("en/guides/general/page.md") == expected


@pytest.mark.parametrize("name", TOLD)
def test_what_has_no_form_here_is_told(name: str, importing: Importing) -> None:
    written, kind = TOLD[name]
    tree = name.partition(",")[0]
    page = f"---\ntitle: Page\nlang: en\n---\n{written}"
    result = importing.run({**TREES[tree], PAGES[tree]: page})
    assert [it for it in result.findings if it.kind == kind]


def test_tags_in_notes_are_tags(importing: Importing) -> None:
    note = "---\ntags: [own]\n---\n#tea/green #важно\n\nOf #tea, not #1 or `#code`.\n"
    importing.run({**TREES["obsidian"], "page.md": note, "Map.canvas": "{}"})
    assert "tags: [own, tea/green, важно, tea]" in importing.article(importing.paths[0])


BLOCKS = {
    "admonition": (
        "/// admonition | Mind\n    type: warning\n\nInside.\n///\n",
        '!!! warning "Mind"\n    Inside.\n',
    ),
    "by its kind": ("/// note\nInside.\n///\n", "!!! note\n    Inside.\n"),
    "nested": (
        "//// details | More\nA.\n\n/// danger\nB.\n///\n\n////\n",
        '??? note "More"\n    A.\n\n    !!! danger\n        B.\n',
    ),
    "addresses": ("At https:///x it is.\n", "At https:///x it is.\n"),
    "classes between steps": ("1. A\n{: .x }\n2. B\n", "1. A\n2. B\n"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_of_mkdocs(name: str, importing: Importing) -> None:
    written, expected = BLOCKS[name]
    importing.run({**TREES["mkdocs"], "docs/page.md": f"---\ntitle: Page\n---\n{written}"})
    assert importing.text("en/guides/general/page.md") == expected
