"""Words typed with the wrong letters: another keyboard layout, Latin for Cyrillic. Pure."""

from __future__ import annotations

import re
from itertools import islice, product

from search.text.languages import en, ru

_TO_CYRILLIC = str.maketrans(en.TEXT_LANGUAGE.keys, ru.TEXT_LANGUAGE.keys)
_TO_LATIN = str.maketrans(ru.TEXT_LANGUAGE.keys, en.TEXT_LANGUAGE.keys)

_HAS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HAS_LATIN = re.compile(r"[A-Za-z]")

_LETTERS = dict(zip("abdefghiklmnopqrstuvwyz", "абдефгхиклмнопкрстуввиз", strict=True))
# Longest first. What several spellings share becomes one letter, so that they meet.
_SOUNDS = {
    "shch": "ш",
    "sch": "ш",
    "yo": "е",
    "jo": "е",
    "ye": "е",
    "je": "е",
    "yu": "ю",
    "ju": "ю",
    "iu": "ю",
    "ya": "я",
    "ja": "я",
    "ia": "я",
    "zh": "ж",
    "kh": "х",
    "ts": "ц",
    "tz": "ц",
    "ch": "ч",
    "sh": "ш",
    "ph": "ф",
    "ck": "к",
    **_LETTERS,
}
_UNSURE = {"c": "цк", "j": "йж", "x": "хк"}
"""Letters with two common readings; "x" stands for "кс" as well, whose "с" is added below."""
_SOUND = re.compile("|".join([*_SOUNDS, *_UNSURE]))
_MERGED = str.maketrans("ёэщыйюя", "еешииуа", "ьъ")
"""Letters that Latin spellings do not keep apart."""
_PLAIN = {
    "shch": "щ",
    "sch": "щ",
    "yo": "ё",
    "jo": "ё",
    "yu": "ю",
    "ju": "ю",
    "ya": "я",
    "ja": "я",
    "zh": "ж",
    "kh": "х",
    "ts": "ц",
    "ch": "ч",
    "sh": "ш",
    **_LETTERS,
    "c": "цк",
    "j": "йж",
    "y": "ый",
    "'": "ь",
}
_PLAIN_SOUND = re.compile("|".join(_PLAIN))
_REPEATED = re.compile(r"(.)\1+")
MAX_READINGS = 8
MAX_SPELLINGS = 32


def in_other_layout(text: str) -> str | None:
    """The same keys in the other layout, Russian or English; None for mixed or letterless text."""
    is_cyrillic, is_latin = _HAS_CYRILLIC.search(text), _HAS_LATIN.search(text)
    if is_cyrillic and not is_latin:
        return text.translate(_TO_LATIN)
    if is_latin and not is_cyrillic:
        return text.translate(_TO_CYRILLIC)
    return None


def sounds(word: str) -> list[str]:
    """Ways to read a folded word, in Cyrillic, spelling variants merged.

    «возврат» and "vozvrat" have one in common; at most MAX_READINGS.
    """
    if _HAS_CYRILLIC.search(word):
        return [_merged(word)]
    choices = [
        _UNSURE.get(match.group()) or (_SOUNDS[match.group()],) for match in _SOUND.finditer(word)
    ]
    readings = islice(product(*choices), MAX_READINGS)
    return list(dict.fromkeys(_merged("".join(letters)) for letters in readings))


def in_cyrillic(word: str) -> list[str]:
    """Ways to write a folded Latin word in Cyrillic, at most MAX_SPELLINGS, the plainest first."""
    choices = [_PLAIN[match.group()] for match in _PLAIN_SOUND.finditer(word)]
    return ["".join(letters) for letters in islice(product(*choices), MAX_SPELLINGS)]


def _merged(word: str) -> str:
    return _REPEATED.sub(r"\1", word.translate(_MERGED).replace("тс", "ц"))
