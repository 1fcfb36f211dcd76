"""Marks that editors leave: proposed changes (CriticMarkup), and merges that were not finished."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, raw, within_blocks
from kb.content.remarks.leftover import Leftover, Proof

CHANGE = re.compile(
    r"\{--[^{}\n]{1,300}--\}|\{\+\+[^{}\n]{1,300}\+\+\}|\{==[^{}\n]{1,300}==\}"
    r"|\{~{0,2}[^{}\n~]{1,200}~>[^{}\n~]{1,200}~{0,2}\}"
)
COMMENT = re.compile(r"\{>>[^{}\n]{1,300}<<\}")
INSERTED = re.compile(r"(?<!\^)\^\^(?=[^\s^])[^^\n]{1,200}(?<=\S)\^\^(?!\^)")
CONFLICT = re.compile(r"(?:<{7}|>{7})[ ]\S|\|{7}[ ]\S")
FORMS = (
    RawForm(CHANGE, "{change}", "Write the text as it is to be, without the marks"),
    RawForm(COMMENT, "{>>", "Remove it, or write it as <!-- … -->"),
    RawForm(INSERTED, "^^", "Remove the marks, or write <ins>words</ins>"),
)
MERGE = RawForm(
    CONFLICT, "<<<<<<<", "Keep one side and remove the marks of the merge", FaultKind.RAW_MARK
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    yield from within_blocks(proof, FORMS)
    for block in proof.blocks:
        yield from (raw(MERGE, line) for line in block.lines if CONFLICT.match(line))
