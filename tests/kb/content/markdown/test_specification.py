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
PENDING = frozenset(
    f"{name} {number}"
    for name, numbers in {
        "commonmark-0.31.2": """
        1 2 3 5 7 11 12 14 16 20 21 23 24 28 31 34 46 53 63 64 68 71 73 75 76 81 82 84 86
        92 94 95 99 101 112 118 126 127 128 129 130 134 137 138 139 144 146 148 150 151
        155 156 157 158 159 161 162 163 164 165 166 167 169 170 171 172 173 176 177 178
        180 181 182 183 186 187 189 194 195 196 201 202 204 213 216 234 235 236 237 242
        249 252 257 264 265 266 267 268 270 271 273 274 278 279 280 281 282 283 284 286
        287 288 290 296 297 299 300 301 302 308 309 312 313 314 315 316 317 318 319 321
        324 331 332 333 334 336 344 346 352 354 368 369 380 392 416 467 468 475 476 477
        491 493 494 500 506 507 518 519 520 524 526 532 533 536 538 540 541 542 543 544
        549 550 551 552 571 573 574 575 576 577 585 589 596 597 598 599 601 603 606 613
        614 615 616 617 619 623 624 626 627 628 629 630 631 632 634 637 639 642 643 646
        """,
        "github-0.29": "200 201 205 279 280 491 493 622 623 624 625 626 627 628 629 630 631 632",
    }.items()
    for number in numbers.split()
)
"""Examples that we do not read yet as they are meant."""


def cases(without: frozenset[str]) -> list[SpecificationExample]:
    return [row for rows in examples().values() for row in rows if row.key not in without]


@pytest.mark.parametrize("example", cases(PENDING), ids=lambda example: str(example.key))
def test_an_example_means_what_the_specification_says(example: SpecificationExample) -> None:
    assert outline(to_html(example.markdown)) == outline(example.html)


def test_the_oracle_reads_the_examples_as_the_specification_does() -> None:
    for example in cases(frozenset(OTHERWISE)):
        read = commonmark_html if example.key.startswith("commonmark") else github_html
        assert outline(read(example.markdown)) == outline(example.html), example.key
