"""Footnotes with short labels."""

from __future__ import annotations

import re
from typing import Any

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension


class Footnotes(FootnoteExtension):
    """Footnotes with short labels: the patterns of Python-Markdown look ahead without bound."""

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        md.inlinePatterns["footnote"].compiled_re = re.compile(r"\[\^([^\[\]\n]{1,60})\]")
        block_rule: Any = md.parser.blockprocessors["footnote"]
        block_rule.RE = re.compile(r"^[ ]{0,3}\[\^([^\[\]\n]{1,60})\]:[ ]*(.*)$", re.MULTILINE)
