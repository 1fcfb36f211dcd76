"""The examples of the specifications, by section, and those that we read otherwise on purpose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tests.support.fixtures.encoder_fixture import REPOSITORY

FOLDER = REPOSITORY / "tests" / "data" / "commonmark"
COMMONMARK, GITHUB = "commonmark-0.31.2", "github-0.29"


@dataclass(frozen=True)
class SpecificationExample:
    """`key` is the specification and the number there, as in "commonmark-0.31.2 7"."""

    key: str
    section: str
    markdown: str
    html: str


@cache
def examples() -> Mapping[str, tuple[SpecificationExample, ...]]:
    """Section → its examples, in order."""
    found: dict[str, list[SpecificationExample]] = {}
    for name in (COMMONMARK, GITHUB):
        for row in json.loads((FOLDER / f"{name}.json").read_text("utf-8")):
            key = f"{name} {row['number']}"
            example = SpecificationExample(key, row["section"], row["markdown"], row["html"])
            found.setdefault(row["section"], []).append(example)
    return {section: tuple(rows) for section, rows in found.items()}
