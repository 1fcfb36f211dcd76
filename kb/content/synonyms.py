"""Reads `synonyms.yml`: what readers call otherwise than the articles do. Never raises for content.

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

from kb.content import articles, front_matter
from kb.content.articles import BadFile
from kb.content.front_matter import BadYaml, Fault, Node
from kb.content.model import Problem
from search.model import Synonym

SYNONYMS_FILE = "synonyms.yml"
MAX_PHRASE_CHARS = 60
MAX_MEANINGS = 20
REMEDY = "Write `phrase: [meaning, …]` below `same:` or `means:` of a language"


def read(root: Path, languages: Sequence[str]) -> tuple[tuple[Synonym, ...], tuple[Problem, ...]]:
    """Synonyms and what is wrong with the file; none of both without one."""
    if not (root / SYNONYMS_FILE).exists():
        return (), ()
    faults: list[Fault] = []
    found: dict[Synonym, None] = {}
    try:
        text = articles.read_text(root, SYNONYMS_FILE)
        keys, unread = front_matter.read_mapping(text)
        faults += unread
        for lang, node in keys.items():
            if lang in languages and isinstance(node.value, Mapping):
                found |= dict.fromkeys(_of_language(node.value, faults))
            else:
                message = f"`{lang}` is not a language of the site with synonyms"
                faults.append(Fault(node.line, message, REMEDY))
    except (BadFile, BadYaml) as error:
        faults.append(error.fault)
    problems = [Problem(SYNONYMS_FILE, f.line, f.message, f.remedy) for f in faults]
    return tuple(found), tuple(problems)


def _of_language(keys: Mapping[str, Node], faults: list[Fault]) -> Iterator[Synonym]:
    for kind, node in keys.items():
        if kind not in ("same", "means") or not isinstance(node.value, Mapping):
            faults.append(Fault(node.line, f"`{kind}` is neither `same` nor `means`", REMEDY))
            continue
        for phrase, inner in node.value.items():
            meanings = _meanings(phrase, inner, faults)
            if kind == "same":
                yield from (Synonym(*pair) for pair in permutations([phrase, *meanings], 2))
            else:
                yield from (Synonym(phrase, meaning) for meaning in meanings)


def _meanings(phrase: str, node: Node, faults: list[Fault]) -> list[str]:
    """The texts that follow a phrase; none when something is wrong with any."""
    rows = (node,) if isinstance(node.value, str) else node.value
    texts = [row.value for row in rows if isinstance(row, Node) and isinstance(row.value, str)]
    if not texts or len(texts) != len(rows):
        faults.append(Fault(node.line, f"`{phrase}` has no list of meanings", REMEDY))
        return []
    if any(not text.strip() or len(text) > MAX_PHRASE_CHARS for text in (phrase, *texts)):
        message = f"`{phrase[:MAX_PHRASE_CHARS]}` or a meaning is empty or too long"
        remedy = f"Use 1 to {MAX_PHRASE_CHARS} characters"
        faults.append(Fault(node.line, message, remedy))
        return []
    if len(texts) > MAX_MEANINGS:
        message = f"`{phrase}` has more than {MAX_MEANINGS} meanings"
        faults.append(Fault(node.line, message, "Keep those that readers use"))
        return []
    return texts
