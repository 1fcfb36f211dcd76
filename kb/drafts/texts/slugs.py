"""Slugs made of titles, in letters that addresses may hold. Pure."""

from __future__ import annotations

import re
import unicodedata

from kb.content.files.fields import MAX_SLUG_CHARS

USUAL_CHARS = 60
"""Length at which a slug ends with the word before."""
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў"
_WRITTEN = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia i i ie g u"
_LATIN = dict(zip(_CYRILLIC, _WRITTEN.replace("-", "").split(" "), strict=True))
"""Russian as ICAO Doc 9303 has it, which passports and most shops follow; ь is left out."""
_OTHERS = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """A slug of the title's words, "" for a title without letters or digits that have one."""
    small = unicodedata.normalize("NFC", title[:500]).lower()
    latin = "".join(_LATIN.get(char, char) for char in small)
    plain = unicodedata.normalize("NFKD", latin)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return shortened(_OTHERS.sub("-", bare).strip("-"), USUAL_CHARS)


def numbered(slug: str, number: int) -> str:
    """The slug with a number behind it, from the second on."""
    if number < 2:
        return slug
    return f"{shortened(slug, MAX_SLUG_CHARS - len(str(number)) - 1)}-{number}"


def shortened(slug: str, most: int) -> str:
    """As many words as fit; a first word that does not is cut."""
    if len(slug) <= most:
        return slug
    return (slug[: most + 1].rpartition("-")[0] or slug[:most]).strip("-")
