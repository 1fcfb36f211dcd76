"""Things that the English sentence of a problem names: paths, keys, ids, words of the text.

They are the same in every language, so that pages in others say them beside sentences of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind

MOST_NAMES = 4
NEAREST = "Nearest: "
NONE = "none"
TOLD_REMEDIES = frozenset(
    {FaultKind.MOVED_TARGET, FaultKind.UNKNOWN_PRODUCT, FaultKind.TAKEN_ID, FaultKind.BAD_REDIRECT}
)
"""Kinds whose remedy names what to write."""
_NOUNS = frozenset({"alias", "article", "category", "host", "id", "product", "step", "term"})
_VERBS = frozenset({"belongs", "cannot", "does", "has", "is", "was"})
_AROUND = ",;:()\"'"


def names_in(text: str) -> tuple[str, ...]:
    """Each once, in its order: what stands in backticks or quotes, and bare paths, ids, numbers."""
    found = dict.fromkeys(one for part in _parts(text) for one in part)
    return tuple(found)[:MOST_NAMES]


def nearest_in(remedy: str) -> tuple[str, ...]:
    """Names that a remedy offers as nearest to what was written."""
    if not remedy.startswith(NEAREST):
        return ()
    offered = (one.strip(" `") for one in remedy.removeprefix(NEAREST).split(", "))
    return tuple(one for one in offered if one and not one.startswith(NONE))


def _parts(text: str) -> Iterator[list[str]]:
    """Names of the pieces between backticks, which are whole, and of the words between those."""
    for number, piece in enumerate(text.split("`")):
        if number % 2:
            yield [piece.strip()] if piece.strip() else []
        else:
            yield _bare(piece.split())


def _bare(words: list[str]) -> list[str]:
    cleaned = [word.strip(_AROUND).removesuffix(".") for word in words]
    before, after = ["", *cleaned], [*cleaned[1:], ""]
    return [
        word
        for word, noun, verb in zip(cleaned, before, after, strict=False)
        if _is_name(word) or (noun in _NOUNS and verb in _VERBS and word not in _VERBS)
    ]


def _is_name(word: str) -> bool:
    """True for words that are not prose: with a digit, a slash, a # or a dot inside."""
    has_sign = any(sign in word for sign in "/#_") or "." in word[:-1]
    return len(word) > 1 and (has_sign or any(map(str.isdigit, word)))
