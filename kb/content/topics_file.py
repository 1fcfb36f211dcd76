"""Reads `topics.yml`, which changes the release's topics by language and name:

    ru:
      legal: [суд, досудебная претензия]
      injury: []
      warranty-case: [вскрыл корпус]

A list of the same name replaces the release's, an empty one switches it off, a new name adds a
topic. Never raises for content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.content import articles, front_matter
from kb.content.articles import BadFile
from kb.content.front_matter import BadYaml, Fault, Node
from kb.content.model import Problem
from kb.content.topics import RELEASE, Topics, words_of

TOPICS_FILE = "topics.yml"
MAX_PHRASE_CHARS = 60
MAX_PHRASES = 200
REMEDY = "Write `topic: [phrase, …]` below a language, e.g. `legal: [lawsuit, court]`"


def read(root: Path, languages: Sequence[str]) -> tuple[Topics, tuple[Problem, ...]]:
    """The site's lists and what is wrong with the file; the release's without one."""
    if not (root / TOPICS_FILE).exists():
        return Topics(), ()
    faults: list[Fault] = []
    lists = {lang: dict(topics) for lang, topics in RELEASE.items()}
    try:
        keys, unread = front_matter.read_mapping(articles.read_text(root, TOPICS_FILE))
        faults += unread
        for lang, node in keys.items():
            if lang in languages and isinstance(node.value, Mapping):
                lists.setdefault(lang, {}).update(_of_language(node.value, faults))
            else:
                message = f"`{lang}` is not a language of the site with topics"
                faults.append(Fault(node.line, message, REMEDY))
    except (BadFile, BadYaml) as error:
        faults.append(error.fault)
    problems = [Problem(TOPICS_FILE, f.line, f.message, f.remedy) for f in faults]
    return Topics(lists), tuple(problems)


def _of_language(keys: Mapping[str, Node], faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    found = {}
    for topic, node in keys.items():
        rows = (node,) if isinstance(node.value, str) else node.value
        texts = [row.value for row in rows if isinstance(row, Node) and isinstance(row.value, str)]
        is_list = not isinstance(node.value, Mapping) and len(texts) == len(rows)
        if not is_list or len(texts) > MAX_PHRASES:
            faults.append(Fault(node.line, f"`{topic}` has no list of phrases", REMEDY))
        elif any(not words_of(text) or len(text) > MAX_PHRASE_CHARS for text in texts):
            message = f"a phrase of `{topic}` is empty, too long or has no word of its own"
            remedy = f"Use 1 to {MAX_PHRASE_CHARS} characters and at least one telling word"
            faults.append(Fault(node.line, message, remedy))
        else:
            found[topic] = tuple(texts)
    return found
