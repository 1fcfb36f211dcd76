"""The glossary in `glossary.yml`: terms that explain themselves wherever they stand.

    gasket:
      term: {ru: Уплотнитель, en: Gasket}
      also: [резинка двери, door seal]
      text: {ru: Резиновая лента вокруг дверцы, en: The rubber band around the door}
      article: k2m7p

`also` are other names, of whatever language; `article` is where more is said. Never raises for
content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter
from kb.content.files.fields import (
    ID,
    ID_REMEDY,
    MAX_SLUG_CHARS,
    SLUG,
    Names,
    Texts,
    line,
    matches,
)
from kb.content.files.fields import Summaries as Explanations
from kb.content.files.form import Form, Reading
from kb.content.files.text import BadFile
from kb.content.model import Library, Problem
from kb.content.shared_text.term import GlossaryTerm

GLOSSARY_FILE = "glossary.yml"
MAX_CHARS = 200_000
"""About five hundred terms."""
ENTRY_REMEDY = "Write `slug:` in a-z, 0-9 and single hyphens, and its `term:` indented below"


class _TermKeys(Form):
    required = ("term", "text")

    term: Names = Field(default_factory=dict)
    also: Texts = ()
    text: Explanations = Field(default_factory=dict)
    article: Annotated[str, line(matches(ID, ID_REMEDY))] = ""


def read(
    root: Path, library: Library, languages: Sequence[str]
) -> tuple[tuple[GlossaryTerm, ...], tuple[Problem, ...]]:
    """Terms in the order of the file, and what is wrong with it; none of both without one."""
    if not (root / GLOSSARY_FILE).exists():
        return (), ()
    try:
        nodes, unread = front_matter.read_file(root, GLOSSARY_FILE, max_chars=MAX_CHARS)
    except BadFile as error:
        return (), (error.problem,)
    problems = list(unread)
    found: list[GlossaryTerm] = []
    for slug, node in nodes.items():
        if not SLUG.fullmatch(slug) or not isinstance(node.value, Mapping):
            message = f"`{slug[:MAX_SLUG_CHARS]}` is not a term"
            problems.append(_problem(node.line, message, ENTRY_REMEDY))
            continue
        reading = Reading(GLOSSARY_FILE, node.value, node.line, languages, problems)
        term = _term(slug, reading)
        if all(term.names.values()) and all(term.texts.values()):
            found.append(_with_article(term, library, reading))
    problems += _twice(found, {slug: node.line for slug, node in nodes.items()})
    return tuple(found), tuple(dict.fromkeys(problems))


def _term(slug: str, reading: Reading) -> GlossaryTerm:
    form = _TermKeys.read(reading)
    names = reading.in_every_language("term", form.term) if "term" in reading.keys else {}
    texts = reading.in_every_language("text", form.text) if "text" in reading.keys else {}
    nothing = dict.fromkeys(reading.languages, "")
    return GlossaryTerm(slug, names or nothing, texts or nothing, form.also, form.article)


def _with_article(term: GlossaryTerm, library: Library, reading: Reading) -> GlossaryTerm:
    """The term; without its article where readers cannot open that."""
    published = {it.id for it in library.articles if it.status == "published"}
    if not term.article or term.article in published or library.unread_path(term.article):
        return term if term.article in published else replace(term, article="")
    message = f"`article` is {term.article}, which is not published"
    reading.note("article", message, "Name a published article", FaultKind.BAD_RELATION)
    return replace(term, article="")


def _twice(terms: Sequence[GlossaryTerm], lines: Mapping[str, int]) -> Iterator[Problem]:
    """Names that two terms have: the first explains itself."""
    owners: dict[str, str] = {}
    for term in terms:
        for name in dict.fromkeys((*term.names.values(), *term.also)):
            owner = owners.setdefault(name.casefold(), term.slug)
            if owner != term.slug:
                message = f"`{name}` is a name of `{owner}` too"
                yield _problem(lines[term.slug], message, "Keep it at one of them")


def _problem(at: int, message: str, remedy: str) -> Problem:
    return Problem(GLOSSARY_FILE, at, message, remedy, FaultKind.BAD_VALUE)
