"""Languages as other systems write them, and pages that do not say theirs."""

from __future__ import annotations

from collections.abc import Sequence

CODES = frozenset(
    "ar az be bg bn ca cs da de el en es et fa fi fr he hi hr hu hy id it ja ka kk ko lt lv ms nb"
    " nl no pl pt ro ru sk sl sr sv th tr uk uz vi zh".split()
)
SAMPLE_CHARS = 4_000


def language_of(locale: str, languages: Sequence[str]) -> str:
    """The site's language that a locale such as `en-us` means; else the locale, in lower case."""
    name = locale.strip().lower().replace("_", "-")
    if name in languages:
        return name
    main = name.partition("-")[0]
    return next((one for one in languages if one.partition("-")[0] == main), name)


def is_locale(name: str, languages: Sequence[str]) -> bool:
    """True for a folder's name that tells a language of the site, or one of another site's."""
    lower = name.lower().replace("_", "-")
    main, _, region = lower.partition("-")
    if language_of(lower, languages) in languages:
        return len(main) in (2, 3) and (not region or len(region) in (2, 4))
    return main in CODES and (not region or len(region) == 2)


def locale_folders(names: Sequence[str], languages: Sequence[str]) -> frozenset[str]:
    """Folders beside each other that tell languages: one of them must be the site's."""
    found = frozenset(name for name in names if is_locale(name, languages))
    known = any(language_of(name, languages) in languages for name in found)
    return found if known else frozenset()


def guessed(text: str, languages: Sequence[str]) -> str:
    """The site's language whose alphabet the text is in; its first one where both are the same."""
    sample = text[:SAMPLE_CHARS]
    cyrillic = sum("а" <= char.lower() <= "я" or char in "ёЁіїєґў" for char in sample)
    latin = sum("a" <= char.lower() <= "z" for char in sample)
    is_cyrillic = cyrillic > latin / 3
    fitting = [one for one in languages if (one.partition("-")[0] in CYRILLIC) == is_cyrillic]
    return next(iter(fitting), languages[0])


CYRILLIC = frozenset("ru uk be bg sr kk ky mk mn tg".split())
