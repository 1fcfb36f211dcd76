"""Passwords of staff: which ones are taken. No hashes and no accounts.

Estimates are those of zxcvbn, which knows some 30,000 common passwords, English words, names, keys
beside each other, dates and repetitions, and whatever is put together of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from search.text.languages import en, ru

MIN_CHARS = 12
MAX_CHARS = 200
LEAST_GUESSES = 10**10
"""From here on zxcvbn gives its best grade: years, at the pace of our hashes on a stolen copy."""
_MOST_READ = 72
"""Characters that zxcvbn reads by default: its work grows with their square."""
_LEAST_OWN_CHARS = 3
_TO_LATIN_KEYS = str.maketrans(ru.TEXT_LANGUAGE.keys, en.TEXT_LANGUAGE.keys)


class RefusedPassword(ValueError):
    """The password must not be used; the message is a sentence and does not repeat it."""


def checked(password: str, *, own: Iterable[str] = ()) -> str:
    """The password as it is hashed. `own` are texts that people who guess will try first: address,
    name, name of the site. Raises RefusedPassword."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise RefusedPassword(f"a password has {MIN_CHARS} to {MAX_CHARS} characters")
    if len(set(password)) < MIN_CHARS // 3:
        raise RefusedPassword("this password repeats too few characters")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        raise RefusedPassword("a password holds no control characters")
    words = tuple(_own_words(own))
    if _guesses(_without(password, words), words) < LEAST_GUESSES <= _guesses(password, ()):
        raise RefusedPassword("this password is little more than the address, a name or the site's")
    if _guesses(password, words) < LEAST_GUESSES:
        raise RefusedPassword(
            "this password is easy to guess: it is a common one, or made of such, of keys beside"
            " each other, or of a date; four words that have nothing to do with each other do"
        )
    return normal(password)


def normal(password: str) -> str:
    """The same password, as every keyboard writes it."""
    return unicodedata.normalize("NFC", password)


def _own_words(own: Iterable[str]) -> Iterator[str]:
    """Whole texts and their words, the longest first."""
    found = {part for text in own for part in (text.casefold(), *_words(text.casefold()))}
    long_enough = (part for part in found if len(part) >= _LEAST_OWN_CHARS)
    yield from sorted(long_enough, key=lambda part: (-len(part), part))


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text).split()


def _without(password: str, words: Iterable[str]) -> str:
    rest = password.casefold()
    for word in words:
        rest = rest.replace(word, "")
    return rest


def _guesses(password: str, words: Iterable[str]) -> int:
    """Guesses that it takes, typed as it is or by the same keys of a Latin keyboard."""
    from zxcvbn import zxcvbn  # its lists take a tenth of a second, and servers need them not

    read = password[:_MOST_READ]
    if not read:
        return 0
    twin = read.lower().translate(_TO_LATIN_KEYS)
    return min(int(zxcvbn(one, user_inputs=list(words))["guesses"]) for one in {read, twin})
