"""Tags that stand in the text of Obsidian's notes, `#tea/green`."""

from __future__ import annotations

import re

TAG = re.compile(r"(?:^|(?<=\s))#(?!\d{1,20}(?![\w/-]))([\w/-]{1,100})", re.MULTILINE)
FENCE = re.compile(r"[ \t>]{0,40}(?:`{3,}|~{3,})")
SPAN = re.compile(r"`[^`\n]{1,300}`")
MAX_TAGS = 30


def tags_in(body: str) -> tuple[str, ...]:
    """Tags of a note's text, code left alone, in the order in which they come."""
    if "#" not in body:
        return ()
    found: dict[str, None] = {}
    is_code = False
    for line in body.split("\n"):
        if FENCE.match(line[:100]):
            is_code = not is_code
        elif not is_code and "#" in line:
            names = (tag.strip("/") for tag in TAG.findall(SPAN.sub("", line[:5_000])))
            found.update(dict.fromkeys(name for name in names if name))
    return tuple(found)[:MAX_TAGS]
