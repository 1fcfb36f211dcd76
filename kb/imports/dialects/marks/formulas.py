"""Formulas of TeX, which nothing draws here: put aside as code, so that no mark in them is read."""

from __future__ import annotations

import re

from kb.imports.dialects.masks import CodeMasks

BLOCK = re.compile(
    r"^([ \t>]{0,40}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)\$\$((?:[^$]|\$(?!\$)){1,4000}?)\$\$"
    r"[ \t]{0,20}$",
    re.MULTILINE,
)
BRACKETS = re.compile(
    r"^([ \t>]{0,40})\\\\?\[((?:[^\\]|\\(?!\\?\])){1,4000}?)\\\\?\][ \t]{0,20}$", re.MULTILINE
)
DOUBLE = re.compile(r"\$\$([^$\n]{1,500})\$\$")
INLINE = re.compile(r"(?<![\\$\w])\$(?![\s$])([^$\n]{1,300}?)(?<![\s\\])\$(?![\d$\w])")
PARENTHESES = re.compile(r"\\\\?\(([^\n]{1,300}?)\\\\?\)")
OF_TEX = re.compile(r"[\\^_={}<>]|[\w)][ ]?[+*/-][ ]?[\w(]|^[A-Za-z]$")
PLACES = re.compile(r"[\ue000\ue001]")


class FormulaKeeper:
    """Puts the formulas of one page aside, and counts them."""

    def __init__(self, masks: CodeMasks) -> None:
        self._masks = masks
        self.count = 0

    def put_aside(self, text: str, *, has_brackets: bool) -> str:
        """`text` with signs in place of its formulas."""
        if "$" in text:
            text = BLOCK.sub(self._block, text)
            text = DOUBLE.sub(self._inline, text)
            text = INLINE.sub(self._inline, text)
        if has_brackets and "\\" in text:
            text = BRACKETS.sub(self._block, text)
            text = PARENTHESES.sub(self._inline, text)
        return text

    def _block(self, match: re.Match[str]) -> str:
        if PLACES.search(match[2]) or (match.re is BRACKETS and not OF_TEX.search(match[2])):
            return match[0]
        self.count += 1
        margin = len(match[1])
        lines = [
            line[margin:] if not line[:margin].strip(" \t>") else line.strip()
            for line in match[2].strip("\n").split("\n")
        ]
        return match[1] + self._masks.keep_fence("math", "\n".join(lines).strip())

    def _inline(self, match: re.Match[str]) -> str:
        words = match[1].strip()
        if PLACES.search(words) or "`" in words or not OF_TEX.search(words):
            return match[0]
        self.count += 1
        return self._masks.keep(f"`{words}`")
