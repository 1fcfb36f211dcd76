"""Synonyms in `synonyms.yml`: words of readers beside those of the articles. Never raises for
content.

    ru:
      same:
        вм: [виртуальная машина, виртуалка]
      means:
        комп: [компьютер]

Phrases under `same` mean each other; who types one under `means` also finds what follows, not the
reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path

from kb.content.files.form import Reading
from kb.content.files.phrases import read_languages, read_lists
from kb.content.model import Problem
from kb.content.shared_text.filled_file import read_file
from search.model import Synonym

SYNONYMS_FILE = "synonyms.yml"
MAX_PHRASE_CHARS = 60
MAX_MEANINGS = 20
REMEDY = "Write `phrase: [meaning, …]` below `same:` or `means:` of a language"


def read(root: Path, languages: Sequence[str]) -> tuple[tuple[Synonym, ...], tuple[Problem, ...]]:
    """Synonyms and what is wrong with the file; none of both without one."""
    readings, problems = read_languages(
        root, SYNONYMS_FILE, languages, read_file, content="synonyms", remedy=REMEDY
    )
    found: dict[Synonym, None] = {}
    for reading in readings.values():
        found |= dict.fromkeys(_of_language(reading))
    return tuple(found), tuple(problems)


def _of_language(reading: Reading) -> Iterator[Synonym]:
    for kind, node in reading.keys.items():
        if kind not in ("same", "means") or not isinstance(node.value, Mapping):
            reading.note(kind, f"`{kind}` is neither `same` nor `means`", REMEDY)
            continue
        inner = Reading(reading.path, node.value, node.line, problems=reading.problems)
        for phrase, meanings in read_lists(inner, content="meanings", remedy=REMEDY).items():
            if not _are_within_limits(phrase, meanings, inner):
                continue
            if kind == "same":
                yield from (Synonym(*pair) for pair in permutations([phrase, *meanings], 2))
            else:
                yield from (Synonym(phrase, meaning) for meaning in meanings)


def _are_within_limits(phrase: str, meanings: Sequence[str], reading: Reading) -> bool:
    """True when a phrase and its meanings can be used; what hinders it is noted."""
    if not meanings:
        reading.note(phrase, f"`{phrase}` has no list of meanings", REMEDY)
    elif any(not text.strip() or len(text) > MAX_PHRASE_CHARS for text in (phrase, *meanings)):
        message = f"`{phrase[:MAX_PHRASE_CHARS]}` or a meaning is empty or too long"
        reading.note(phrase, message, f"Use 1 to {MAX_PHRASE_CHARS} characters")
    elif len(meanings) > MAX_MEANINGS:
        message = f"`{phrase}` has more than {MAX_MEANINGS} meanings"
        reading.note(phrase, message, "Keep those that readers use")
    else:
        return True
    return False
