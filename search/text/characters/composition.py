"""Text in one form: composed characters, and words without what readers do not see in them. Pure.

A soft hyphen, a stress mark or a joiner of no width stands inside a word and says nothing about
which word it is: «за́мок» is found as «замок», and «само\u00adкат» as «самокат».
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 30
"""Combining marks in a row, as in Unicode's Stream-Safe Text Format (UAX #15): Python takes
quadratic time to compose more of them."""

_MANY_SIGNS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
_UNSPOKEN = re.compile("[\u00ad\u0300\u0301\u034f\u200b-\u200d\u2060\ufeff]+")


def composed(text: str) -> str:
    """`text` in NFC; of more than MAX_MARKS combining marks in a row the rest is cut first."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MANY_SIGNS.sub(_few_marks, text))


def _few_marks(match: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in match[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def spoken(text: str) -> str:
    """Composed `text` without what stands unseen in words."""
    return text if text.isascii() else _UNSPOKEN.sub("", text)


def spoken_places(text: str) -> tuple[str, list[int] | None]:
    """Text that `spoken` gives, and for each of its characters, and its end, the place in `text`.

    What is left out belongs to the character before it. No places where nothing is left out.
    """
    shown = spoken(text)
    if len(shown) == len(text):
        return text, None
    places: list[int] = []
    at = 0
    for match in _UNSPOKEN.finditer(text):
        places.extend(range(at, match.start()))
        at = match.end()
    places.extend(range(at, len(text) + 1))
    return shown, places
