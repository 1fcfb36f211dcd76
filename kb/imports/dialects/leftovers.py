"""Signs of other dialects that a translated text still has, which readers would see raw."""

from __future__ import annotations

import re

from kb.imports.dialects.masks import CodeMasks

LEFT = re.compile(
    r"(?P<liquid>\{%[^\n]{0,60})|(?P<shortcode>\{\{[^\n]{0,60})|(?P<colons>^[ \t]{0,40}:::"
    r"[^\n]{0,60})"
    r"|(?P<component></?[A-Z][A-Za-z]{1,40}[ />][^\n]{0,40})|(?P<wiki>\[\[[^\[\]\n]{1,60}\]\])"
    r"|(?P<mdx>^(?:import|export)[ ][^\n]{0,60}[\"'{][^\n]{0,60}$)|(?P<alert>\[![A-Za-z]{1,20}\])"
    r"|(?P<braces>(?<!\\)\{/?(?:if|ifdef|ifndef|note|tabs?|cut|include|linkto|heading|capt"
    r"ion|var)\b[^{}\n]{0,80}\})",
    re.MULTILINE,
)


def leftovers(markdown: str) -> list[str]:
    """Pieces of text that look like another system's syntax, code left alone."""
    masked = CodeMasks().mask(markdown)
    return [
        match[0].strip()
        for match in LEFT.finditer(masked)
        if not _is_escaped(masked, match.start())
    ]


def _is_escaped(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] == "\\"
