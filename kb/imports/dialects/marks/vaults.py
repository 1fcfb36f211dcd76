"""Marks that only Obsidian has: comments, names of blocks, states of tasks, notes within lines,
fields and queries, tags that stand alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from kb.imports.anchor_signs import anchor_sign
from kb.imports.callout_kinds import named
from kb.imports.dialects.marks.comments import cut
from kb.imports.dialects.masks import SIGN, CodeMasks
from kb.imports.dialects.signs import Directive, DirectiveSigns

COMMENT = "%%"
BLOCK_ID = re.compile(r"(?:^|[ \t]{1,9})\^([A-Za-z0-9-]{1,40})[ \t]{0,9}$", re.MULTILINE)
TASK = re.compile(
    r"^([ \t>]{0,80}(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})\[([^\s\[\]xX])\](?=[ \t])", re.MULTILINE
)
FIELD = re.compile(
    r"^([ \t>]{0,80}(?:[-*+][ \t]{1,4})?\**[^\W\d_][\w -]{0,40}?\**)::[ \t]{1,4}(?=\S)",
    re.MULTILINE,
)
FIELD_WITHIN = re.compile(
    r"\[([^\W\d_][\w -]{0,40})::[ ]{0,4}([^\[\]\n]{1,300})\](?!\()"
    r"|\(([^\W\d_][\w -]{0,40})::[ ]{0,4}([^()\n]{1,300})\)"
)
TAG_LINE = re.compile(
    r"^[ \t]{0,9}(?:#(?!\d{1,20}(?:[\s]|$))[\w/-]{1,100}[ \t]{0,9}){1,40}$", re.MULTILINE
)
SIZED = re.compile(r"(!\[[^\[\]\n|]{0,300})\|[ ]?\d{1,5}(?:x\d{1,5})?(?=\]\()")
QUERIES = frozenset(
    "dataview dataviewjs tasks query button base bases meta-bind meta-bind-button"
    " meta-bind-js-view tracker chart toc table-of-contents folder-overview".split()
)
AD = "ad-"
"""Before the kind of a callout that the plug-in Admonition makes of a fence."""
MAX_NOTE_CHARS = 2_000


class VaultTranslator:
    """Translates these marks on one page, and counts what became something else."""

    def __init__(self, signs: DirectiveSigns, masks: CodeMasks) -> None:
        self._signs = signs
        self._masks = masks
        self.told: Counter[tuple[str, str]] = Counter()
        """Heading in the report, and piece of the text."""

    def translated(self, text: str, used_anchors: Collection[str]) -> str:
        text = cut(text, COMMENT, COMMENT)
        text = "\n".join(self._fence(line) for line in text.split("\n"))
        text = TAG_LINE.sub("", text)
        text = BLOCK_ID.sub(
            lambda match: anchor_sign(match[1]) if match[1] in used_anchors else "", text
        )
        text = TASK.sub(self._task, text)
        text = FIELD.sub(r"\1: ", text)
        if "::" in text:
            text = FIELD_WITHIN.sub(_field, text)
        text = SIZED.sub(r"\1", text)
        for match in SIGN.finditer(text):
            code = self._masks.kept(match)
            if code.lstrip("`").startswith(("= ", "$= ")):
                self.told["Queries within lines, shown as code", code] += 1
        return self._with_notes(text) if "^[" in text else text

    def _task(self, match: re.Match[str]) -> str:
        self.told["States of tasks that only Obsidian has, now ticked", f"[{match[2]}]"] += 1
        return f"{match[1]}[x]"

    def _fence(self, line: str) -> str:
        fence = self._masks.fence(line)
        if fence is None:
            return line
        language = fence.language.lower()
        if language in QUERIES:
            self.told["Queries, taken out", language] += 1
            return ""
        if not language.startswith(AD):
            return line
        lines = list(fence.lines)
        title = ""
        while lines and lines[0].partition(":")[0] in ("title", "collapse", "color", "icon"):
            name, _, value = lines.pop(0).partition(":")
            title = value.strip() if name == "title" else title
        lead = line[: len(line) - len(line.lstrip(" \t"))]
        kind = named(language.removeprefix(AD)) or "note"
        first = self._signs.sign(Directive("callout", AD, title, kind))
        inner = self._masks.mask("\n".join(lines)).split("\n")
        return "\n".join(
            [lead + first, *(f"{lead}{one}" for one in inner), lead + self._signs.close(AD)]
        )

    def _with_notes(self, text: str) -> str:
        """`text` with footnotes for the notes that stand in its lines."""
        found: list[str] = []
        notes: list[str] = []
        at = 0
        while (start := text.find("^[", at)) >= 0:
            end = _closing(text, start + 1)
            if end is None or (start and text[start - 1] in "\\["):
                found.append(text[at : start + 2])
                at = start + 2
                continue
            name = f"note-{len(notes) + 1}"
            notes.append(f"[^{name}]: {' '.join(text[start + 2 : end].split())}")
            found += [text[at:start], f"[^{name}]"]
            at = end + 1
        body = "".join((*found, text[at:]))
        return body.rstrip("\n") + "\n\n" + "\n\n".join(notes) + "\n" if notes else body


def _closing(text: str, at: int) -> int | None:
    """Index of the bracket that closes the one at `at`, in the same paragraph."""
    depth = 0
    for place in range(at, min(len(text), at + MAX_NOTE_CHARS)):
        char = text[place]
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return place
        if text.startswith("\n\n", place):
            return None
    return None


def _field(match: re.Match[str]) -> str:
    return f"{match[1]}: {match[2].strip()}" if match[1] else match[4].strip()
