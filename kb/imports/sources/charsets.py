"""Text of files in the encoding that they are in: UTF-8, UTF-16 with its mark, or a page's own."""

from __future__ import annotations

import codecs
import re

PAGES = (".html", ".htm", ".xhtml")
HEAD_BYTES = 4_096
DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^<>]{0,500}?\b(?:charset|encoding)[ ]?=[ ]?[\"']?([\w.:-]{2,40})",
    re.IGNORECASE,
)
"""Of saved pages, which say it in their first lines as browsers read it."""
PLAIN = re.compile(r"(?:windows|cp|iso|koi8|mac|ibm|latin|gb|big5|euc|shift|sjis|utf)[\w.:-]{0,30}")
"""Names of character sets; Python's codecs have others, which unpack or convert."""


def decoded(path: str, data: bytes) -> str | None:
    """The file's text; None for what is in an encoding that nothing tells."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as_declared(data) if path.lower().endswith(PAGES) else None


def _as_declared(data: bytes) -> str | None:
    found = DECLARED.search(data[:HEAD_BYTES])
    name = found[1].decode("ascii", "replace").lower() if found else ""
    if not PLAIN.fullmatch(name):
        return None
    try:
        return codecs.lookup(name).decode(data, "replace")[0]
    except (LookupError, ValueError):
        return None
