"""Addresses: of e-mail, however the sign is written, and what addresses of pages hold besides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

EMAIL = "[email]"

_LABEL = r"[\w-]{1,63}"
_TOP = r"[^\W\d_][\w-]{1,62}"
_WORD_DOT = r"(?:[ ]?[\[({<][ ]?(?:dot|точка|\.)[ ]?[\])}>][ ]?|[ ](?:dot|точка)[ ])"
_DOT = rf"(?:\.|[ ]\.[ ]|\.[ ](?=(?:ru|com|net|org|рф|by|kz|ua|su)(?!\w))|{_WORD_DOT})"
_LOCAL = rf"(?:\w{{1,40}}{_WORD_DOT}){{0,2}}[\w.+%'-]{{1,64}}"
_WORD_AT = r"[ ]?[\[({<][ ]?(?:at|@|a|эт|собака|собачка)[ ]?[\])}>][ ]?"
_PROVIDERS = (
    r"(?:gmail|googlemail|mail|yandex|ya|outlook|hotmail|live|yahoo|icloud|me|bk|inbox|list"
    r"|internet"
    r"|rambler|proton|protonmail|gmx|aol)"
)
_COMMA_TOP = r",(?:ru|com|net|org|рф|by|kz|ua|su|uz)"
_EMAIL = re.compile(
    rf"(?:{_LOCAL}|[\"“„][^\"“”„@\n]{{1,64}}[\"”“](?=@))(?:\s{{0,2}}@\s{{0,2}}|{_WORD_AT})"
    rf"(?:{_LABEL}(?:{_DOT}{_LABEL}){{0,5}}{_DOT}{_TOP}"
    rf"|{_LABEL}{_COMMA_TOP}(?!\w)|{_PROVIDERS}(?![\w.]))",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"(?<![\w@])(?!(?:look|in|up|log|arriv\w\w?|buy|bought|is|was|mail|page|available"
    rf"|order)[ ]at[ ])"
    rf"{_LOCAL}[ ](?:"
    rf"(?:собака|собачка|эт)[ ]{_LABEL}(?:{_COMMA_TOP}|(?:{_DOT}{_LABEL}){{1,5}})"
    rf"|at[ ](?:{_LABEL}(?:\.{_LABEL}){{0,3}}{_WORD_DOT}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}"
    rf"|{_PROVIDERS}\.[a-z]{{2,4}}))(?!\w)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"@|(?<!\w)(?:at|a|собака|собачка|эт)(?!\w)", re.IGNORECASE)
"""Without it no address can be."""
_QUERY = re.compile(
    r"(?:https?://|www\.|(?<=[ \n(\"'])/)[^\s?#<>\"]{1,500}([?#][^\s<>\"]{1,2000})", re.IGNORECASE
)
_USER = re.compile(r"[a-z][a-z+.-]{1,20}://([^\s/@]{1,200}@)", re.IGNORECASE)


def find_queries(text: str) -> Iterator[TextSpan]:
    """All that follows `?` or `#` in links: tokens and addresses stand there."""
    for match in _QUERY.finditer(text):
        yield TextSpan(*match.span(1), "")


def find_users(text: str) -> Iterator[TextSpan]:
    """Names and passwords ahead of the host of a link."""
    for match in _USER.finditer(text):
        yield TextSpan(*match.span(1), "[secret]")


def find_emails(text: str) -> Iterator[TextSpan]:
    if not _SIGN.search(text):
        return
    for pattern in (_EMAIL, _SAID):
        for match in pattern.finditer(text):
            yield TextSpan(*match.span(), EMAIL)
