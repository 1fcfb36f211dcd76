"""Parts that requests and responses of several routes share, and the check of what clients send.

What no schema names is neither read nor sent. Clients ignore fields they do not know, and so does
the server; types are not converted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from kb import validation
from kb.web.http.problems import ApiProblem, FieldError

_DIGITS = re.compile(r"[0-9]{1,9}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})",
    re.IGNORECASE,
)


def _number(value: object) -> object:
    """A number as addresses spell it; `int` alone would also take " 1_0 "."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("must be a whole number")
    return value


def _time(value: object) -> object:
    """A time of RFC 3339; pydantic alone would also take seconds since 1970."""
    if isinstance(value, str) and not _TIME.fullmatch(value):
        raise ValueError("must be a time such as 2026-11-02T09:14:00Z")
    return value


def _written_time(value: object) -> object:
    """As `_time`, and text only: a number is no time."""
    if not isinstance(value, str):
        raise ValueError("must be a time such as 2026-11-02T09:14:00Z")
    return _time(value)


def whole(value: object) -> object:
    """2.0 is the number 2: some languages know no other numbers, and JSON Schema says so too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# The validator stands last, which is outermost: the bounds are then those of a number.
Limit20 = Annotated[int, Field(ge=1, le=20), BeforeValidator(_number)]
Limit100 = Annotated[int, Field(ge=1, le=100), BeforeValidator(_number)]
Limit10 = Annotated[int, Field(ge=1, le=10), BeforeValidator(_number)]
Offset = Annotated[int, Field(ge=0, le=200), BeforeValidator(_number)]
Time = Annotated[AwareDatetime, BeforeValidator(_time)]
BodyTime = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_time)]
"""In a body, where types are strict otherwise: JSON has no times."""
SectionName: TypeAlias = Literal["faq", "guides"]

Text = Annotated[str, Field(description="What is looked for: any text.")]
Locale = Annotated[
    str | None, Field(description="A language of the site, region ignored. Absent: its first one.")
]
CategoryName = Annotated[
    str | None, Field(description="Id or slug of a category; nothing passes an unknown one.")
]
Token = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Incoming(BaseModel):
    """What clients send in a body: strict types, unknown fields ignored, null means absent."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: item for name, item in value.items() if item is not None}


class Query(BaseModel):
    """What clients send in an address: numbers arrive as text."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Outgoing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentOut(Outgoing):
    """A run of text `t`; `m` says that it is one of the reader's words."""

    t: str
    m: bool


class PassageOut(Outgoing):
    heading: str
    anchor: str
    text: str


class CategoryRef(Outgoing):
    id: str
    title: str


class OffsetPage(Outgoing):
    limit: int
    offset: int
    total: int


M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], values: object) -> M:
    """`values` as `model`; raises ApiProblem with one error for each wrong field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        errors = tuple(_field_error(item) for item in error.errors(include_url=False))
        first = errors[0]
        detail = f"{first.pointer.lstrip('/') or 'the body'}: {first.detail}"
        raise ApiProblem("validation_failed", detail, errors=errors) from error


_CODES = {
    "missing": "required",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "too_short": "too_short",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "literal_error": "unknown_value",
    "value_error": "invalid_value",
    "string_pattern_mismatch": "invalid_value",
}


def _field_error(item: Mapping[str, Any]) -> FieldError:
    kind = str(item["type"])
    code = _CODES.get(kind, "wrong_type")
    return FieldError(validation.pointer(item["loc"]), code, validation.detail(item))
