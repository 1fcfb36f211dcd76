"""kb.content.markdown: the examples of CommonMark and GitHub mean here what they mean there."""

from __future__ import annotations

import pytest

from kb.content.sanitize import to_html
from tests.support.markdown.examples import SpecificationExample, examples
from tests.support.markdown.oracle import commonmark_html, github_html
from tests.support.markdown.outline import outline

OTHERWISE = {
    "github-0.29 632": "the oracle links an address before an underscore",
}
"""Examples that the oracle reads otherwise than the specification, each with the reason."""
ON_PURPOSE = {
    "a raw tag that is left open ends with its block": (
        "21 31 187 344 476 477 494 616 630 631 642 643"
    ),
    "tags that nobody may use are text, and comments leave nothing": (
        "150 163 170 171 172 173 176 178 180 201 491 524 536 613 614 615 617 623 629"
    ),
    "a tag that is never finished is text": "156 157 158",
    "a picture has an alternative text, be it empty": "475",
    "links of other schemes than the web's, mail's and telephone's are text": "596 598 599 601",
    "bare addresses are links, as on GitHub": "602 608 611 612",
}
"""Examples of CommonMark that we read otherwise, by reason."""
EXCEPTIONS = frozenset(
    f"commonmark-0.31.2 {number}" for numbers in ON_PURPOSE.values() for number in numbers.split()
)


def cases(without: frozenset[str]) -> list[SpecificationExample]:
    return [row for rows in examples().values() for row in rows if row.key not in without]


@pytest.mark.parametrize("example", cases(EXCEPTIONS), ids=lambda example: str(example.key))
def test_an_example_means_what_the_specification_says(example: SpecificationExample) -> None:
    assert outline(to_html(example.markdown)) == outline(example.html)


def test_the_oracle_reads_the_examples_as_the_specification_does() -> None:
    for example in cases(frozenset(OTHERWISE)):
        read = commonmark_html if example.key.startswith("commonmark") else github_html
        assert outline(read(example.markdown)) == outline(example.html), example.key
