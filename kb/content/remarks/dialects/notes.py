"""Marks of Obsidian and its like: ids of blocks, notes within a line, fields, tags, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, raw, within_blocks
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.visible_text import VisibleBlock

BLOCK_ID = re.compile(r"(?:^|(?<=\s))\^[A-Za-z0-9][A-Za-z0-9-]{2,60}$")
INLINE_NOTE = re.compile(
    r"(?:(?<=[^\s(])\^\[|\^\[(?=[^\[\]\n]{0,200}\s))[^\[\]\n]{1,300}\](?![+*{$?])"
)
FIELD = re.compile(r"[\[(][^\W\d_][\w -]{0,40}::[ ][^\[\]()\n]{1,200}[\])]")
FIELD_LINE = re.compile(r"[^\W\d_][\w-]{0,30}(?:[ ][\w-]{1,20})?::[ ]\S")
NESTED_TAG = re.compile(r"(?<![^\s(])#[^\W\d_][\w-]{0,60}(?:/[\w-]{1,60}){1,6}(?![\w/#.])")
TAGS = re.compile(r"#[^\W\d_][\w/-]{0,80}(?:[ ,]{1,3}#[^\W\d_][\w/-]{0,80}){0,40}[ ]?$")
COMMENT = re.compile(r"%%$")
TAG_REMEDY = "Write `tags: [one, two]` into the front matter; a heading is `# ` with a space"
FORMS = (
    RawForm(
        INLINE_NOTE, "^[", "Write [^1] there, and a line `[^1]: …` below", FaultKind.RAW_REFERENCE
    ),
    RawForm(FIELD, "::", "Write it as a sentence"),
    RawForm(NESTED_TAG, "#tag", TAG_REMEDY),
)
ID = RawForm(BLOCK_ID, "^id", "Remove it: links lead to headings, `## Heading {#name}`")
FIELDS = RawForm(FIELD_LINE, "::", "Write it as a sentence")
ALL_TAGS = RawForm(TAGS, "#tag", TAG_REMEDY)
COMMENTS = RawForm(COMMENT, "%%", "Write a comment as <!-- … -->")


def leftovers(proof: Proof) -> Iterator[Leftover]:
    yield from within_blocks(proof, FORMS)
    for block in proof.blocks:
        if block.tag in ("p", "li", "dd", ""):
            yield from _of_block(block)


def _of_block(block: VisibleBlock) -> Iterator[Leftover]:
    lines = block.lines
    if match := BLOCK_ID.search(lines[-1]):
        yield raw(ID, match[0])
    if all(FIELD_LINE.match(line) for line in lines):
        yield raw(FIELDS, lines[0])
    if len(lines) == 1 and TAGS.match(lines[0]):
        yield raw(ALL_TAGS, lines[0])
    if any(COMMENT.match(line) for line in lines):
        yield raw(COMMENTS, "%%")
