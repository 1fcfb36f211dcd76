"""Links that the page shows as text: in double brackets, to nothing defined, or broken off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.markdown.inline.references import normal_label
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.likeness import nearest

WIKI = re.compile(
    r"!?\[\[(?!_?(?i:toc)_?\]\])(?=[^\[\]\n]*[^\W\d_])(?P<target>[^\[\]\n]{1,200})\]\]"
)
REFERENCE = re.compile(r"(?<![\w\]])!?\[[^\[\]\n]{1,200}\]\[[^\[\]\n]{0,100}\]")
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
DEFINITION = re.compile(r"\[[^\[\]\n]{1,100}\]:[ \t]{0,9}<?(?:https?:|mailto:|/|\.\.?/|#)\S")
ADDRESS = (
    r"(?:https?:|mailto:|tel:|/|\.\.?/|#|"
    r"[\w ./-]{1,100}\.(?:md|html?|pdf|png|jpe?g|svg|gif|webp)\b)"
)
SPACED = re.compile(rf"!?\[[^\[\]\n]{{1,200}}\]\s{{1,2}}\({ADDRESS}[^()\n]{{0,300}}\)")
"""An address apart from its words."""
GLUED = re.compile(
    r"(?:(?<![\w\]])!?\[[^\[\]\n]{1,200}|!\[)\]{1,2}\((?P<target>[^()\[\]]{0,400})(?P<end>[()\[]|$)?"
)
"""Brackets and a parenthesis side by side, which Markdown did not read as a link."""
TURNED = re.compile(rf"(?<!\w)\([^()\n]{{1,200}}\)\[{ADDRESS}[^\[\]\s]{{0,300}}\]")
UNCLOSED_WORDS = re.compile(
    r"(?<!\w)\[[^\[\]()\n]{1,100}\((?:https?://|\.\.?/)[^\s()\[\]]{1,300}\)(?=[^\[\]\n]{0,300}$)",
    re.MULTILINE,
)
APART_REMEDY = "No space before `(`; an address with spaces goes into <…>"
HTML_REMEDY = "Leave a blank line between it and the HTML around it"
OPEN_REMEDY = "Close it: [words](address)"
TURNED_REMEDY = "Turn it round: [words](address)"
WORDS_REMEDY = "Close the words: [words](address)"
BRACKETED = re.compile(r"\[([^\[\]\n]{1,100})\]")
SHORTCUT = re.compile(r"(?<![\w\]!\[\\])\[(?P<name>[^\[\]\n^]{2,100})\](?![(\[:\w])")
NAMED = re.compile(r"[ ]{0,3}\[(?!\^)(?P<name>[^\[\]\n]{1,100})\]:[ \t]{0,9}\S")
LEAST_LIKENESS = 0.8
"""Of words in brackets to the name of an address that nothing uses, to be meant as it."""
SPACE = re.compile(r"\s")
OTHERS = ((SPACED, APART_REMEDY), (TURNED, TURNED_REMEDY), (UNCLOSED_WORDS, WORDS_REMEDY))


def leftovers(proof: Proof) -> Iterator[Leftover]:
    yield from _misnamed(proof)
    for block in proof.blocks:
        for match in WIKI.finditer(block.text):
            remedy = "Write [words](path/to/file.md)"
            if match[0].startswith("!"):
                remedy = "Write ![words](path/to/picture), or the text itself"
            yield _raw(FaultKind.RAW_WIKI_LINK, match[0], remedy)
        for match in REFERENCE.finditer(block.text):
            remedy = "Define it in a line `[name]: address`, or write [words](address)"
            yield _raw(FaultKind.RAW_REFERENCE, match[0], remedy)
        for match in FOOTNOTE.finditer(block.text):
            yield _raw(FaultKind.RAW_REFERENCE, match[0], f"Define it: `{match[0]}: …`")
        for line in block.lines:
            if DEFINITION.match(line):
                yield _raw(FaultKind.RAW_REFERENCE, line, "Leave a blank line above it")
        yield from _broken(block.text)


def _misnamed(proof: Proof) -> Iterator[Leftover]:
    """Words in brackets that are nearly the name of an address which nothing uses."""
    prose = proof.source.prose
    defined = {normal_label(match["name"]) for line in prose if (match := NAMED.match(line))}
    if not defined:
        return
    others = "\n".join(line for line in prose if not NAMED.match(line))
    used = {normal_label(name) for name in BRACKETED.findall(others)}
    free = defined - used
    for block in proof.blocks if free else ():
        for match in SHORTCUT.finditer(block.text):
            if likely := nearest(normal_label(match["name"]), free, least=LEAST_LIKENESS):
                yield _raw(
                    FaultKind.RAW_REFERENCE, match[0], f"Name it as it is defined: [{likely[0]}]"
                )


def _broken(text: str) -> Iterator[Leftover]:
    """Brackets and parentheses that were meant as a link or picture."""
    for match in GLUED.finditer(text):
        remedy = OPEN_REMEDY
        if match["end"] == ")":
            remedy = APART_REMEDY if SPACE.search(match["target"]) else HTML_REMEDY
        yield _raw(FaultKind.RAW_MARK, match[0].removesuffix("["), remedy)
    for form, remedy in OTHERS:
        for match in form.finditer(text):
            yield _raw(FaultKind.RAW_MARK, match[0], remedy)


def _raw(kind: FaultKind, shown: str, remedy: str) -> Leftover:
    return Leftover(kind, shown, "readers see `{shown}` as text", remedy)
