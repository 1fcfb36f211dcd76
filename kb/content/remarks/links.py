"""Links that the page shows as text: in double brackets, to nothing defined, or broken off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof

WIKI = re.compile(r"!?\[\[(?=[^\[\]\n]*[^\W\d_])(?P<target>[^\[\]\n]{1,200})\]\]")
REFERENCE = re.compile(r"(?<![\w\]])!?\[[^\[\]\n]{1,200}\]\[[^\[\]\n]{0,100}\]")
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
BROKEN_OFF = re.compile(
    r"\[[^\[\]\n]{1,200}\][ ]{0,2}"
    r"\((?:https?:|/|\.\.?/|#|[\w ./-]{1,100}\.(?:md|html?)\b)[^()\n]{0,200}\)"
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    for block in proof.blocks:
        for match in WIKI.finditer(block.text):
            remedy = "Write [words](path/to/file.md)"
            if match[0].startswith("!"):
                remedy = "Write ![words](path/to/picture), or the text itself"
            yield _raw(FaultKind.RAW_WIKI_LINK, match[0], remedy)
        for match in REFERENCE.finditer(block.text):
            remedy = "Define it in a line `[name]: address`, or write [words](address)"
            yield _raw(FaultKind.RAW_REFERENCE, match[0], remedy)
        for match in FOOTNOTE.finditer(block.text):
            yield _raw(FaultKind.RAW_REFERENCE, match[0], f"Define it: `{match[0]}: …`")
        for match in BROKEN_OFF.finditer(block.text):
            remedy = "Leave a blank line between it and the HTML around it"
            if " " in match[0].partition("]")[2]:
                remedy = "No space before `(`; an address with spaces goes into <…>"
            yield _raw(FaultKind.RAW_MARK, match[0], remedy)


def _raw(kind: FaultKind, shown: str, remedy: str) -> Leftover:
    return Leftover(kind, shown, "readers see `{shown}` as text", remedy)
