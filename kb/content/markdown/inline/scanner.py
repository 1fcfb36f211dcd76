"""One text, read from left to right into tokens."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from dataclasses import dataclass

from kb.content.markdown.inline import autolinks
from kb.content.markdown.inline.characters import ESCAPE, entity_at
from kb.content.markdown.inline.code_spans import CodeSpans, code_text
from kb.content.markdown.inline.emphasis import Runs, run_at
from kb.content.markdown.inline.escapes import as_text
from kb.content.markdown.inline.links import Brackets, References
from kb.content.markdown.inline.raw_html import HiddenText, RawTags
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tokens import Bare, Close, Leaf, Open, Raw, TextToken, Token

_SPECIAL = re.compile(rf"\\|`+|\*+|_+|~+|!?\[|\]|[<&\n]|{autolinks.BARE_START}", re.IGNORECASE)
_ESCAPE = re.compile(ESCAPE)
_LINE_START = re.compile(r"\n[ \t]*+")
MIN_BREAKING_SPACES = 2
"""Spaces at the end of a line that make it end for readers too."""


@dataclass(frozen=True)
class InlineSurroundings:
    """Everything that the text of one article refers to."""

    targets: Targets
    references: References
    raw_tags: RawTags
    footnote: Callable[[str, int], tuple[etree.Element, int] | None]
    """The reference to a footnote at a place of a text, and where it ends."""


def tokens_of(text: str, around: InlineSurroundings) -> list[Token]:
    """The tokens of one text, which is that of one block."""
    return _Scanner(text, around).tokens()


class _Scanner:
    def __init__(self, text: str, around: InlineSurroundings) -> None:
        self._text = text
        self._around = around
        self._tokens: list[Token] = []
        self._runs = Runs()
        self._brackets = Brackets(
            self._tokens, self._runs, targets=around.targets, references=around.references
        )
        self._code_spans = CodeSpans(text)
        self._hidden = HiddenText(text)
        self._raw_links = 0

    def tokens(self) -> list[Token]:
        at = 0
        while match := _SPECIAL.search(self._text, at):
            start = match.start()
            self._add_text(at, start)
            at = self._read(match)
            if match[0] == "]" and at == match.end() and not self._brackets:
                at = self._idle(at)
        self._add_text(at, len(self._text))
        self._runs.pair()
        return self._tokens

    def _idle(self, at: int) -> int:
        """The place behind brackets that close nothing, which are one text."""
        end = at
        while self._text.startswith("]", end):
            end += 1
        self._add_text(at, end)
        return end

    def _add_text(self, start: int, end: int) -> None:
        if end > start:
            self._tokens.append(TextToken(self._text[start:end]))

    def _read(self, match: re.Match[str]) -> int:
        """Read what is special; the place behind it."""
        rule = _RULES.get(match[0][0], _Scanner._bare_link)
        return rule(self, match.start(), match.end())

    def _backslash(self, start: int, end: int) -> int:
        if escaped := _ESCAPE.match(self._text, start):
            self._tokens.append(TextToken(escaped[1], is_literal=True))
            return escaped.end()
        if self._text.startswith("\n", end):
            return self._break(end)
        self._add_text(start, end)
        return end

    def _line_end(self, start: int, end: int) -> int:
        last = self._tokens[-1] if self._tokens else None
        spaces = 0
        if isinstance(last, TextToken) and not last.is_literal:
            spaces = len(last.text) - len(last.text.rstrip(" "))
            self._tokens[-1] = TextToken(last.text.rstrip(" \t"))
        return self._break(start) if spaces >= MIN_BREAKING_SPACES else self._soft_break(start)

    def _soft_break(self, start: int) -> int:
        self._tokens.append(TextToken("\n"))
        return self._next_line(start)

    def _break(self, start: int) -> int:
        # Python-Markdown writes a line break behind it.
        self._tokens.append(Leaf(etree.Element("br"), "\n"))
        return self._next_line(start)

    def _next_line(self, start: int) -> int:
        match = _LINE_START.match(self._text, start)
        return match.end() if match else start + 1

    def _code(self, start: int, end: int) -> int:
        closing = self._code_spans.closing(end, end - start)
        if closing is None:
            self._add_text(start, end)
            return end
        shown = code_text(self._text[end:closing])
        code = etree.Element("code")
        code.text = as_text(shown)
        self._tokens.append(Leaf(code, shown))
        return closing + end - start

    def _run(self, start: int, end: int) -> int:
        run = run_at(self._text, start, end)
        if run:
            self._runs.push(run)
            self._tokens.append(run)
        else:
            self._add_text(start, end)
        return end

    def _opening_bracket(self, start: int, end: int) -> int:
        is_picture = end - start > 1
        footnote = None if is_picture else self._around.footnote(self._text, start)
        if footnote:
            self._tokens.append(Leaf(footnote[0]))
            return footnote[1]
        self._brackets.open(end, is_picture=is_picture)
        return end

    def _closing_bracket(self, start: int, end: int) -> int:
        found = self._brackets.close(self._text, start)
        if found is None:
            self._add_text(start, end)
        return found or end

    def _angle(self, start: int, end: int) -> int:
        if link := autolinks.in_angles(self._text, start):
            return self._angle_link(*link)
        if raw := self._around.raw_tags.read(self._text, start):
            self._tokens.append(raw[0])
            self._note_raw_link(raw[0])
            return raw[1]
        hidden = self._hidden.end(start)
        if hidden is None:
            self._add_text(start, end)
        else:
            self._tokens.append(TextToken("", is_literal=True))  # it parts an e-mail address
        return hidden or end

    def _angle_link(self, address: str, shown: str, end: int) -> int:
        attributes = self._around.targets.link(address)
        self._tokens += (
            Open("a" if attributes else None, attributes or {}),
            TextToken(shown, is_literal=True),
            Close(),
        )
        return end

    def _note_raw_link(self, token: Token) -> None:
        if isinstance(token, Raw) and token.tag in ("a", "code"):
            self._raw_links = max(0, self._raw_links + (-1 if token.is_end else 1))

    def _entity(self, start: int, end: int) -> int:
        found = entity_at(self._text, start)
        if found is None:
            self._add_text(start, end)
            return end
        self._tokens.append(TextToken(found[0], is_literal=True))
        return found[1]

    def _bare_link(self, start: int, end: int) -> int:
        found = autolinks.bare_end(self._text, start, is_in_brackets=bool(self._brackets))
        if found is None or self._raw_links:
            self._add_text(start, end)
            return end
        written = self._text[start:found]
        address = written if written[0] in "hH" else f"http://{written}"
        self._tokens.append(Bare(written, self._around.targets.link(address) or {}))
        return found


_RULES: dict[str, Callable[[_Scanner, int, int], int]] = {
    "\\": _Scanner._backslash,
    "\n": _Scanner._line_end,
    "`": _Scanner._code,
    "*": _Scanner._run,
    "_": _Scanner._run,
    "~": _Scanner._run,
    "!": _Scanner._opening_bracket,
    "[": _Scanner._opening_bracket,
    "]": _Scanner._closing_bracket,
    "<": _Scanner._angle,
    "&": _Scanner._entity,
}
