"""Code spans as in CommonMark."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree

from markdown.inlinepatterns import BacktickInlineProcessor

MAX_CODE_SPAN_CHARS = 4_000


class CodeSpans(BacktickInlineProcessor):
    """Code spans as in CommonMark, with a bounded look-ahead."""

    def find_code_spans(  # type: ignore[override]
        self, start: int, text: str
    ) -> tuple[int, int | None]:
        opened = start
        while opened < len(text) and text[opened] == "`":
            opened += 1
        closing = re.compile(rf"(?<!`)`{{{opened - start}}}(?!`)") if opened - start < 20 else None
        match = closing.search(text, opened, opened + MAX_CODE_SPAN_CHARS) if closing else None
        return opened, match.start() if match else None

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        found = super().handleMatch(m, data)
        if found[0] is None and found[2] is not None and not m[1]:
            # Python-Markdown would give unpaired backticks to the rules that follow
            return data[m.start() : found[2]], m.start(), found[2]
        return found
