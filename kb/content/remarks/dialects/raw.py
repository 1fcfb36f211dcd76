"""Leftovers as most modules of this package tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof

MESSAGE = "readers see `{shown}` as text"


@dataclass(frozen=True)
class RawForm:
    """A form that is never meant as text: its looks, and what to do about it."""

    pattern: re.Pattern[str]
    name: str
    """All of one name are told once an article; "" tells each by itself."""
    remedy: str
    kind: FaultKind = FaultKind.RAW_MARK


def raw(form: RawForm, shown: str) -> Leftover:
    """The leftover of a form that readers see as `shown`."""
    return Leftover(form.kind, shown.strip(), MESSAGE, form.remedy, name=form.name)


def within_blocks(proof: Proof, forms: Sequence[RawForm]) -> Iterator[Leftover]:
    """Every place of the forms in the page's text."""
    for block in proof.blocks:
        for form in forms:
            yield from (raw(form, match[0]) for match in form.pattern.finditer(block.text))


def at_line_starts(proof: Proof, forms: Sequence[RawForm]) -> Iterator[Leftover]:
    """Every line of a paragraph or an item that begins with one of the forms."""
    for block in proof.blocks:
        if block.tag in ("p", "li", "dd", ""):
            for line in block.lines:
                yield from (raw(form, line) for form in forms if form.pattern.match(line))
