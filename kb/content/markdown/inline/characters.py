"""Characters that are written otherwise: backslash escapes, and entities by name or number."""

from __future__ import annotations

import re
from html.entities import html5

ESCAPE = r"\\([!-/:-@\[-`{-~])"
ENTITY = r"&(?:\#[xX]([0-9a-fA-F]{1,6})|\#([0-9]{1,7})|([a-zA-Z][a-zA-Z0-9]{1,31}));"

_ENTITY = re.compile(ENTITY)
_WRITTEN = re.compile(rf"{ESCAPE}|{ENTITY}")
_REPLACEMENT = "\ufffd"


def entity_at(text: str, at: int) -> tuple[str, int] | None:
    """The characters that an entity at `at` means, and where it ends; None without one."""
    match = _ENTITY.match(text, at)
    meant = _meant(match) if match else None
    return None if match is None or meant is None else (meant, match.end())


def decoded(text: str) -> str:
    """`text` of an address or a title, with its escapes and entities undone."""
    if "\\" not in text and "&" not in text:
        return text
    return _WRITTEN.sub(_undone, text)


def _undone(match: re.Match[str]) -> str:
    meant = match[1] or _meant(match)
    return match[0] if meant is None else meant


def _meant(match: re.Match[str]) -> str | None:
    """Characters that an entity means; None for a name that HTML does not have."""
    hexadecimal, decimal, name = match.groups()[-3:]
    if name:
        return html5.get(f"{name};")
    return _character(int(hexadecimal, 16) if hexadecimal else int(decimal))


def _character(number: int) -> str:
    """The character with that number; the sign of replacement for what no text may hold."""
    is_control = (number < 0x20 and number not in (0x09, 0x0A, 0x0D)) or 0x7F <= number < 0xA0
    if is_control or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        return _REPLACEMENT
    return chr(number)
