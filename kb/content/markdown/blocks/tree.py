"""Elements of blocks. Their texts are read later; what is finished is put aside."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from markdown.util import AtomicString

from kb.content.markdown.blocks.callouts import (
    Callout,
    CalloutTitle,
    FencedCallout,
    IndentedCallout,
    quoted_title,
)
from kb.content.markdown.blocks.code import Code, code_html
from kb.content.markdown.blocks.html import RawHtml
from kb.content.markdown.blocks.parts import (
    Definition,
    Definitions,
    HeadingText,
    Item,
    Items,
    Note,
    Paragraph,
    Part,
    Quote,
    Separator,
    Term,
)
from kb.content.markdown.blocks.tables import Rows
from kb.content.markdown.headings import split_anchor

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")


@dataclass(frozen=True)
class Tree:
    """Makes elements; `store` puts finished HTML aside and gives the mark that stands for it."""

    store: Callable[[str], str]
    html_of: Callable[[str], str]
    """Raw HTML as it may be shown."""
    titles: Mapping[Callout, str]
    notes: dict[str, Note] = field(default_factory=dict)
    """Footnotes by label, in order; of several with one label the first counts."""

    def add(self, parent: etree.Element, parts: list[Part]) -> None:
        """Add the elements of blocks to a parent, in order."""
        for part in parts:
            self._add(parent, part)

    def _add(self, parent: etree.Element, part: Part) -> None:
        if isinstance(part, Paragraph) or (isinstance(part, RawHtml) and part.is_only_pictures):
            _sub(parent, "p", part.text)
        elif isinstance(part, HeadingText):
            _add_heading(parent, part)
        elif isinstance(part, Separator):
            _sub(parent, "hr")
        elif isinstance(part, Code):
            self._add_finished(parent, code_html(part))
        elif isinstance(part, RawHtml):
            self._add_finished(parent, self.html_of(part.text))
        elif isinstance(part, Rows):
            parent.append(part.element())
        elif isinstance(part, Note):
            self.notes.setdefault(part.label, part)
        else:
            self._add_container(parent, part)

    def _add_finished(self, parent: etree.Element, html: str) -> None:
        if html:
            _sub(parent, "p", AtomicString(self.store(html)))

    def _add_container(self, parent: etree.Element, part: Part) -> None:
        if isinstance(part, Items):
            self._add_list(parent, part)
        elif isinstance(part, Quote):
            self._add_quote(parent, part)
        elif isinstance(part, (IndentedCallout, FencedCallout)):
            self.add(self._callout(parent, part.title), part.children)
        elif isinstance(part, Definitions):
            self._add_definitions(parent, part)

    def _add_list(self, parent: etree.Element, items: Items) -> None:
        element = _sub(parent, "ul" if items.start is None else "ol")
        if items.start not in (None, 1):
            element.set("start", str(items.start))
        for item in items.children:
            self._add_item(_sub(element, "li"), item, is_tight=items.is_tight)

    def _add_item(self, li: etree.Element, item: Part, *, is_tight: bool) -> None:
        for at, part in enumerate(item.children):
            if not isinstance(part, Paragraph):
                self._add(li, part)
                continue
            holder = li if is_tight else _sub(li, "p")
            task = _TASK.match(part.text) if at == 0 and isinstance(item, Item) else None
            if task:
                _add_task(holder, part.text[task.end() :], is_done=task[1] != " ")
            else:
                _append_text(holder, part.text)

    def _add_quote(self, parent: etree.Element, quote: Quote) -> None:
        first = quote.children[0] if quote.children else None
        if not isinstance(first, Paragraph) or not (title := quoted_title(first.lines[0])):
            self.add(_sub(parent, "blockquote"), quote.children)
            return
        del first.lines[0]
        parts = quote.children if first.lines else quote.children[1:]
        if not parts and title.words:  # all of it stands beside the mark
            parts, title = [Paragraph(quote.first, [title.words])], replace(title, words=None)
        self.add(self._callout(parent, title), parts)

    def _callout(self, parent: etree.Element, title: CalloutTitle) -> etree.Element:
        words = self.titles[title.kind] if title.words is None else title.words
        if title.folding:
            details = _sub(parent, "details")
            if title.folding == "open":
                details.set("open", "open")
            _sub(details, "summary", words or self.titles[title.kind])
            return details
        box = etree.SubElement(parent, "div", {"class": f"callout callout-{title.kind}"})
        if words:
            etree.SubElement(box, "p", {"class": "callout-title"}).text = words
        return box

    def _add_definitions(self, parent: etree.Element, definitions: Definitions) -> None:
        element = _sub(parent, "dl")
        for part in definitions.children:
            if isinstance(part, Term):
                _sub(element, "dt", part.text)
            elif isinstance(part, Definition):
                is_tight = not part.is_apart and len(part.children) == 1
                self._add_item(_sub(element, "dd"), part, is_tight=is_tight)


def _sub(parent: etree.Element, tag: str, text: str | None = None) -> etree.Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element


def _add_heading(parent: etree.Element, heading: HeadingText) -> None:
    text, anchor = split_anchor(heading.text)
    element = _sub(parent, f"h{heading.level}", text)
    if anchor:
        element.set("id", anchor)


def _add_task(holder: etree.Element, text: str, *, is_done: bool) -> None:
    label = _sub(holder, "label")
    attributes = {"type": "checkbox", "disabled": "", **({"checked": ""} if is_done else {})}
    box = etree.SubElement(label, "input", attributes)
    box.tail = f" {text}"


def _append_text(element: etree.Element, text: str) -> None:
    """Put a text behind whatever the element holds."""
    last = element[-1] if len(element) else None
    if last is None:
        element.text = f"{element.text}\n{text}" if element.text else text
    else:
        last.tail = f"{last.tail}\n{text}" if last.tail else text
