"""The key `aliases:` of an article that moves: its slugs stay addresses of the folder it leaves."""

from __future__ import annotations

import json
import re

from kb.content.files import front_matter
from kb.content.files.form import plain
from kb.content.files.misread.entries import entries
from kb.content.files.text import BadFile

KEY = re.compile(r"aliases[ \t]*:")


def with_aliases(text: str, former: str, folder: str) -> str:
    """The file with the address `former` among its aliases, and with whole addresses for slugs.

    Slugs are those of `folder`, "" where the article stays in it. A file whose front matter cannot
    be read stays as it is.
    """
    try:
        parts = front_matter.split(text, "")
        keys, _ = front_matter.read_mapping(parts.front, "")
    except BadFile:
        return text
    node = keys.get("aliases")
    known = plain(node) if node else ()
    if not isinstance(known, tuple) or not all(isinstance(one, str) for one in known):
        return text
    whole = [f"{folder}/{one}" if folder and "/" not in one else one for one in known]
    wanted = [*whole, *([former] if former and former not in whole else [])]
    if wanted == list(known):
        return text
    return _written(text, parts, wanted)


def _written(text: str, parts: front_matter.Parts, aliases: list[str]) -> str:
    """The text with this list of aliases in the place of its own, or as its last key."""
    end = "\r\n" if "\r\n" in parts.front else "\n"
    line = f"aliases: [{', '.join(_scalar(one) for one in aliases)}]"
    lines = parts.front.split("\n")
    old = next((one for one in entries(lines) if KEY.match(one.lines[0])), None)
    if old:
        behind = [it for it in old.lines[1:] if it.startswith("#") or it == ""]
        lines[old.line : old.line + len(old.lines)] = [line + end.removesuffix("\n"), *behind]
    else:
        lines[-1:-1] = [line + end.removesuffix("\n")]
    at = text.index(parts.front)
    return text[:at] + "\n".join(lines) + text[at + len(parts.front) :]


def _scalar(text: str) -> str:
    return text if not text.isdigit() else json.dumps(text)
