"""Share of what is found for clean queries that is still found when they are typed badly.

`python -m bench.relevance.noise FOLDER` (a folder a corpus). Each judged query that succeeds as it
is (success@3) is typed again in the wrong layout, in Latin letters, with typing errors, with a
space missing, without ё. The errors are drawn with a fixed seed. Prints the share that still
succeeds.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.relevance.tune import corpora, unread
from search.evaluation import metrics
from search.evaluation.judged import JudgedQuery, run
from search.ranking.searcher import Searcher
from search.text import keyboard

SEED = 20
LETTERS = {True: "abcdefghijklmnopqrstuvwxyz", False: "абвгдежзийклмнопрстуфхцчшщъыьэюя"}
KINDS = ("keyword", "question", "chat", "symptom", "crosslingual")
"""Those typed well."""
MIN_WORD_CHARS = 5
_LATIN = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "yo",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "y",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "h",
    "ц": "c",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ъ": "",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
}

Noise = Callable[[str, random.Random], str | None]
"""A text typed badly; None where that kind of noise does not apply."""


def layout(text: str, _: random.Random) -> str | None:
    return keyboard.in_other_layout(text)


def transliterated(text: str, _: random.Random) -> str | None:
    changed = "".join(_LATIN.get(char, char) for char in text.lower())
    return changed if changed != text.lower() else None


def without_yo(text: str, _: random.Random) -> str | None:
    return text.replace("ё", "е").replace("Ё", "Е") if "ё" in text.lower() else None


def joined(text: str, chance: random.Random) -> str | None:
    """One space between two longer words is missing."""
    words = text.split(" ")
    places = [n for n in range(len(words) - 1) if all(_is_long(w) for w in words[n : n + 2])]
    if not places:
        return None
    place = chance.choice(places)
    return " ".join([*words[:place], words[place] + words[place + 1], *words[place + 2 :]])


def misspelt(text: str, chance: random.Random) -> str | None:
    """One error in every third longer word, at least in one."""
    words = text.split(" ")
    places = [n for n, word in enumerate(words) if _is_long(word)]
    if not places:
        return None
    for place in chance.sample(places, max(1, len(places) // 3)):
        words[place] = _with_error(words[place], chance)
    return " ".join(words)


def _is_long(word: str) -> bool:
    return word.isalpha() and len(word) >= MIN_WORD_CHARS


def _with_error(word: str, chance: random.Random) -> str:
    """A letter inserted, deleted, swapped with the next or replaced; never the first."""
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice(LETTERS[word.isascii()])
    return chance.choice(
        [
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + letter + word[at + 1 :],
        ]
    )


NOISES: dict[str, Noise] = {
    "layout": layout,
    "transliteration": transliterated,
    "typing errors": misspelt,
    "missing space": joined,
    "without ё": without_yo,
}


def kept(searcher: Searcher, queries: Sequence[JudgedQuery], noise: Noise) -> dict[str, Any]:
    """Of queries that succeed clean and can be typed so: how many still succeed."""
    asked = unread(searcher)
    clean = [query for query in queries if query.kind in KINDS]
    good = [o.query for o in run(asked, clean, mode="hybrid") if _succeeds(o.ranking, o.query)]
    chance = random.Random(SEED)
    noisy = [
        replace(query, text=text)
        for query in good
        if (text := noise(query.text, chance)) is not None
    ]
    if not noisy:
        return {"n": 0}
    outcomes = run(asked, noisy, mode="hybrid")
    lost = [o.query.text for o in outcomes if not _succeeds(o.ranking, o.query)]
    return {"n": len(noisy), "kept": round(1 - len(lost) / len(noisy), 3), "lost": lost}


def _succeeds(ranking: Sequence[str], query: JudgedQuery) -> bool:
    return metrics.success(ranking, query.grades, k=3) > 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.noise", description=__doc__)
    parser.add_argument("corpora", type=Path)
    for name, (answers, queries) in corpora(parser.parse_args().corpora).items():
        for kind, noise in NOISES.items():
            found = kept(answers.searcher, queries, noise)
            print(name, kind, json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
