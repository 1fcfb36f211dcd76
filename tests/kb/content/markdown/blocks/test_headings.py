"""kb.content.markdown.blocks: headings, and anchors that they name themselves."""

from __future__ import annotations

import pytest

from kb.content.sanitize import Heading, headings, to_html


@pytest.mark.parametrize(
    "source",
    [
        "## Words {#own}",
        "## Words{#own}",
        "## Words {#own} ##",
        "Words {#own}\n---",
        "Words\n{#own}\n---",
        "## Words { #own }",
        "## Words {: #own .wide }",
        "## Words {#own .wide}",
        "## Words {/* #own */}",
    ],
)
def test_the_anchor_is_named_and_never_shown(source: str) -> None:
    assert headings(to_html(source)) == (Heading(2, "own", "Words"),)


def test_an_anchor_that_cannot_be_one_is_made_readable() -> None:
    assert headings(to_html("## Words {#v1.2}")) == (Heading(2, "v12", "Words"),)


@pytest.mark.parametrize("source", ["Words\nmore\n===", "# Words\tmore #"])
def test_both_kinds_of_headings(source: str) -> None:
    assert [(it.level, it.text) for it in headings(to_html(source))] == [(2, "Words more")]


@pytest.mark.parametrize("source", ["#Words", "####### Words", "Words\n\n---", "\\## Words"])
def test_what_is_no_heading(source: str) -> None:
    assert headings(to_html(source)) == ()
