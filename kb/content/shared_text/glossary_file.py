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
from kb.content.shared_text.filled_file import read_file
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
        written = read_file(root, GLOSSARY_FILE, languages, max_chars=MAX_CHARS)
    except BadFile as error:
        return (), (error.problem,)
    nodes, problems = written.keys, list(written.problems)
    found: list[GlossaryTerm] = []
    for slug, node in nodes.items():
        if not SLUG.fullmatch(slug) or not isinstance(node.value, Mapping):
            message = f"`{slug[:MAX_SLUG_CHARS]}` is not a term"
            problems.append(_problem(node.line, message, ENTRY_REMEDY))
            continue
        reading = Reading(
            GLOSSARY_FILE, node.value, node.line, languages, problems, lost=written.lost
        )
        term = _term(slug, reading)
        if any(map(term.texts.get, term.names)):
            found.append(_with_article(term, library, reading))
    problems += _twice(found, {slug: node.line for slug, node in nodes.items()})
    return tuple(found), tuple(dict.fromkeys(problems))


def _term(slug: str, reading: Reading) -> GlossaryTerm:
    form = _TermKeys.read(reading)
    names = _by_language("term", form.term, reading)
    texts = _by_language("text", form.text, reading)
    for lang in reading.languages:
        if names and texts and (lang in names) != (lang in texts):
            has, lacks = ("term", "text") if lang in names else ("text", "term")
            message = f"`{has}` has `{lang}`, and `{lacks}` has not"
            reading.note(lacks, message, f"Add `{lang}: …` to `{lacks}`, or remove it there")
    both = [lang for lang in reading.languages if lang in names and lang in texts]
    names, texts = ({lang: one[lang] for lang in both} for one in (names, texts))
    return GlossaryTerm(slug, names, texts, form.also, form.article)


def _by_language(key: str, texts: Mapping[str, str], reading: Reading) -> Mapping[str, str]:
    """Texts of the languages that have one; a term may be of one language only."""
    node = reading.keys.get(key)
    if node and isinstance(node.value, str) and node.value.strip():
        reading.note_kind("dict_type", key)
    return {lang: texts[lang] for lang in reading.languages if texts.get(lang)}


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
