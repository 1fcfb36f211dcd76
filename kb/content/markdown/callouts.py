"""Callouts (`!!! note`, GitHub alerts) and collapsible details (`??? note`)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from typing import Literal

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.treeprocessors import Treeprocessor

Callout = Literal["note", "careful", "danger"]

CALLOUTS: Mapping[str, Callout] = {
    **dict.fromkeys(("note", "info", "tip", "hint", "success", "question", "example"), "note"),
    **dict.fromkeys(("abstract", "summary", "quote", "todo", "faq", "help", "seealso"), "note"),
    **dict.fromkeys(("warning", "caution", "attention", "careful", "important"), "careful"),
    **dict.fromkeys(("danger", "error", "bug", "failure", "fail", "missing"), "danger"),
}
ALERTS: Mapping[str, Callout] = {
    "note": "note",
    "tip": "note",
    "important": "careful",
    "warning": "careful",
    "caution": "danger",
}
CALLOUT_TITLES: Mapping[Callout, str] = {
    "note": "Note",
    "careful": "Careful",
    "danger": "Danger",
}

DETAILS = "details"
DETAILS_OPEN = "details-open"


class Callouts(AdmonitionProcessor):
    """`!!! warning "Title"` gives a callout, `??? note "Question"` collapsible details.

    While blocks are parsed both are `div`s, to which indented blocks below are still added.
    """

    CLASSNAME = "callout"
    CLASSNAME_TITLE = "callout-title"
    RE = re.compile(r'(?:^|\n)(!!!|\?\?\?\+?)(?= ?[\w"]) ?([\w-]+)?(?: *"(.*?)")? *(?:\n|$)')

    def __init__(self, parser: BlockParser, titles: Mapping[Callout, str]) -> None:
        super().__init__(parser)
        self._titles = titles

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        mark, kind_name, title = match.groups()
        kind = CALLOUTS.get((kind_name or "note").lower(), "note")
        if mark == "!!!":
            return f"callout-{kind}", (self._titles[kind] if title is None else title) or None
        return DETAILS if mark == "???" else DETAILS_OPEN, title or self._titles[kind]


class Details(Treeprocessor):
    """Turn the `div`s of details into `details` with a `summary`."""

    def run(self, root: etree.Element) -> None:
        for div in root.iter("div"):
            kind = div.get("class", "").removeprefix("callout ")
            if kind not in (DETAILS, DETAILS_OPEN):
                continue
            div.tag = "details"
            del div.attrib["class"]
            if kind == DETAILS_OPEN:
                div.set("open", "open")
            title = div[0]
            title.tag = "summary"
            del title.attrib["class"]


class Alerts(Treeprocessor):
    """GitHub alerts: a quote that begins with `[!NOTE]` becomes a callout."""

    ALERT = re.compile(r"\[!(\w{1,20})\][ ]*(?:\n|$)")

    def __init__(self, md: Markdown, titles: Mapping[Callout, str]) -> None:
        super().__init__(md)
        self._titles = titles

    def run(self, root: etree.Element) -> None:
        for quote in root.iter("blockquote"):
            first = quote[0] if len(quote) else None
            match = self.ALERT.match(first.text or "") if first is not None else None
            kind = ALERTS.get(match[1].lower()) if match else None
            if first is None or match is None or kind is None:
                continue
            quote.tag = "div"
            quote.set("class", f"callout callout-{kind}")
            first.text = (first.text or "")[match.end() :]
            if not first.text and not len(first):
                quote.remove(first)
            title = etree.Element("p", {"class": "callout-title"})
            title.text = self._titles[kind]
            quote.insert(0, title)
