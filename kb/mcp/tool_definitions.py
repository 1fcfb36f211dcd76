"""The tools as agents see them: names, descriptions, schemas, and how each is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from kb import validation
from kb.mcp.article_lookup import Refused
from kb.mcp.schemas import (
    ArticleAsked,
    ArticleReply,
    Asking,
    Reply,
    SearchAsked,
    SearchReply,
    SuggestAsked,
    SuggestReply,
)
from kb.mcp.tools import Told, Tools

A = TypeVar("A", bound=Asking)


@dataclass(frozen=True)
class ToolDefinition:
    """A tool as agents see it, and how it is called."""

    name: str
    title: str
    description: str
    asking: type[Asking]
    reply: type[Reply]
    prepare: Callable[[dict[str, Any]], Callable[[], Told]]
    """Checks the arguments, starts the clock, and returns the work, which blocks."""


def tool_definitions(tools: Tools) -> tuple[ToolDefinition, ...]:
    return (_search(tools), _read_article(tools), _suggest(tools))


def _search(tools: Tools) -> ToolDefinition:
    def prepare(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked = checked(SearchAsked, arguments)
        return lambda: tools.search(asked)

    return ToolDefinition(
        name="search",
        title="Search the help articles",
        description="Finds published help articles by meaning and by words, in any language "
        "of the site. Gives titles, the section that fits with an excerpt, and links; "
        "`read_article` gives the whole text.",
        asking=SearchAsked,
        reply=SearchReply,
        prepare=prepare,
    )


def _read_article(tools: Tools) -> ToolDefinition:
    def prepare(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked = checked(ArticleAsked, arguments)
        return lambda: tools.read_article(asked)

    return ToolDefinition(
        name="read_article",
        title="Read a help article",
        description="Gives one published help article as Markdown, with its address and when "
        "it was last changed.",
        asking=ArticleAsked,
        reply=ArticleReply,
        prepare=prepare,
    )


def _suggest(tools: Tools) -> ToolDefinition:
    def prepare(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked, budget = checked(SuggestAsked, arguments), tools.budget()
        return lambda: tools.suggest(asked, budget)

    return ToolDefinition(
        name="suggest",
        title="Decide about a customer's message",
        description="Decides what to do with a customer's message: give an answer that is "
        "quoted word for word from an article, offer articles, or hand off to a person. The "
        "probabilities are calibrated, and what the site wants a person to handle is handed "
        "off. Nothing of the message is stored.",
        asking=SuggestAsked,
        reply=SuggestReply,
        prepare=prepare,
    )


def checked(model: type[A], arguments: dict[str, Any]) -> A:
    """The arguments as `model`; raises Refused with every fault, repeating nothing sent."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        found = [_fault(model, item) for item in error.errors(include_url=False)]
        raise Refused("; ".join(dict.fromkeys(found))) from error


def _fault(model: type[Asking], item: Mapping[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        return f"the arguments are {', '.join(model.model_fields)}"
    name = ".".join(str(part) for part in item["loc"])
    return f"{name}: {validation.detail(item)}"
