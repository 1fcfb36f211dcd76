"""Blocks of an answer, each to be laid out as what it is in the article."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kb.web.api.schemas.base import Outgoing
from search.model import Tone

Heading = Annotated[
    str,
    Field(
        description="Headings above, outermost first, empty before the first one. "
        "Show them where they change."
    ),
]
Anchor = Annotated[str, Field(description="Id of the section; empty for the article's start.")]
Lead = Annotated[
    str, Field(description="The sentence that introduces it; empty when there is none.")
]
Item = Annotated[
    str,
    Field(
        description="Lines, where more than a paragraph stands in it; those of a list inside begin "
        "with a tab."
    ),
]
Lines = Annotated[
    str, Field(description="A line for each paragraph; those of a list begin with a tab.")
]

LeftOut = Annotated[int, Field(description="How many more the article has.")]


class _BlockOut(Outgoing):
    heading: Heading
    anchor: Anchor


class ParagraphBlockOut(_BlockOut):
    kind: Literal["paragraph"]
    text: str


class StepsBlockOut(_BlockOut):
    """Numbered steps, always all of them."""

    kind: Literal["steps"]
    lead: Lead
    start: int = Field(description="Number of the first step.")
    items: list[Item]


class ListBlockOut(_BlockOut):
    """Items without numbers; of a long list those that answer."""

    kind: Literal["list"]
    lead: Lead
    items: list[Item]
    left_out: LeftOut


class TableBlockOut(_BlockOut):
    """Rows that answer, under the heads of their columns."""

    kind: Literal["table"]
    lead: Lead
    head: list[str] = Field(description="Empty when the table has no heads.")
    rows: list[list[str]]
    left_out: LeftOut


class CalloutBlockOut(_BlockOut):
    kind: Literal["callout"]
    lead: Lead
    title: str
    tone: Tone = Field(description="How much it matters.")
    text: Lines


class DefinitionBlockOut(_BlockOut):
    kind: Literal["definition"]
    title: str = Field(description="The term.")
    text: Lines


class CodeBlockOut(_BlockOut):
    kind: Literal["code"]
    lead: Lead
    text: str


BlockOut = Annotated[
    ParagraphBlockOut
    | StepsBlockOut
    | ListBlockOut
    | TableBlockOut
    | CalloutBlockOut
    | DefinitionBlockOut
    | CodeBlockOut,
    Field(discriminator="kind"),
]
