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
    "a raw tag that is left open ends with its block": "344 476 477 494 616 630 631 642 643",
    "tags that nobody may use are text, and comments leave nothing": "491 613 614 615 617 623 629",
    "a picture has an alternative text, be it empty": "475",
    "links of other schemes than the web's, mail's and telephone's are text": "596 598 599 601",
    "bare addresses are links, as on GitHub": "602 608 611 612",
}
"""Examples of CommonMark that we read otherwise, by reason."""
PENDING = frozenset(
    f"{name} {number}"
    for name, numbers in {
        "commonmark-0.31.2": """
        1 2 3 5 7 11 21 24 31 34 46 53 63 64 68 71 73 75 76 81 82 84 86 92 94 95 99 101
        112 118 126 127 128 129 130 134 137 139 144 146 148 150 151 155 156 157 158 159
        161 162 163 164 165 166 167 169 170 171 172 173 176 177 178 180 182 183 186 187
        189 194 195 196 201 204 213 216 234 235 236 237 242 249 252 257 264 265 266 267
        268 270 271 273 274 278 279 280 281 282 283 284 286 287 288 290 296 297 299 300
        301 302 308 309 312 313 314 315 316 317 318 319 321 324 524 536 544 549 551 552
        646
        """,
        "github-0.29": "200 201 205 279 280",
    }.items()
    for number in numbers.split()
)
"""Examples that we do not read yet as they are meant."""


def cases(without: frozenset[str]) -> list[SpecificationExample]:
    return [row for rows in examples().values() for row in rows if row.key not in without]


EXCEPTIONS = PENDING | {
    f"commonmark-0.31.2 {number}" for numbers in ON_PURPOSE.values() for number in numbers.split()
}


@pytest.mark.parametrize("example", cases(EXCEPTIONS), ids=lambda example: str(example.key))
def test_an_example_means_what_the_specification_says(example: SpecificationExample) -> None:
    assert outline(to_html(example.markdown)) == outline(example.html)


def test_the_oracle_reads_the_examples_as_the_specification_does() -> None:
    for example in cases(frozenset(OTHERWISE)):
        read = commonmark_html if example.key.startswith("commonmark") else github_html
        assert outline(read(example.markdown)) == outline(example.html), example.key
