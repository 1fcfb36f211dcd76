"""Marks that only Obsidian has: comments, names of blocks."""

from __future__ import annotations

import re
from collections.abc import Collection

from kb.imports.dialects.marks.comments import cut
from kb.imports.dialects.signs import anchor_sign

COMMENT = "%%"
BLOCK_ID = re.compile(r"(?:^|[ \t]{1,9})\^([A-Za-z0-9-]{1,40})[ \t]{0,9}$", re.MULTILINE)


def of_obsidian(text: str, used_anchors: Collection[str]) -> str:
    """`text` without comments, and with anchors for the blocks that links lead to."""
    text = cut(text, COMMENT, COMMENT)
    return BLOCK_ID.sub(
        lambda match: anchor_sign(match[1]) if match[1] in used_anchors else "", text
    )
