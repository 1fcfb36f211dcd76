"""Boxes of tasks that the page shows as brackets: no bullet, no space, or a state nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import MESSAGE
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.visible_text import VisibleBlock

BOX = re.compile(r"\[[ \u00a0]{0,3}[xX✓✔]?[ \u00a0]{0,2}\][ ]{0,3}(?![\s(\[:—–=,.;)/-])")
STATE = re.compile(r"\[[-/<>?!*~+\"•]\][ ]{1,3}(?![\s(\[:—–=,.;)/-])")
"""As other programs write them in lists: begun, put off, cancelled, important."""
SURE = re.compile(r"\[[ \u00a0]+\]")
MANY = 2
REMEDY = "Write `- [ ] ` before it: a space within the brackets and one behind"
STATE_REMEDY = "Write `- [ ] ` or `- [x] `: there are no other boxes"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    for block in proof.blocks:
        if block.tag == "li":
            yield from _of_item(block)
        elif block.tag in ("p", "dd", ""):
            lines = [line for line in block.lines if BOX.match(line)]
            if len(lines) >= MANY or any(SURE.match(line) for line in lines):
                yield from (_raw(line, REMEDY) for line in lines)


def _of_item(block: VisibleBlock) -> Iterator[Leftover]:
    first, *others = block.lines
    if BOX.match(first):
        yield _raw(first, REMEDY)
    elif STATE.match(first):
        yield _raw(first, STATE_REMEDY)
    yield from (_raw(line, REMEDY) for line in others if SURE.match(line) and BOX.match(line))


def _raw(line: str, remedy: str) -> Leftover:
    return Leftover(FaultKind.RAW_MARK, line, MESSAGE, remedy, name=f"box {remedy}")
