"""Addresses that are links without brackets: `<https://…>`, `www.…`, `https://…`, `a@b.c`."""

from __future__ import annotations

import re
import unicodedata

BARE_START = r"(?<![^\W_])(?:https?://|(?<![/@.])www\.)(?=[^\W_])"
EMAIL = re.compile(
    r"(?<![\w.+/-])(?:mailto:)?([a-z0-9._+-]++@[a-z0-9_-]++(?:\.[a-z0-9][a-z0-9_-]*+)+)"
    r"(?<![-_])(?!\.[a-z0-9])",
    re.IGNORECASE | re.ASCII,
)

_IN_ANGLES = re.compile(
    r"<(?:([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^<>\x00-\x20]*+)|"
    r"([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]++@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*))>"
)
_HOST = re.compile(r"[\w-]++(?:\.[\w-]++)*")
_REST = re.compile(r"[^\s<>\x02]*+")
_REST_IN_BRACKETS = re.compile(r"[^\s<>\x02\]]*+")
_ENTITY_END = re.compile(r"&[a-zA-Z0-9]+;$")
_TRAILING = frozenset("?!.,:*_~'\"\\")
_MAX_ENTITY_CHARS = 40


def in_angles(text: str, at: int) -> tuple[str, str, int] | None:
    """Address and text of what stands in angle brackets at `at`, and where that ends."""
    match = _IN_ANGLES.match(text, at)
    if not match:
        return None
    address, email = match.groups()
    return address or f"mailto:{email}", address or email, match.end()


def bare_end(text: str, start: int, *, is_in_brackets: bool) -> int | None:
    """End of the address that begins at `start`; None when no host is named.

    As in GitHub's Markdown, punctuation behind an address is not part of it, nor is a closing
    parenthesis that none in it opens; neither are quotation marks of any language.
    """
    host_start = text.index(":", start) + 3 if text[start] in "hH" else start
    host = _HOST.match(text, host_start)
    if not host or any("_" in part for part in host[0].split(".")[-2:]):
        return None
    at = host.end()
    rest = _REST_IN_BRACKETS.match(text, at) if is_in_brackets else _REST.match(text, at)
    return _trimmed(text, at, rest.end() if rest else at)


def _trimmed(text: str, host_end: int, end: int) -> int:
    """`end` without what follows an address rather than belongs to it."""
    unopened = text.count(")", host_end, end) - text.count("(", host_end, end)
    while end > host_end:
        char = text[end - 1]
        if char == ")":
            if unopened <= 0:
                break
            unopened -= 1
            end -= 1
        elif char == ";":
            entity = _ENTITY_END.search(text, max(host_end, end - _MAX_ENTITY_CHARS), end)
            end = entity.start() if entity else end - 1
        elif char in _TRAILING or (char > "\x7f" and unicodedata.category(char)[0] == "P"):
            end -= 1
        else:
            break
    return end
