"""Markup of wikis and of other plain-text formats: Confluence, MediaWiki, AsciiDoc, Sphinx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, at_line_starts, within_blocks
from kb.content.remarks.leftover import Leftover, Proof

HEADING = re.compile(r"h[1-6]\.[ ]\S|(?P<mark>={2,6})[ ][^=\s][^=]{0,150}(?P=mark)$")
PICTURE = re.compile(
    r"(?<!\w)![\w./-]{1,200}\.(?:png|jpe?g|gif|svg|webp)(?:\|[^!|\n]{0,100})?!", re.IGNORECASE
)
PIPE_LINK = re.compile(
    r"(?<![\[\w])\[[^\[\]|\n]{1,150}\|(?:https?://|mailto:|#|\^)[^\[\]\s]{1,500}\]"
)
SPACE_LINK = re.compile(r"(?<![\[\w])\[https?://[^\s\[\]]{1,500}[ ][^\[\]\n]{1,200}\](?!\()")
STRONG = re.compile(r"(?<![\w'])'{3}[^'\n]{1,200}'{3}(?![\w'])")
DIRECTIVE = re.compile(r"\.\.[ ](?:[a-z][\w-]{1,30}::|_[\w -]{1,60}:)")
ROLE = re.compile(r"(?::[a-z][a-z:+-]{1,30}:|\{[a-z][a-z:+-]{1,30}\})\ufffc|\ufffc__?(?![\w_])")
BLOCK = re.compile(r"/{3,}[ ]?(?!(?:[a-z]+-)?caption\b)[a-z]")
CAPTION = re.compile(r"/{3,}[ ]?(?:[a-z]{1,20}-)?caption\b")
LABEL = re.compile(r"\[(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]")
CAPTION_REMEDY = 'Write it at its picture: `![what it shows](path "caption")`'
WITHIN = (
    RawForm(PICTURE, "!picture!", "Write ![words](path/to/picture)"),
    RawForm(PIPE_LINK, "[|]", "Write [words](address)"),
    RawForm(SPACE_LINK, "[https", "Write [words](address)"),
    RawForm(STRONG, "'''", "Write **strong**"),
    RawForm(ROLE, "role", "Write [words](path/to/file.md), or the words alone"),
)
AT_LINE_STARTS = (
    RawForm(HEADING, "heading", "Begin a heading with `## `"),
    RawForm(DIRECTIVE, "..", "Write it in Markdown", FaultKind.RAW_DIRECTIVE),
    RawForm(CAPTION, "/// caption", CAPTION_REMEDY, FaultKind.RAW_DIRECTIVE),
    RawForm(BLOCK, "///", "Write `!!! note`, its text indented below", FaultKind.RAW_DIRECTIVE),
    RawForm(
        LABEL, "[NOTE]", "Write `> [!NOTE]` alone, and `> ` before the text", FaultKind.RAW_CALLOUT
    ),
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    yield from within_blocks(proof, WITHIN)
    yield from at_line_starts(proof, AT_LINE_STARTS)
