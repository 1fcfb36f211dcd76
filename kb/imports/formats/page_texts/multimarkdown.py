"""Front matter of MultiMarkdown, which MkDocs reads beside YAML: keys without fences."""

from __future__ import annotations

import re

from kb.imports.formats import front
from kb.imports.formats.front import FrontMatter

KEY = re.compile(r"[ ]{0,3}([A-Za-z0-9_-]{1,60}):[ \t]{0,99}(.{0,2000})")
MORE = re.compile(r"(?:[ ]{4}|\t)[ \t]{0,99}(\S.{0,2000})")


def split(text: str) -> FrontMatter:
    """Part front matter of either kind from text, as MkDocs does; a page may have none."""
    lines = text.split("\n")
    found: dict[str, list[str]] = {}
    name = ""
    end = len(lines)
    for at, line in enumerate(lines):
        if match := KEY.fullmatch(line):
            name = match[1].lower()
            found.setdefault(name, []).append(match[2].strip())
        elif name and (more := MORE.fullmatch(line)):
            found[name].append(more[1].strip())
        else:
            end = at
            break
    if not found or "".join(lines[end : end + 1]).strip():
        return front.split(text)
    values = {key: " ".join(" ".join(parts).split()) for key, parts in found.items()}
    return FrontMatter(values, "\n".join(lines[end + 1 :]), end + 2)
