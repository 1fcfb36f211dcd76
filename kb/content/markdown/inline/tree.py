"""Tokens → elements."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping

from kb.content.markdown.inline.autolinks import EMAIL
from kb.content.markdown.inline.escapes import as_text
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tokens import (
    Bare,
    Close,
    DelimiterRun,
    Leaf,
    Open,
    Raw,
    TextToken,
    Token,
)


def element_of(tokens: Iterable[Token], targets: Targets) -> etree.Element:
    """An element whose text and children are what the tokens say."""
    tree = _Tree(targets)
    for token in tokens:
        tree.add(token)
    return tree.finished()


class _Tree:
    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._root = etree.Element("span")
        self._path: list[etree.Element] = [self._root]
        """Elements that are open; one that leaves no trace is its parent again."""
        self._links = 0
        self._written: list[str] = []
        """Text in which an e-mail address may stand."""

    def add(self, token: Token) -> None:
        if isinstance(token, TextToken):
            self._add_text(token)
        elif isinstance(token, DelimiterRun):
            self._add_run(token)
        elif isinstance(token, Open):
            self._open(token.tag, token.attributes)
        elif isinstance(token, Close):
            self._close()
        elif isinstance(token, Bare):
            self._add_link(token.text, token.attributes)
        elif isinstance(token, Leaf):
            self._flush()
            self._path[-1].append(token.element)
        else:
            self._add_raw(token)

    def finished(self) -> etree.Element:
        self._flush()
        return self._root

    def _add_text(self, token: TextToken) -> None:
        if token.is_literal:
            self._flush()
            self._append(as_text(token.text))
        else:
            self._written.append(token.text)

    def _add_run(self, run: DelimiterRun) -> None:
        for _ in run.closes:
            self._close()
        if run.count:
            self._written.append(run.character * run.count)
        for tag in reversed(run.opens):
            self._open(tag, {})

    def _add_raw(self, token: Raw) -> None:
        self._flush()
        self._append(token.placeholder)
        if token.tag in ("a", "code"):
            self._links = max(0, self._links + (-1 if token.is_end else 1))

    def _add_link(self, text: str, attributes: Mapping[str, str]) -> None:
        self._open("a" if attributes else None, attributes)
        self._append(as_text(text))
        self._close()

    def _open(self, tag: str | None, attributes: Mapping[str, str]) -> None:
        self._flush()
        self._links += tag == "a"
        shown = {name: as_text(value) for name, value in attributes.items()}
        parent = self._path[-1]
        self._path.append(etree.SubElement(parent, tag, shown) if tag else parent)

    def _close(self) -> None:
        self._flush()
        element = self._path.pop()
        self._links -= element.tag == "a" and element is not self._path[-1]

    def _append(self, text: str) -> None:
        parent = self._path[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text

    def _flush(self) -> None:
        """Put down the text that has come together, with the e-mail addresses in it as links."""
        if not self._written:
            return
        text = "".join(self._written)
        self._written.clear()
        at = 0
        for match in EMAIL.finditer(text) if "@" in text and self._links <= 0 else ():
            self._append(as_text(text[at : match.start()]))
            self._add_link(match[0], self._targets.link(f"mailto:{match[1]}") or {})
            at = match.end()
        self._append(as_text(text[at:]))
