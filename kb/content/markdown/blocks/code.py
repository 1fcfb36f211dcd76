"""Code: between fences, or indented."""

from __future__ import annotations

import html as html_entities
import re

from kb.content.markdown.blocks.cursor import CODE_INDENT, Cursor
from kb.content.markdown.blocks.parts import TextPart
from kb.content.markdown.inline.characters import decoded

_FENCE = re.compile(r"(`{3,}+)([^`]*+)$|(~{3,}+)(.*+)$")
_CLOSING_FENCE = re.compile(r"(`{3,}+|~{3,}+)[ \t]*+$")
_LANGUAGE = re.compile(r"\{?\.?([\w+#-]{1,30})")


class Code(TextPart):
    """Lines that are shown as they are."""

    takes_lines = True
    language = ""


class FencedCode(Code):
    """Code between fences, the opening one `indent` columns from the margin."""

    def __init__(self, line: int, fence: str, indent: int, info: str) -> None:
        super().__init__(line)
        self._fence = fence
        self._indent = indent
        self.language = _language(info)

    def continues(self, cursor: Cursor) -> bool:
        cursor.skip_columns(self._indent)
        return True

    def ends_with(self, cursor: Cursor) -> bool:
        """True for the line that closes the code."""
        closing = cursor.match(_CLOSING_FENCE) if cursor.indent < CODE_INDENT else None
        return closing is not None and closing[1].startswith(self._fence)

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


class IndentedCode(Code):
    """Code by its indent; empty lines at its end are not part of it."""

    def continues(self, cursor: Cursor) -> bool:
        if cursor.indent >= CODE_INDENT or cursor.is_blank:
            cursor.skip_columns(CODE_INDENT)
            return True
        return False

    def add(self, text: str, line: int) -> None:
        self.lines.append(text)
        if text.strip(" \t"):
            self.last = line

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines[: self.last - self.first + 1])


def opened_fence(cursor: Cursor, line: int) -> FencedCode | None:
    match = cursor.match(_FENCE)
    if not match:
        return None
    fence = match[1] or match[3]
    return FencedCode(line, fence, cursor.indent, match[2] or match[4] or "")


def code_html(code: Code) -> str:
    attribute = f' class="language-{code.language.lower()}"' if code.language else ""
    return f"<pre><code{attribute}>{html_entities.escape(code.text, quote=False)}</code></pre>"


def _language(info: str) -> str:
    match = _LANGUAGE.match(decoded(info).strip())
    return match[1] if match else ""
