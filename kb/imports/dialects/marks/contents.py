"""Tables of contents that a generator fills in: every article here has its own."""

from __future__ import annotations

import re

ALONE = re.compile(
    r"^[ \t]{0,9}(?:\[\[?_?toc_?\]\]?|\{:toc\}|\$\{toc\}|\[toc\]|\\tableofcontents|<!-- to"
    r"c -->|\{\{[<%][ ]{0,4}(?:toc|table_of_contents)[ ]{0,4}[>%]\}\})[ \t]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
OF_KRAMDOWN = re.compile(
    r"(?:^#{1,6}[ \t][^\n]{0,200}\n(?:[ \t]{0,9}\{:[^{}\n]{0,200}\}[ \t]{0,9}\n)?"
    r"(?:[ \t]{0,9}\n){0,3})?"
    r"^[ \t]{0,20}(?:[*+-]|\d{1,3}[.)])[ \t]{1,4}[^\n]{0,200}\n"
    r"(?:[ \t]{0,9}\{:[ \t]{0,4}\.[^{}\n]{0,100}\}\n)?"
    r"[ \t]{0,20}\{:[ \t]{0,4}(?:[^{}\n]{0,60}[ \t])?toc(?:[ \t][^{}\n]{0,60})?\}[ \t]{0,9}$"
    r"(?:\n(?:[ \t]{0,9}\n){0,3}-{3,20}[ \t]{0,9}$)?",
    re.MULTILINE | re.IGNORECASE,
)
"""A list that kramdown replaces, the heading that has nothing else below it, and a rule behind."""


def without_contents(text: str) -> str:
    """`text` without them."""
    if "{:" in text:
        text = OF_KRAMDOWN.sub("", text)
    return ALONE.sub("", text) if "toc" in text.lower() or "tableof" in text else text
