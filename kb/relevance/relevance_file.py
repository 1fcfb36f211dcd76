"""Tests of search that authors keep beside the articles, in `relevance.yml`, by language.

    en:
      - ask: [where is my parcel, my order is late]
        must_find: w2d8k
        must_not_find: [k2m7p]
        must_answer: tracking number
      - ask: I will take you to court
        must_hand_off: sensitive_topic

Never raises for content: what is wrong with a test is reported, and the test left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from kb.content.fault_kinds import FaultKind
from kb.content.files.fields import ID, ID_REMEDY, LISTED, line, matches
from kb.content.files.form import Form, Reading
from kb.content.files.front_matter import Node
from kb.content.files.text import BadFile
from kb.content.model import Library, Problem
from kb.content.shared_text.filled_file import read_file
from kb.relevance.cases import FIRST, Expectation, RelevanceCase

RELEVANCE_FILE = "relevance.yml"
MAX_CHARS = 500_000
"""About three thousand tests."""
MAX_QUERY_CHARS = 500
ITEM_REMEDY = "Write `- ask: …` and below it what must happen, e.g. `must_find: k2m7p`"
LANG_REMEDY = "Write a language of the site with a list of `- ask: …` below it"
NOTHING_REMEDY = "Add must_find, must_not_find, must_answer or must_hand_off"

HandOff = Literal[
    "yes",
    "safety",
    "sensitive_topic",
    "user_requested",
    "low_confidence",
    "no_results",
    "too_short",
    "greeting",
    "thanks",
]
"""Reasons for which a message that stands alone is handed to a person; `yes` for any."""


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) and value else value


AS_LIST = BeforeValidator(_as_list)
_Id = Annotated[str, line(matches(ID, ID_REMEDY))]
_Query = Annotated[str, line(max_chars=MAX_QUERY_CHARS)]


class _TestKeys(Form):
    required = ("ask",)

    ask: Annotated[tuple[_Query, ...], LISTED, AS_LIST] = ()
    must_find: Annotated[tuple[_Id, ...], LISTED, AS_LIST] = ()
    must_not_find: Annotated[tuple[_Id, ...], LISTED, AS_LIST] = ()
    must_answer: Annotated[tuple[Annotated[str, line()], ...], LISTED, AS_LIST] = ()
    must_hand_off: HandOff | None = None


def read(
    root: Path, languages: Sequence[str]
) -> tuple[tuple[RelevanceCase, ...], tuple[Problem, ...]]:
    """The tests in the order of the file, and what is wrong with it; none of both without one."""
    if not (root / RELEVANCE_FILE).exists():
        return (), ()
    try:
        written = read_file(root, RELEVANCE_FILE, languages, max_chars=MAX_CHARS)
    except BadFile as error:
        return (), (error.problem,)
    nodes, problems = written.keys, list(written.problems)
    cases: list[RelevanceCase] = []
    for lang, node in nodes.items():
        if lang not in languages or not isinstance(node.value, tuple):
            message = f"`{lang[:20]}` is not a language of the site with tests"
            kind = FaultKind.BAD_TEST
            problems.append(Problem(RELEVANCE_FILE, node.line, message, LANG_REMEDY, kind))
            continue
        for item in node.value:
            cases += _tests(item, lang, problems)
    return tuple(cases), tuple(problems)


def misnamed(cases: Sequence[RelevanceCase], library: Library) -> Iterator[Problem]:
    """Problems of tests that name articles which readers cannot be shown."""
    published = {it.id for it in library.articles if it.status == "published"}
    known = {it.id for it in library.articles}
    told: set[tuple[int, str]] = set()
    for case in cases:
        for named in sorted(case.articles - published):
            if (case.line, named) in told:
                continue
            told.add((case.line, named))
            fault = "is not published" if named in known else "does not exist"
            fault = "was retired" if named in library.retired else fault
            if path := library.unread_path(named):
                fault = "cannot be read"
            remedy = "Name the article that readers are to find now, or delete the test"
            remedy = f"Mend {path}" if path else remedy
            message = f"the article {named} {fault}"
            yield Problem(case.path, case.line, message, remedy, FaultKind.BAD_TEST)


def _tests(item: Node, lang: str, problems: list[Problem]) -> Iterator[RelevanceCase]:
    """The tests that one entry makes: one for each wording."""
    if not isinstance(item.value, Mapping):
        message = "holds an entry that is not a test"
        kind = FaultKind.BAD_TEST
        problems.append(Problem(RELEVANCE_FILE, item.line, message, ITEM_REMEDY, kind))
        return
    reading = Reading(RELEVANCE_FILE, item.value, item.line)
    form = _TestKeys.read(reading)
    asked = Expectation(
        form.must_find, form.must_not_find, form.must_answer, form.must_hand_off or ""
    )
    if not reading.problems:
        _note_nonsense(asked, reading)
    # A key that nothing reads would leave a test that demands less than its author thinks.
    problems += [replace(one, kind=FaultKind.BAD_TEST) for one in reading.problems]
    if reading.problems:
        return
    first = asked.must_find[0] if asked.must_find else ""
    for query in form.ask:
        yield RelevanceCase("test", query, lang, first, RELEVANCE_FILE, item.line, asked)


def _note_nonsense(asked: Expectation, reading: Reading) -> None:
    """Note demands that nothing can meet."""
    both = sorted(set(asked.must_find) & set(asked.must_not_find))
    if asked == Expectation():
        reading.note("ask", "demands nothing", NOTHING_REMEDY)
    elif both:
        reading.note("must_not_find", f"{both[0]} must be found and must not be", "Keep one")
    elif asked.must_answer and asked.must_hand_off:
        message = "must be answered and must be handed off"
        reading.note("must_hand_off", message, "Keep one, or make two tests of it")
    elif len(asked.must_find) > FIRST:
        message = f"demands {len(asked.must_find)} articles among the first {FIRST}"
        reading.note("must_find", message, f"Name at most {FIRST}")
