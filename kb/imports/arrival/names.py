"""Names that imported pages get here: ids that come out the same each time, and slugs."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection

from kb.content.files.fields import MAX_SLUG_CHARS
from kb.content.new_article import ALPHABET, ID_CHARS

LETTERS = {
    **dict(
        zip(
            "абвгдезийклмнопрстуфыэі",
            "a b v g d e z i y k l m n o p r s t u f y e i".split(),
            strict=True,
        )
    ),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "є": "ye",
    "ї": "yi",
    "ґ": "g",
    "ў": "u",
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "œ": "oe",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "&": " and ",
    "+": " plus ",
}
OTHERS = re.compile(r"[^a-z0-9]+")
MAX_WORD_CHARS = 60
"""Of a slug made of a title, so that numbers and folders still fit."""


def slug_of(text: str, *, limit: int = MAX_WORD_CHARS) -> str:
    """A slug of words in any alphabet we can write in Latin letters; "" for none of them."""
    known = "".join(LETTERS.get(char, char) for char in unicodedata.normalize("NFC", text).lower())
    bare = unicodedata.normalize("NFKD", known).encode("ascii", "ignore").decode()
    slug = OTHERS.sub("-", bare.replace("'", "")).strip("-")
    if len(slug) <= limit:
        return slug
    cut = slug[: limit + 1].rpartition("-")[0]
    return (cut or slug[:limit]).strip("-")


def free_slug(wanted: str, taken: Collection[str], key: str) -> str:
    """`wanted`, or the first of its numbered forms that is free; a name made of `key` for none."""
    base = wanted or f"article-{digest(key)[:8]}"
    slug, number = base[:MAX_SLUG_CHARS].strip("-"), 2
    while slug in taken:
        slug, number = f"{base[: MAX_SLUG_CHARS - 6].strip('-')}-{number}", number + 1
    return slug


def id_of(source: str, group: str, taken: Collection[str]) -> str:
    """The id of a page: made of its name in the source, so that another import gives the same."""
    for attempt in range(1_000_000):
        number = int(digest(f"{source}\n{group}\n{attempt}"), 16)
        found = "".join(ALPHABET[number >> (5 * at) & 31] for at in range(ID_CHARS))
        if found not in taken and not found.isdigit():
            return found
    raise ValueError("every id is taken")


def digest(text: str | bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
