"""Kinds of values in author files: lines of text, lists, numbers, texts by language, and limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from kb.content.files.form import MAX_LIST_ITEMS, Reading
from kb.content.files.text import MAX_BYTES
from kb.content.model import SECTIONS

MAX_NAME_CHARS = 60
"""Of a category or product."""
MAX_SUMMARY_CHARS = 200
MAX_ITEM_CHARS = 200
MAX_SLUG_CHARS = 80
DEFAULT_ORDER = 1000

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{5}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ALIAS = re.compile(rf"(?:(?:{'|'.join(SECTIONS)})/{SLUG.pattern}/)?{SLUG.pattern}")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
ORDER = re.compile(r"-?\d{1,6}")

ID_REMEDY = "Remove the line, then `kb id FILE` gives one (5 of 0-9, a-z, no i l o u)"
SLUG_REMEDY = f"Use a-z, 0-9 and single hyphens, at most {MAX_SLUG_CHARS} characters"

Check = Callable[[str], InitErrorDetails | None]
"""The error of a text, None for none."""


def matches(form: re.Pattern[str], remedy: str) -> Check:
    """Check that a text has the whole form; an empty one is missing and has its own problem."""

    def check(text: str) -> InitErrorDetails | None:
        if not text or form.fullmatch(text):
            return None
        error = PydanticCustomError("mismatch", "has another form", {"remedy": remedy})
        return {"type": error, "input": text}

    return check


def line(*checks: Check, max_chars: int = MAX_ITEM_CHARS) -> BeforeValidator:
    """Text on one line, single spaces between its words; all that is wrong with it at once."""

    def validate(value: object, info: ValidationInfo[Reading]) -> object:
        if not isinstance(value, str):
            return value  # pydantic's own error
        text = _one_line(value)
        found = [*_too_long(text, max_chars), *filter(None, (check(text) for check in checks))]
        if found and not info.context.is_lenient:
            raise ValidationError.from_exception_data("line", found)
        return text

    return BeforeValidator(validate)


def _one_line(text: str) -> str:
    return " ".join(text[: MAX_BYTES // 10].split())


def _too_long(text: str, max_chars: int) -> list[InitErrorDetails]:
    if len(text) <= max_chars:
        return []
    return [{"type": "string_too_long", "input": text, "ctx": {"max_length": max_chars}}]


def _listed(
    value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo[Reading]
) -> Any:
    """Distinct texts, empty ones left out; nothing is an empty list, what is too much is cut."""
    if value == "":
        return ()
    if isinstance(value, tuple) and len(value) > MAX_LIST_ITEMS:
        info.context.note_kind("too_long", str(info.field_name), max_length=MAX_LIST_ITEMS)
        value = value[:MAX_LIST_ITEMS]
    return tuple(dict.fromkeys(filter(None, handler(value))))


def _whole_number(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    text = _one_line(value)
    if text and not ORDER.fullmatch(text):
        error = PydanticCustomError("whole_number", "is not a whole number")
        found: InitErrorDetails = {"type": error, "input": text}
        raise ValidationError.from_exception_data(
            "number", [*_too_long(text, MAX_ITEM_CHARS), found]
        )
    return int(text) if text else DEFAULT_ORDER


def _day(value: object) -> object:
    """A day of the calendar; a time behind it is left out, an empty text is none."""
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    text = _one_line(value)
    found = DAY.fullmatch(text[:MAX_ITEM_CHARS])
    try:
        return date.fromisoformat(found[1] if found else text) if text else None
    except ValueError as error:
        raise PydanticCustomError("no_date", "is no day") from error


def _of_the_site(value: object, info: ValidationInfo[Reading]) -> object:
    """Only texts in the site's languages; others are for another time."""
    if not isinstance(value, dict):
        return value
    return {lang: value[lang] for lang in info.context.languages if lang in value}


LISTED = WrapValidator(_listed)

Line = Annotated[str, line()]
Texts = Annotated[tuple[Line, ...], LISTED]
Ids = Annotated[tuple[Annotated[str, line(matches(ID, ID_REMEDY))], ...], LISTED]
Slugs = Annotated[tuple[Annotated[str, line(matches(SLUG, SLUG_REMEDY))], ...], LISTED]
Aliases = Annotated[tuple[Annotated[str, line(matches(ALIAS, SLUG_REMEDY))], ...], LISTED]
Day = Annotated[date | None, BeforeValidator(_day)]
Order = Annotated[int, BeforeValidator(_whole_number)]
Name = Annotated[str, line(max_chars=MAX_NAME_CHARS)]
Summary = Annotated[str, line(max_chars=MAX_SUMMARY_CHARS)]
Names = Annotated[dict[str, Name], BeforeValidator(_of_the_site)]
Summaries = Annotated[dict[str, Summary], BeforeValidator(_of_the_site)]
