"""Pages whose text is no plain Markdown below YAML: MultiMarkdown, Jekyll's HTML, Hugo's names."""

from __future__ import annotations

import pytest
import yaml

from kb.imports.formats.page_texts import multimarkdown
from tests.support.imports import Importing, kinds, png

MKDOCS = "site_name: X\n"


def test_keys_of_multimarkdown_are_front_matter_of_mkdocs(importing: Importing) -> None:
    page = "Title: How to pay\nSummary: By card\n    or in cash.\n\n# Paying\n\nPay by card.\n"
    importing.run({"mkdocs.yml": MKDOCS, "docs/pay.md": page})
    head = yaml.safe_load(importing.article("en/guides/general/pay.md").split("---\n")[1])
    assert (head["title"], head["summary"]) == ("How to pay", "By card or in cash.")
    assert importing.text("en/guides/general/pay.md") == "Pay by card.\n"


@pytest.mark.parametrize(
    "text",
    ["# A\n\nText: here.\n", "Note: this is text\nthat goes on.\n", "---\na: b\n---\nText.\n"],
)
def test_what_is_no_multimarkdown_is_read_as_ever(text: str) -> None:
    assert multimarkdown.split(text).values in ({}, {"a": "b"})
    assert multimarkdown.split(text).body in (text, "Text.\n")


def test_pages_of_jekyll_in_html_land_or_are_told(importing: Importing) -> None:
    result = importing.run(
        {
            "_config.yml": "title: X\n",
            "pay.html": (
                "---\ntitle: Paying\n---\n<h1>Paying</h1>\n<p>Pay <b>by card</b>.</p>\n"
                "<ol><li>One</li><li>Two</li></ol>\n"
            ),
            "list.html": "---\ntitle: All\n---\n{% for p in site.pages %}{{ p.title }}{% endfor %}",
            "_layouts/default.html": "---\n---\n<html>{{ content }}</html>",
            "start.md": "---\ntitle: Start\n---\nText.\n",
        }
    )
    assert importing.text("en/guides/general/pay.md") == "Pay **by card**.\n\n1. One\n2. Two\n"
    told = [it.path for it in result.findings if it.kind == "Pages of other kinds, left out"]
    assert told == ["list.html"]


@pytest.mark.parametrize("name", ["screen", "screen.png"])
def test_pictures_of_hugo_by_names_without_a_suffix(importing: Importing, name: str) -> None:
    shown = f"{{{{< imgproc {name} Fit `400x` >}}}}{{{{< /imgproc >}}}}"
    page = f"---\ntitle: Guide\n---\nText.\n\n{shown}\n"
    result = importing.run(
        {
            "hugo.toml": 'title = "X"\n',
            "content/guide/index.md": page,
            "content/guide/screen.png": png(),
        }
    )
    (path,) = importing.paths
    assert "![](../../../media/guide-screen.png)" in importing.text(path)
    assert "Pictures of a kind that cannot be shown" not in kinds(result)
