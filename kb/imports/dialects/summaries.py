"""A summary for a page without one: the sentences with which its text begins.

They are those of the first paragraph that is prose, near the beginning. Notes, code, tables and
what stands far below are none; what has no such paragraph is summed up by its steps or headings,
and the report tells which it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.content.files.fields import MAX_SUMMARY_CHARS
from kb.content.markdown.bounds import MarkupRefused
from kb.content.sanitize import to_html
from kb.imports.html.tree import HtmlNode, parse

SummaryOrigin = Literal["told", "beginning", "steps", "headings", "further down", "note", "title"]
"""The part of a page that its summary comes from; `told` by the source itself."""

END = re.compile(r"(?<=[.!?…])[»”\")]?(?=\s)|(?<=[。！？])")
MIN_CHARS = 20
READ_CHARS = 6_000
NEAR_CHARS = 1_500
"""Text above a paragraph that still begins the article."""
MIN_LEAD_WORDS = 5
"""Of a sentence that leads to a list, so that it says something without it."""
ASIDE = frozenset({"a", "strong", "b", "em", "i", "code"})
"""Parts that make no prose by themselves."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MARKS = frozenset({"sup", "img"})


@dataclass(frozen=True)
class PageSummary:
    """A summary, and the part of the page that it was made of."""

    text: str
    origin: SummaryOrigin


def summary_of(markdown: str, title: str) -> PageSummary:
    """A summary of at most MAX_SUMMARY_CHARS; the title only where a page says nothing else."""
    blocks = _blocks(markdown)
    leads: list[str] = []
    for at, text in _near(blocks, title):
        if not text.endswith(":"):
            return PageSummary(fitting(text), "beginning")
        if lead := _with_steps(text, blocks[at + 1 : at + 2]) or _without_lead(text):
            return PageSummary(fitting(lead), "beginning")
        leads.append(text.rstrip(": "))
    return _otherwise(blocks, title, leads)


def _otherwise(blocks: Sequence[HtmlNode], title: str, leads: Sequence[str]) -> PageSummary:
    """The summary of a page that does not begin with prose."""
    headings = [it.words().lstrip(".:;,)- ") for it in blocks if it.tag in HEADINGS]
    further = [text for it in blocks if it.tag == "p" and (text := _prose(it, title))]
    inner = [it for block in blocks for it in block.walk() if it.tag == "p"]
    notes = [it.words() for it in inner if it.words() and "callout-title" not in it.classes]
    choices: tuple[tuple[SummaryOrigin, str], ...] = (
        ("steps", " ".join(_steps(blocks))),
        ("beginning", next(iter(leads), "")),
        ("headings", "; ".join(headings)),
        ("further down", next(iter(further), "").rstrip(": ")),
        ("note", next(iter(notes), "")),
    )
    for origin, text in choices:
        if text and text != title:
            return PageSummary(fitting(text), origin)
    return PageSummary(title[:MAX_SUMMARY_CHARS], "title")


def _blocks(markdown: str) -> list[HtmlNode]:
    """Blocks at the top level of the beginning of a page."""
    text = markdown[:READ_CHARS]
    if len(markdown) > READ_CHARS:
        text = text.rpartition("\n\n")[0] or text
    try:
        return parse(to_html(text)).elements()
    except MarkupRefused:
        return []


def _near(blocks: Sequence[HtmlNode], title: str) -> Iterator[tuple[int, str]]:
    """Paragraphs of prose at the beginning, in order, with their places."""
    above = 0
    for at, block in enumerate(blocks):
        if above > NEAR_CHARS:
            return
        if block.tag == "p" and (text := _prose(block, title)):
            yield at, text
        above += len(block.words())


def _prose(paragraph: HtmlNode, title: str) -> str:
    """Words of a paragraph; "" for one that is only a link, a picture, a label or the title."""
    plain = [child for child in paragraph.children if child.tag not in ASIDE]
    text = HtmlNode("p", {}, [it for it in paragraph.children if it.tag not in MARKS]).words()
    own = HtmlNode("p", {}, plain).words()
    is_said = any(char.isalpha() for char in own) and " " in text and not _is_labelled(paragraph)
    return text if is_said and _loose(text) != _loose(title) else ""


def _is_labelled(paragraph: HtmlNode) -> bool:
    """True for facts behind bold labels, such as `**Date:** today`."""
    bold = [it for it in paragraph.children if it.tag in ("strong", "b")]
    first = next((it for it in paragraph.children if it.tag or it.text.strip()), HtmlNode(""))
    colons = {
        id(one)
        for one, following in zip(paragraph.children, paragraph.children[1:], strict=False)
        if following.text.lstrip().startswith(":")
    }
    labels = [it for it in bold if it.words().endswith(":") or id(it) in colons]
    return len(labels) > 1 or (len(labels) == 1 and labels[0] is first)


def _with_steps(lead: str, following: Sequence[HtmlNode]) -> str:
    """A sentence that leads to a list, with the beginning of the list; "" without one."""
    steps = list(_steps(following))
    return " ".join((lead, *steps)) if steps and END.search(lead) is None else ""


def _without_lead(text: str) -> str:
    """Sentences before the one that leads to a list; that one, if it says enough; or ""."""
    ends = [match.end() for match in END.finditer(text)]
    if ends and ends[-1] >= MIN_CHARS:
        return text[: ends[-1]].strip()
    is_whole = len(text.split()) >= MIN_LEAD_WORDS and not text[0].islower()
    return text.rstrip(": ") if is_whole else ""


def _steps(blocks: Sequence[HtmlNode]) -> Iterator[str]:
    """Sentences of the first list."""
    first = next((it for it in blocks if it.tag in ("ol", "ul")), HtmlNode(""))
    for item in first.elements():
        inner = [it for it in item.children if it.tag not in ("ul", "ol", "pre", "div", "table")]
        text = HtmlNode("li", {}, inner).words().rstrip(":; ")
        if any(char.isalpha() for char in text):
            yield text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _loose(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def fitting(text: str) -> str:
    """`text` within the limit: its whole first sentences, or cut at a word."""
    if len(text) <= MAX_SUMMARY_CHARS:
        return text
    ends = [match.end() for match in END.finditer(text[: MAX_SUMMARY_CHARS + 1])]
    whole = [end for end in ends if MIN_CHARS <= end <= MAX_SUMMARY_CHARS]
    if whole:
        return text[: whole[-1]].strip()
    cut = text[: MAX_SUMMARY_CHARS - 1].rpartition(" ")[0].rstrip(",;:—–- ")
    return f"{cut or text[: MAX_SUMMARY_CHARS - 1]}…"
