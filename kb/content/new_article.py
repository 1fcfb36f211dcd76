"""`kb new`: start an article with a fresh id."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from kb.content.files.article_file import MAX_TITLE_CHARS
from kb.content.files.fields import MAX_SLUG_CHARS, SLUG
from kb.content.files.front_matter import MAX_CHARS
from kb.content.files.written_id import written_id
from kb.content.model import SECTIONS, Library
from kb.languages import records

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_CHARS = 5

TEMPLATE = """\
---
id: {id}
title: {title}
summary: {summary}
tags: []
questions: []
products: [{products}]
status: draft
---
"""
USUAL_LANGUAGE = "en"
"""Of the hints in a draft where we have none in its own."""


class CannotStart(Exception):
    """The article cannot be started as asked; the message says what to change."""


def fresh_id(used: Collection[str], *, choose: Callable[[str], str] = secrets.choice) -> str:
    """An id that no article has or had: five characters without i, l, o, u."""
    while True:
        candidate = "".join(choose(ALPHABET) for _ in range(ID_CHARS))
        # Without a letter it would look like a number to people and tools
        if candidate not in used and not candidate.isdigit():
            return candidate


def used_ids(library: Library, root: Path) -> frozenset[str]:
    """Ids that are taken: of articles, even of files left out as broken,
    of retired ones, and of those that only git remembers."""
    in_files: set[str] = set()
    for problem in library.problems:
        in_files |= _id_in(root / problem.path)
    former = library.former.values()
    return frozenset({it.id for it in library.articles}.union(library.retired, in_files, former))


def _id_in(path: Path) -> set[str]:
    if path.suffix != ".md" or not path.is_file():
        return set()
    with path.open("rb") as file:
        return {written_id(file.read(4 * MAX_CHARS))} - {""}


def new_article(
    root: Path,
    library: Library,
    *,
    languages: Sequence[str],
    lang: str,
    section: str,
    category: str,
    slug: str,
    title: str,
) -> Path:
    """Write a draft and return its path. A translation shares id and products with its original.

    Raises CannotStart; never overwrites a file.
    """
    _require(lang in languages, f"`{lang}` is not a language; use {' or '.join(languages)}")
    _require(section in SECTIONS, f"`{section}` is not a section; use {' or '.join(SECTIONS)}")
    known = {(it.section, it.slug) for it in library.categories}
    own = ", ".join(slug for of, slug in sorted(known) if of == section)
    remedy = f"use {own}" if own else "add it to categories.yml"
    _require((section, category) in known, f"`{category}` is not a category of {section}; {remedy}")
    is_slug = bool(SLUG.fullmatch(slug)) and len(slug) <= MAX_SLUG_CHARS
    _require(is_slug, f"`{slug}` is not a slug; use a-z, 0-9 and single hyphens")
    title = " ".join(title.split())
    _require(title.isprintable(), "The title holds a character that cannot be shown")
    _require(
        0 < len(title) <= MAX_TITLE_CHARS, f"The title needs 1 to {MAX_TITLE_CHARS} characters"
    )
    path = root / lang / section / category / f"{slug}.md"
    twin = next((it for it in library.articles if it.address == (section, category, slug)), None)
    article_id = twin.id if twin else fresh_id(used_ids(library, root))
    text = draft_text(lang, title, article_id, twin.products if twin else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CannotStart(f"{path} exists already; choose another slug") from error
    return path


def draft_text(lang: str, title: str, article_id: str, products: Sequence[str] = ()) -> str:
    """The file of an article that nobody has written yet, hints in its language."""
    known = records().get(lang)
    summary, body = known.draft if known and known.draft else records()[USUAL_LANGUAGE].draft
    front = TEMPLATE.format(
        id=_quoted(article_id), title=_quoted(title), summary=summary, products=", ".join(products)
    )
    return f"{front}{body}\n"


def _quoted(text: str) -> str:
    """`text` as a YAML scalar that any reader takes for a string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _require(is_fine: bool, message: str) -> None:
    if not is_fine:
        raise CannotStart(message)
