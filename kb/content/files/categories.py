"""Categories of articles, in `categories.yml`, with further languages in `<lang>/categories.yml`.

    faq:
      delivery:
        icon: truck
        order: 1
        title: {ru: Доставка, en: Delivery}
        description: {ru: Сроки и цены, en: Times and prices}

A language's own file has `title` and `description` as plain texts, so that a language can be added
by its folder alone. A category with a problem is used as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kb.content.fault_kinds import FaultKind
from kb.content.files.fields import (
    DEFAULT_ORDER,
    SLUG,
    SLUG_REMEDY,
    Name,
    Names,
    Order,
    Summaries,
    Summary,
    line,
    matches,
)
from kb.content.files.form import FileReader, Form, Reading
from kb.content.files.front_matter import Node
from kb.content.files.text import BadFile
from kb.content.model import SECTIONS, Category, Problem, SectionName

BAD_VALUE = FaultKind.BAD_VALUE
CATEGORIES_FILE = "categories.yml"
MAX_CHARS = 500_000
"""About a thousand categories with descriptions in five languages."""

Titles = Mapping[tuple[str, str], Mapping[str, Node]]
"""(section, slug) → `title` and `description` in one language."""

ICON_REMEDY = "Use the name of an icon, such as truck"
SECTION_REMEDY = "Use faq and guides, categories indented below"
TRANSLATED_REMEDY = "Write `title: …` and `description: …` indented below it"


class _CategoryKeys(Form):
    required = ("title",)

    icon: Annotated[str, line(matches(SLUG, ICON_REMEDY))] = ""
    order: Order = DEFAULT_ORDER
    title: Names = Field(default_factory=dict)
    description: Summaries = Field(default_factory=dict)


class _TranslatedKeys(Form):
    """Texts of a category in a language's own file."""

    required = ("title",)

    title: Name = ""
    description: Summary = ""


def read(
    root: Path, languages: Sequence[str], read_file: FileReader
) -> tuple[Mapping[tuple[str, str], Category], tuple[Problem, ...]]:
    """Categories by (section, slug), in the order in which pages show them, and problems."""
    try:
        written = read_file(root, CATEGORIES_FILE, languages, max_chars=MAX_CHARS)
    except BadFile as error:
        return {}, (error.problem,)
    sections, problems = written.keys, list(written.problems)
    translations = {
        lang: _translated(root, lang, languages, problems, read_file) for lang in languages
    }
    categories: list[Category] = []
    for section, slug, node in _entries(sections, problems):
        if not SLUG.fullmatch(slug) or not isinstance(node.value, Mapping):
            message = f"`{slug}` is not a category"
            problems.append(Problem(CATEGORIES_FILE, node.line, message, SLUG_REMEDY, BAD_VALUE))
            continue
        keys = _with_translations(section, slug, node.value, translations)
        reading = Reading(CATEGORIES_FILE, keys, node.line, languages, lost=written.lost)
        categories.append(_category(section, slug, reading))
        problems += reading.problems
    categories.sort(key=lambda it: (SECTIONS.index(it.section), it.order, it.slug))
    return {(one.section, one.slug): one for one in categories}, tuple(problems)


def _entries(
    sections: Mapping[str, Node], problems: list[Problem]
) -> Iterator[tuple[SectionName, str, Node]]:
    for name, node in sections.items():
        section = next((one for one in SECTIONS if one == name), None)
        if section is None or not isinstance(node.value, Mapping):
            message = f"`{name}` is not a section with categories"
            problems.append(Problem(CATEGORIES_FILE, node.line, message, SECTION_REMEDY, BAD_VALUE))
            continue
        for slug, inner in node.value.items():
            yield section, slug, inner


def _category(section: SectionName, slug: str, reading: Reading) -> Category:
    form = _CategoryKeys.read(reading)
    return Category(
        section=section,
        slug=slug,
        icon=form.icon,
        order=form.order,
        titles=reading.in_every_language("title", form.title),
        descriptions=reading.in_every_language("description", form.description),
    )


def _translated(
    root: Path,
    lang: str,
    languages: Sequence[str],
    problems: list[Problem],
    read_file: FileReader,
) -> Titles:
    """Texts that `<lang>/categories.yml` has for categories, those at fault left out."""
    path = f"{lang}/{CATEGORIES_FILE}"
    if (root / lang).is_symlink() or not (root / path).exists():
        return {}
    try:
        written = read_file(root, path, languages, max_chars=MAX_CHARS, lang=lang)
    except BadFile as error:
        problems.append(error.problem)
        return {}
    problems += written.problems
    found: dict[tuple[str, str], Mapping[str, Node]] = {}
    for name, node in written.keys.items():
        for slug, inner in node.value.items() if isinstance(node.value, Mapping) else ():
            if not isinstance(inner.value, Mapping):
                message = f"`{slug}` has no title"
                problems.append(Problem(path, inner.line, message, TRANSLATED_REMEDY, BAD_VALUE))
                continue
            reading = Reading(path, inner.value, inner.line, lost=written.lost)
            _TranslatedKeys.read(reading)
            problems += reading.problems
            if not reading.problems:
                found[name, slug] = inner.value
    return found


def _with_translations(
    section: str, slug: str, keys: Mapping[str, Node], translations: Mapping[str, Titles]
) -> Mapping[str, Node]:
    """`keys` of a category with the texts that the languages' own files have for it."""
    joined = dict(keys)
    for lang, titles in translations.items():
        for key, node in titles.get((section, slug), {}).items():
            known = joined.get(key)
            texts = known.value if known and isinstance(known.value, Mapping) else {}
            line = known.line if known else node.line
            joined[key] = Node({**texts, lang: node}, line)
    return joined
