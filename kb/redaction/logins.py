"""Secrets written right after a login: an address of e-mail, or what stands after the word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.credentials import WORD_MASK, is_odd
from kb.redaction.spans import TextSpan

_LOGIN = re.compile(
    r"(?:(?<![\w/.\x00])\x00{1,320}|(?<!\w)\+?[78]\d{10}|(?<![^\W_])(?:логин|login|user(?:name)?|учетк\w|аккаунт)"
    r"[ :=\-]{1,3}(?=[\w.@\x00+-]{0,40}[ \n]?[:/|;,])[\w.+-]{2,40})"
    r"([ \n]?[:/|;][ \n]?|[ ]-[ ]|[ ]?[(]|,?[ \n](?=[^\s]{1,64}[ ]{0,2}(?:$|\n)))"
    r"([^\s\"«»“”\x00\[(]{6,64})",
    re.IGNORECASE,
)
_ENDS = ".,;:?)…"
_ELSEWHERE = re.compile(r"[a-z]{2,8}://|www\.|@|/|\+?\d[\d().-]*$", re.IGNORECASE)


def find_logins(text: str) -> Iterator[TextSpan]:
    """Words that are none, after logins that were taken out or that a word tells."""
    for match in _LOGIN.finditer(text):
        start, end = match.span(2)
        end -= len(match.group(2)) - len(match.group(2).rstrip(_ENDS))
        if is_odd(text, start, end) and not _ELSEWHERE.match(text, start, end):
            yield TextSpan(start, end, WORD_MASK)
