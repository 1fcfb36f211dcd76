"""Lines that were meant as a list: marks without a space, dots for marks, steps that run on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.indents import short_indents
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.visible_text import VisibleBlock

BULLET = re.compile(r"[•‣▪●◦∙·⁃■➤►]\s*\S")
GLUED_NUMBER = re.compile(r"\d{1,2}(?:[.)](?=[^\W\d_]{2})|[ ][.)][ ]?(?=[^\W\d_]))")
LOOSE_NUMBER = re.compile(r"\d{1,2}[.)]\s+\S")
GLUED_MARK = re.compile(r"[-+](?=[^\W\d_]{2})")
GLUED_STAR = re.compile(r"\*(?=[^\W\d_]{2})")
DASH = re.compile(r"(?:[—–]\s*|-\s+)\S")
SPELLED = re.compile(
    r"(?:[a-hа-з]\)|[①-⑳]|(?:step|шаг)[ ]\d{1,2}[.:)])\s*(?=[^\W\d_])", re.IGNORECASE
)
"""Items with letters, figures in circles, or the word itself; only all lines of a paragraph."""
LONG_DASH = re.compile(r"[—–]\s*\S")
SPELLED_REMEDY = "Begin the items with `1. `, `2. `, or leave a blank line between"
MANY = 2
"""Lines of a kind that are no accident."""
WORDS = {
    BULLET: ("the line `{shown}` is no item of a list", "Begin it with `- `"),
    GLUED_NUMBER: ("the line `{shown}` is no step of a list", "Put a space after the number"),
    LOOSE_NUMBER: ("the step `{shown}` runs on in the text above", "Leave a blank line above it"),
    GLUED_STAR: ("the line `{shown}` is no item of a list", "Put a space after the mark"),
    GLUED_MARK: ("the line `{shown}` is no item of a list", "Put a space after the mark"),
    DASH: ("the line `{shown}` runs on in the text above", "Begin the items with `- `"),
}
JOINED = re.compile(r"[-+](?=[^\W\d_])")
"""The same in an item, where even a word of one letter is one."""
ALONE_IS_ENOUGH = (BULLET, GLUED_NUMBER, GLUED_MARK)
MAY_BEGIN = (BULLET, GLUED_NUMBER, GLUED_MARK, GLUED_STAR)
"""Forms that are no item at the beginning of a paragraph either."""


def leftovers(proof: Proof) -> Iterator[Leftover]:
    """One for each form of marks, at its first line."""
    paragraphs = [block for block in proof.blocks if block.tag in ("p", "li", "dd", "")]
    for form in WORDS:
        lines = [line for run in _runs(paragraphs, form) for line in run]
        for line in lines:
            message, remedy = WORDS[form]
            yield Leftover(FaultKind.MEANT_AS_LIST, line, message, remedy, name=form.pattern)
    yield from _joined(proof)
    yield from _dashed(paragraphs)
    for short in short_indents(proof.source.prose, proof.source.lines):
        message = "the list `{shown}` ends the steps above it"
        remedy = f"Indent it by {short.shift} more"
        line, number = proof.source.lines[short.start], proof.source.file_line(short.start)
        yield Leftover(FaultKind.MEANT_AS_LIST, line, message, remedy, number, name="indent")


def _joined(proof: Proof) -> Iterator[Leftover]:
    """Lines of an item that begin with a mark and a word of one letter."""
    message, remedy = WORDS[GLUED_MARK]
    for block in proof.blocks:
        if block.tag == "li":
            for line in block.lines[1:]:
                if JOINED.match(line) and not GLUED_MARK.match(line):
                    yield Leftover(
                        FaultKind.MEANT_AS_LIST, line, message, remedy, name=GLUED_MARK.pattern
                    )


def _dashed(blocks: Sequence[VisibleBlock]) -> Iterator[Leftover]:
    """Paragraphs of which every line begins with a dash: whoever speaks, readers see one line."""
    for block in blocks:
        if len(block.lines) >= MANY and all(SPELLED.match(line) for line in block.lines):
            message, remedy = "the line `{shown}` runs on in the text above", SPELLED_REMEDY
            yield Leftover(FaultKind.MEANT_AS_LIST, block.lines[1], message, remedy, name="spelled")
        if len(block.lines) >= MANY and all(LONG_DASH.match(line) for line in block.lines):
            if len(block.lines) > MANY:
                continue  # the lines below the first are a run, which is told
            message, remedy = WORDS[DASH]
            yield Leftover(
                FaultKind.MEANT_AS_LIST, block.lines[1], message, remedy, name=DASH.pattern
            )


def _runs(blocks: Sequence[VisibleBlock], form: re.Pattern[str]) -> Iterator[list[str]]:
    """Lines of the form, one after the other, that are enough to be meant as items."""
    run: list[str] = []
    before, is_led = "", False
    for block in blocks:
        for at, line in enumerate(block.lines):
            if form.match(line) and (at or form in MAY_BEGIN):
                is_led = is_led or (not run and bool(at) and before.endswith(":"))
                run.append(line)
            else:
                yield from _enough(run, form, is_led=is_led)
                run, is_led = [], False
            before = line
    yield from _enough(run, form, is_led=is_led)


def _enough(run: list[str], form: re.Pattern[str], *, is_led: bool) -> Iterator[list[str]]:
    """The run, if it is long enough, led by a colon, or of marks that are never anything else."""
    if len(run) >= MANY or (run and (is_led or form in ALONE_IS_ENOUGH)):
        yield run
