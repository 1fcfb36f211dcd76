"""Links, inline and by reference, and addresses in angle brackets."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from typing import ClassVar

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from kb.content.markdown.bounds import MAX_NESTED
from kb.content.markdown.inline.escapes import as_text, unescaped
from kb.content.markdown.inline.targets import Targets

MAX_LINK_CHARS = 2_000
DESTINATION = re.compile(
    r"\(\s{0,99}+(?:<([^<>\n]{0,2000})>|"
    r"((?:[^\s()]|\((?:[^\s()]|\([^\s()]{0,500}\)){0,500}\)){0,2000}))"
    r"(?:\s{1,99}+(\"[^\"]{0,1000}\"|'[^']{0,1000}'|\([^()]{0,1000}\)))?\s{0,99}\)"
)
REFERENCE = re.compile(r"\s?\[([^\[\]]{0,999})\]")
BRACKET = re.compile(r"[\[\]]")
AUTOLINK = r"<((?:https?://|mailto:|tel:)[^<>\s]{1,2000})>"


class Links(InlineProcessor):
    """`[text](address "title")`, `[text][reference]` and `[reference]`."""

    ANCESTOR_EXCLUDES: ClassVar[tuple[str, ...]] = ("a",)

    def __init__(self, pattern: str, md: Markdown, targets: Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        close = _closing_bracket(data, m.end())
        if close is None:
            return None, None, None
        text = data[m.end() : close]
        found = self._address(data, close + 1, text)
        if found is None:
            return None, None, None
        address, title, end = found
        return self._element(text, address, title), m.start(), end

    def _address(self, data: str, at: int, text: str) -> tuple[str, str, int] | None:
        """Address, title and where the link ends."""
        if match := DESTINATION.match(data, at):
            address = match[1] if match[1] is not None else match[2]
            return self.unescape(address), self.unescape((match[3] or "")[1:-1]), match.end()
        if match := REFERENCE.match(data, at):
            found = self._reference(match[1] or text)
            if found is not None:
                return *found, match.end()
        found = self._reference(text)
        return None if found is None else (*found, at)

    def _reference(self, label: str) -> tuple[str, str] | None:
        found = self.md.references.get(" ".join(label.split()).lower())
        return (found[0], found[1] or "") if found else None

    def _element(self, text: str, address: str, _title: str) -> etree.Element | str:
        attributes = self._targets.link(unescaped(address))
        element = etree.Element("a" if attributes else "span", attributes or {})
        element.text = text
        return element


class Autolinks(InlineProcessor):
    """`<https://…>`."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, pattern: str, md: Markdown, targets: Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        address = unescaped(self.unescape(m[1]))
        element = etree.Element("a", self._targets.link(address) or {})
        element.text = AtomicString(as_text(address.removeprefix("mailto:").removeprefix("tel:")))
        return element, m.start(), m.end()


def _closing_bracket(data: str, at: int) -> int | None:
    """Index of the bracket that closes the one before `at`; None when too far or too deep."""
    depth = 1
    for match in BRACKET.finditer(data, at, at + MAX_LINK_CHARS):
        depth += 1 if match[0] == "[" else -1
        if depth == 0:
            return match.start()
        if depth > MAX_NESTED:
            return None
    return None
