"""One article's file: where it may lie, the keys of its front matter, and its body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticKnownError

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter
from kb.content.files.fields import (
    DEFAULT_ORDER,
    ID,
    ID_REMEDY,
    MAX_ITEM_CHARS,
    MAX_SLUG_CHARS,
    SLUG,
    SLUG_REMEDY,
    Aliases,
    Day,
    Ids,
    Line,
    Order,
    Slugs,
    Summary,
    Texts,
    line,
    matches,
)
from kb.content.files.form import Form, Reading
from kb.content.files.misread import quotes
from kb.content.files.misread.entries import going_on, joined_items
from kb.content.files.text import BadFile, read_text
from kb.content.files.tree import PLACE_REMEDY, SECTION_CHOICE
from kb.content.model import SECTIONS, Article, ArticleHead, ArticleStatus, Problem, SectionName

BAD_NAME, MISPLACED = FaultKind.BAD_NAME, FaultKind.MISPLACED_FILE
BAD_YAML = FaultKind.BAD_YAML
MAX_TITLE_CHARS = 90
NEVER = datetime.fromtimestamp(0, tz=UTC)

LANG_REMEDY = "Move it, or add the language to KB_LANGUAGES"
ITEM_REMEDY = "Begin it right below the - above"
SECTION_REMEDY = f"Use {SECTION_CHOICE}"


def _published(value: object, info: ValidationInfo[Reading]) -> str:
    """The name of a status; published without one."""
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    name = " ".join(value.split())
    if len(name) > MAX_ITEM_CHARS:
        info.context.note_kind(
            "string_too_long", "status", length=len(name), max_length=MAX_ITEM_CHARS
        )
    return name or "published"


class _Keys(Form):
    """Keys of the front matter, each named as the field of `Article` that it fills."""

    required = ("id", "title", "summary")
    keeps_others = True

    id: Annotated[str, line(matches(ID, ID_REMEDY))] = ""
    title: Annotated[str, line(max_chars=MAX_TITLE_CHARS)] = ""
    summary: Summary = ""
    tags: Texts = ()
    questions: Texts = ()
    status: Annotated[ArticleStatus, BeforeValidator(_published)] = "published"
    order: Order = DEFAULT_ORDER
    aliases: Aliases = ()
    related: Texts = ()
    products: Slugs = ()
    next: Ids = ()
    source: Line = ""
    verified: Day = None
    updated: Day = None


KEYS: tuple[str, ...] = tuple(_Keys.model_fields)


@dataclass(frozen=True)
class Place:
    """An article's place, as its path tells it."""

    path: str
    lang: str
    section: SectionName
    category: str
    slug: str


def place_of(path: str, languages: Sequence[str]) -> Place | Problem:
    """The place of a Markdown file, or the problem of one that no article can have."""
    parts = path.split("/")
    if len(parts) != 4:
        return Problem(path, 1, "does not lie in a category folder", PLACE_REMEDY, MISPLACED)
    lang, folder, category, name = parts
    if lang not in languages:
        known = ", ".join(languages)
        message = f"`{lang}` is not a language of the site ({known})"
        return Problem(lang, 1, message, LANG_REMEDY, MISPLACED)
    section = next((one for one in SECTIONS if one == folder), None)
    if section is None:
        message = f"`{folder}` is not a section"
        return Problem(f"{lang}/{folder}", 1, message, SECTION_REMEDY, MISPLACED)
    stem, dot, suffix = name.partition(".")
    if dot + suffix != ".md":
        return Problem(path, 1, "does not end in .md", "Rename it to <slug>.md", BAD_NAME)
    for slug in (category, stem):
        if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARS:
            return Problem(path, 1, f"`{slug}` is not a slug", SLUG_REMEDY, BAD_NAME)
    return Place(path, lang, section, category, stem)


@dataclass(frozen=True)
class ArticleReading:
    """An article as far as its file can be used, and what is wrong with it."""

    article: Article | None
    """None where a problem could mislead readers."""
    problems: tuple[Problem, ...]
    unknown_keys: Mapping[str, int] = field(default_factory=dict)
    """Keys that nothing reads, with their lines."""


def read_article(root: Path, place: Place) -> ArticleReading:
    """The article in a file; its dates are the library's to fill in."""
    try:
        parts = front_matter.split(read_text(root, place.path), place.path)
    except BadFile as error:
        return ArticleReading(None, (error.problem,))
    front = parts.front.split("\n")
    told = {it: it.problem(place.path, parts.front_line) for it in quotes.faults(parts.front)}
    misled = {fault: problem for fault, problem in told.items() if fault.mark != "#"}
    # A value that only wants quotes is read as it is meant, so that the rest is judged as well
    meant = "\n".join(quotes.mended(front, misled))
    found = front_matter.read_entries(meant, place.path, first_line=parts.front_line)
    reading = Reading(place.path, found.keys, parts.front_line, lost=found.lost)
    form = _Keys.read(reading)
    unknown = {key: node.line for key, node in found.keys.items() if key not in KEYS}
    explained = {parts.front_line + at for it in misled for at in going_on(front, it.line)}
    others = (it for it in found.problems if it.kind is not BAD_YAML or it.line not in explained)
    faults = (*others, *reading.problems, *misled.values())
    joined = (_joined(place.path, parts.front_line + at) for at in joined_items(front))
    article = None if faults or found.is_broken else _article(form, place, parts, reading)
    return ArticleReading(
        article, tuple(dict.fromkeys((*faults, *told.values(), *joined))), unknown
    )


def _joined(path: str, line: int) -> Problem:
    message, remedy = (
        "is indented deeper than the item above, and read as a part of it",
        ITEM_REMEDY,
    )
    return Problem(path, line, message, remedy, FaultKind.CUT_VALUE)


def _article(form: _Keys, place: Place, parts: front_matter.Parts, reading: Reading) -> Article:
    written: dict[str, Any] = dict(form)
    status, verified, updated = (written.pop(key) for key in ("status", "verified", "updated"))
    return Article(
        ArticleHead(
            lang=place.lang,
            section=place.section,
            category=place.category,
            slug=place.slug,
            updated_at=NEVER,
            **written,
        ),
        status=status,
        body=parts.body,
        body_line=parts.body_line,
        path=place.path,
        verified=verified,
        updated=updated,
        key_lines=_key_lines(reading.keys),
    )


def _key_lines(keys: Mapping[str, front_matter.Node]) -> Mapping[str, int]:
    """Lines of the keys; those of each question as `questions/0`, `questions/1` …"""
    asked = keys["questions"].value if "questions" in keys else ()
    items = asked if isinstance(asked, tuple) else ()
    return {key: node.line for key, node in keys.items()} | {
        f"questions/{number}": item.line for number, item in enumerate(items)
    }
