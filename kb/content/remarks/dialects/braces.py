"""Attributes in braces, of Pandoc, kramdown, MkDocs and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, within_blocks
from kb.content.remarks.leftover import Leftover, Proof

NAMED = re.compile(
    r"(?<![/$#%{])\{:?[ ]{0,2}(?:(?:width|height|target|class|style|align|alt|title|rel|loading|id"
    r"|size|scale|lang|start|linenums|hl_lines|caption|data-[\w-]{1,30})[ ]?=|"
    r"(?<!\w\{)[a-z][\w:-]{0,40}=[\"'“«])[^{}\n]{0,300}\}",
    re.IGNORECASE,
)
KRAMDOWN = re.compile(r"(?<![\w/{])\{:{1,2}[ ]?/?[A-Za-z][^{}\n]{0,200}\}")
REMEDY = "Remove it: pictures have their own size, anchors are {#name} behind a heading"
FORMS = (
    RawForm(NAMED, "attributes", REMEDY, FaultKind.RAW_TEMPLATE),
    RawForm(KRAMDOWN, "{:", "Remove it: nothing reads it here", FaultKind.RAW_TEMPLATE),
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    return within_blocks(proof, FORMS)
