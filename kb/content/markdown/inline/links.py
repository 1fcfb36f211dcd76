"""Links and pictures in brackets: which brackets belong together, and where they lead."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.markdown.inline.destinations import (
    MAX_LABEL_CHARS,
    LinkTarget,
    inline_target,
    label_at,
)
from kb.content.markdown.inline.emphasis import Runs
from kb.content.markdown.inline.escapes import as_text
from kb.content.markdown.inline.references import normal_label
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tokens import (
    Bare,
    Close,
    DelimiterRun,
    Leaf,
    Open,
    TextToken,
    Token,
    plain_text,
)

References = Mapping[str, tuple[str, str | None]]
"""Label, as `normal_label` gives it → address and title."""


@dataclass(slots=True)
class _Bracket:
    """An opening bracket: its token, where its text begins, and the runs before it."""

    place: int
    text_start: int
    is_picture: bool
    runs_before: DelimiterRun | None
    holds_brackets: bool = False


class Brackets:
    """The brackets that are open, over one text; `tokens` grows while it is read."""

    def __init__(
        self, tokens: list[Token], runs: Runs, *, targets: Targets, references: References
    ) -> None:
        self._tokens = tokens
        self._runs = runs
        self._targets = targets
        self._references = references
        self._open: list[_Bracket] = []
        self._barred = 0
        """Brackets below this one open no link, for a link holds no other."""

    def __bool__(self) -> bool:
        return bool(self._open)

    def open(self, text_start: int, *, is_picture: bool) -> None:
        """Note a bracket whose text begins at `text_start`."""
        if self._open:
            self._open[-1].holds_brackets = True
        place = len(self._tokens)
        self._open.append(_Bracket(place, text_start, is_picture, self._runs.top))
        self._tokens.append(TextToken("![" if is_picture else "["))

    def close(self, text: str, at: int) -> int | None:
        """Make a link or picture that ends with the bracket at `at`; where it ends, None if not."""
        if not self._open:
            return None
        bracket = self._open.pop()
        is_barred = not bracket.is_picture and len(self._open) < self._barred
        self._barred = min(self._barred, len(self._open))
        target = None if is_barred else self._target(text, at, bracket)
        if target is None:
            return None
        if bracket.is_picture:
            self._make_picture(bracket, target)
        else:
            self._make_link(bracket, target)
        return target.end

    def _target(self, text: str, at: int, bracket: _Bracket) -> LinkTarget | None:
        if target := inline_target(text, at + 1):
            return target
        label, end = label_at(text, at + 1) or ("", at + 1)
        if not label:
            if bracket.holds_brackets or at - bracket.text_start > MAX_LABEL_CHARS:
                return None
            label = text[bracket.text_start : at]
        name = normal_label(label) if self._references else ""
        found = self._references.get(name) if name else None
        return LinkTarget(found[0], found[1] or "", end) if found else None

    def _make_link(self, bracket: _Bracket, target: LinkTarget) -> None:
        self._runs.pair(bracket.runs_before)
        attributes = self._targets.link(target.address)
        for place in range(bracket.place + 1, len(self._tokens)):
            token = self._tokens[place]
            if isinstance(token, Bare):
                self._tokens[place] = TextToken(token.text, is_literal=True)
        self._tokens[bracket.place] = Open("a" if attributes else None, attributes or {})
        self._tokens.append(Close())
        self._barred = len(self._open)

    def _make_picture(self, bracket: _Bracket, target: LinkTarget) -> None:
        self._runs.pair(bracket.runs_before)
        alt = plain_text(self._tokens[bracket.place + 1 :])
        del self._tokens[bracket.place :]
        found = self._targets.image(target.address)
        if found is None:
            self._tokens.append(TextToken(alt, is_literal=True))
            return
        caption = {"title": target.title} if target.title.strip() else {}
        attributes = {**found, "alt": alt, **caption}
        shown = {name: as_text(value) for name, value in attributes.items()}
        self._tokens.append(Leaf(etree.Element("img", shown), alt))
