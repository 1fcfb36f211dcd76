"""Fenced code at any depth, and comments: where they begin and end among lines."""

from __future__ import annotations

import html as html_entities
import re

from kb.content.markdown.blocks import QUOTE

FENCE = re.compile(rf"(?P<prefix>{QUOTE})(?P<fence>`{{3,}}+|~{{3,}}+)[ ]*+(?P<info>[^`\n]*+)$")
LANGUAGE = re.compile(r"\{?\.?([\w+#-]{1,30})")


def closing_fence(fence: re.Match[str]) -> re.Pattern[str]:
    """Matches the line that ends what `fence` opens."""
    return re.compile(rf"{QUOTE}{fence['fence'][0]}{{{min(len(fence['fence']), 99)},}}[ ]*$")


def fence_end(lines: list[str], at: int, fence: re.Match[str]) -> int:
    """Index of the closing line; without one the code runs to the end of its quote or text."""
    closing = closing_fence(fence)
    is_quoted = ">" in fence["prefix"]
    for end in range(at + 1, len(lines)):
        if closing.match(lines[end]) or (is_quoted and not lines[end].lstrip().startswith(">")):
            return end
    return len(lines)


def _without_prefix(line: str, prefix: str) -> str:
    """`line` of the code without the quote marks and spaces that its fence has before it."""
    at = 0
    while at < min(len(prefix), len(line)) and line[at] in " >":
        at += 1
    if ">" in prefix and line[at : at + 1] == " " and not prefix.endswith(" "):
        at += 1
    return line[at:]


def code_html(fence: re.Match[str], lines: list[str]) -> str:
    """The block of code that `fence` opens and `lines` are."""
    code = "\n".join(_without_prefix(line, fence["prefix"]) for line in lines)
    language = LANGUAGE.match(fence["info"])
    attribute = f' class="language-{language[1].lower()}"' if language else ""
    return f"<pre><code{attribute}>{html_entities.escape(code, quote=False)}\n</code></pre>"


def closes_comment(lines: list[str], at: int, last_end: int) -> bool:
    """True when the comment that opens line `at` closes; the last line with `-->` is `last_end`."""
    return at < last_end or (at == last_end and "-->" in lines[at])


def skip_comment(lines: list[str], at: int) -> int:
    """Cut the comment that opens line `at` out of `lines`; the line to go on with."""
    while "-->" not in lines[at]:
        at += 1
    lines[at] = lines[at].partition("-->")[2]
    return at if lines[at].strip() else at + 1
