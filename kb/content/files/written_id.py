"""The id that an article's file says it has, however broken the rest of it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.files.fields import ID
from kb.content.files.front_matter import MAX_CHARS

FENCE = b"---"
KEY = re.compile(rb"""["']?id["']?[ \t]*:""")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def written_id(content: bytes) -> str:
    """The id in the front matter; "" without one that an article could have."""
    value = id_line(content).decode("utf-8", "replace").partition(":")[2]
    found = value.partition(" #")[0].strip().strip("\"'")
    return found if ID.fullmatch(found) else ""


def id_line(content: bytes) -> bytes:
    """The line of the key `id`, its end kept; nothing without one."""
    return next((line for line in front_lines(content) if KEY.match(line)), b"")


def front_lines(content: bytes) -> Iterator[bytes]:
    """Lines between the fences, their ends kept; none without an opening fence."""
    lines = content[: 4 * MAX_CHARS].removeprefix(BYTE_ORDER_MARK).splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        return
    for line in lines[1:]:
        if line.rstrip() == FENCE:
            return
        yield line
