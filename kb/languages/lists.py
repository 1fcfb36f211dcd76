"""Lists of topics as the release brings them: one text file a language, in `topics` beside this.

    {person}                 a group of words that phrases name
    agent operator
    [complaint]              a topic, and a phrase on each line
    talk to {person}

What phrases mean is known to `kb.content.topics.phrases`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FOLDER = Path(__file__).parent / "topics"
_HEAD = re.compile(r"\{(?P<group>\w+)\}|\[(?P<topic>[\w-]+)\]")


@dataclass(frozen=True)
class TopicLists:
    """Groups of words by name, separated by blanks, and phrases by topic."""

    groups: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def topic_lists(code: str) -> TopicLists:
    """Those of a language. Raises FileNotFoundError when the release has none for it."""
    groups: dict[str, list[str]] = {}
    topics: dict[str, list[str]] = {}
    here: list[str] = []
    for line in (_FOLDER / f"{code}.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head = _HEAD.fullmatch(line)
        if head is None:
            here.append(line)
        elif head["group"]:
            here = groups.setdefault(head["group"], [])
        else:
            here = topics.setdefault(head["topic"], [])
    return TopicLists(
        {name: " ".join(lines) for name, lines in groups.items()},
        {name: tuple(lines) for name, lines in topics.items()},
    )
