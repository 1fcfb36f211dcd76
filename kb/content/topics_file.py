"""Topics in `topics.yml`, which change the release's lists by language and name:

    ru:
      legal: [суд, досудебная претензия]
      injury: []
      +person: [позовите мастера]
      warranty-case: [вскрыл корпус]

A list of the same name replaces the release's, one with + before the name adds to it, an empty one
switches it off, a new name adds a topic. Never raises for content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.content.files.form import Reading
from kb.content.files.phrases import read_languages, read_lists
from kb.content.model import Problem
from kb.content.shared_text.filled_file import read_file
from kb.content.topics import RELEASE, Topics, groups_of
from kb.content.topics.phrases import compiled

TOPICS_FILE = "topics.yml"
MORE = "+"
"""Before the name of a list that is added to the release's."""
MAX_PHRASE_CHARS = 200
MAX_PHRASES = 200
REMEDY = "Write `topic: [phrase, …]` below a language, e.g. `legal: [lawsuit, court]`"


def read(root: Path, languages: Sequence[str]) -> tuple[Topics, tuple[Problem, ...]]:
    """The site's lists and what is wrong with the file; the release's without one."""
    readings, problems = read_languages(
        root, TOPICS_FILE, languages, read_file, content="topics", remedy=REMEDY
    )
    lists = {lang: dict(topics) for lang, topics in RELEASE.items()}
    for lang, reading in readings.items():
        own = lists.setdefault(lang, {})
        for topic, phrases in _of_language(reading, groups_of(lang)).items():
            name = topic.removeprefix(MORE)
            own[name] = phrases if topic == name else (*own.get(name, ()), *phrases)
    return Topics(lists), tuple(problems)


def _of_language(reading: Reading, groups: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for topic, phrases in read_lists(reading, content="phrases", remedy=REMEDY).items():
        if len(phrases) > MAX_PHRASES:
            reading.note(topic, f"`{topic}` has no list of phrases", REMEDY)
        elif any(not compiled([text], groups) or len(text) > MAX_PHRASE_CHARS for text in phrases):
            message = f"a phrase of `{topic}` is empty, too long or has no word of its own"
            remedy = f"Use 1 to {MAX_PHRASE_CHARS} characters and at least one telling word"
            reading.note(topic, message, remedy)
        else:
            found[topic] = phrases
    return found
