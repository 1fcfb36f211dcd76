"""Pages of Jekyll in HTML: those with front matter whose text an author wrote."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from kb.imports.formats.front import FrontMatter
from kb.imports.formats.layout import TreeLayout
from kb.imports.sources.files import SourceFiles

MADE_BY_PROGRAM = re.compile(r"\{%-?[ \t]{0,9}(?:for|paginate)\b|\{\{-?[ \t]{0,9}content\b")
STARTS = ("---\n", "---\r\n")
NO_TEXT = frozenset({"404", "search"})


def is_page(files: SourceFiles, layout: TreeLayout, path: str) -> bool:
    """True for HTML with front matter that no loop of Jekyll fills in."""
    if layout.format != "jekyll" or not path.endswith(".html"):
        return False
    stem = posixpath.basename(path).removesuffix(".html")
    text = files.text(path) or ""
    return stem not in NO_TEXT and text.startswith(STARTS) and not MADE_BY_PROGRAM.search(text)


def boxed(parts: FrontMatter) -> FrontMatter:
    """The page with its text in one element, which is turned into Markdown as a whole."""
    return replace(parts, body=f"<div>\n{parts.body}\n</div>", body_line=parts.body_line - 1)
