"""An imported article as a file: front matter by our keys, and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kb.content.files.article_file import MAX_TITLE_CHARS
from kb.content.files.fields import MAX_ITEM_CHARS, MAX_SUMMARY_CHARS
from kb.content.files.form import MAX_LIST_ITEMS
from kb.imports.arrival.plan import PlannedPage
from kb.imports.dialects.summaries import PageSummary, fitting, summary_of
from kb.imports.formats.titles import plain_words
from kb.imports.model import ImportFinding, SourcePage

PLAIN = re.compile(r"[^\W\d_][\w .,()/'«»–—&+-]*[\w.)»]")
"""Text that any reader of YAML takes for text without quotes."""
WORDS_OF_YAML = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none"})


def article_text(planned: PlannedPage, markdown: str, summary: str) -> str:
    """The whole file."""
    lines = "".join(f"{line}\n" for line in _front(planned, summary))
    return f"---\n{lines}---\n{markdown}"


def title_of(page: SourcePage) -> str:
    """The title as a line that fits."""
    title = _line(plain_words(page.title))
    if len(title) <= MAX_TITLE_CHARS:
        return title
    cut = title[: MAX_TITLE_CHARS - 1].rpartition(" ")[0].rstrip(",;:—–- ")
    return f"{cut or title[: MAX_TITLE_CHARS - 1]}…"


def remarks(page: SourcePage) -> Iterator[ImportFinding]:
    """Facts that did not fit."""
    if len(_line(plain_words(page.title))) > MAX_TITLE_CHARS:
        yield ImportFinding(
            "Titles that were too long", page.path, 0, page.title, "Find a shorter one"
        )


def _front(planned: PlannedPage, summary: str) -> Iterator[str]:
    page = planned.page
    yield f"id: {quoted(planned.id)}"
    yield f"title: {quoted(title_of(page))}"
    yield f"summary: {quoted(summary)}"
    if tags := _tags(page):
        yield f"tags: [{', '.join(quoted(tag, in_list=True) for tag in tags)}]"
    if page.status != "published":
        yield f"status: {page.status}"
    if page.order is not None:
        yield f"order: {page.order}"
    if planned.source:
        yield f"source: {planned.source}"
    if page.updated:
        yield f"updated: {page.updated}"


def summary_for(page: SourcePage, markdown: str) -> PageSummary:
    """The summary that the source tells, else one made of the text."""
    if told := _line(plain_words(page.summary)):
        return PageSummary(fitting(told), "told")
    made = summary_of(markdown, title_of(page))
    # Braces are text in the article, where they can be escaped; in front matter they cannot
    text = _line(made.text).replace("{{ ", "{").replace(" }}", "}")
    text = text.replace("{{", "{").replace("}}", "}")
    return replace(made, text=text[:MAX_SUMMARY_CHARS])


def _tags(page: SourcePage) -> list[str]:
    tags = (_line(tag)[:MAX_ITEM_CHARS] for tag in page.tags)
    return list(dict.fromkeys(tag for tag in tags if tag))[:MAX_LIST_ITEMS]


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def quoted(text: str, *, in_list: bool = False) -> str:
    """`text` as a YAML scalar that any reader takes for text."""
    is_plain = PLAIN.fullmatch(text) and text.lower() not in WORDS_OF_YAML
    if is_plain and not (in_list and "," in text):
        return text
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
