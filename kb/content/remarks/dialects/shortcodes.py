"""Calls in square brackets and braces that only another program answers.

`[youtube id=…]` and `[b]…[/b]` (WordPress, forums), `{info}…{info}` (Confluence), and fences of
diagrams and queries, of which readers see the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.dialects.raw import RawForm, raw, within_blocks
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.source import FENCE
from kb.content.remarks.templates import BRACES

CALL = re.compile(
    r"(?<![\w\]])\[[a-z][\w-]{1,30}(?:[ ]{1,3}[a-z][\w-]{0,30}="
    r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|«[^»\n]{0,300}»|[^\s\]\"'«]{1,200})){1,12}[ ]{0,3}/?\]",
    re.IGNORECASE,
)
MEDIA = re.compile(
    r"\[(?:youtube|vimeo|rutube|video|audio|embed|gist|tweet)(?:[:=][ ]?\S|[ ]{1,3}https?://)"
    r"[^\]\n]{0,300}\]",
    re.IGNORECASE,
)
END = re.compile(r"\[/(?P<name>[a-z][\w-]{0,30})\]", re.IGNORECASE)
MACRO = re.compile(
    r"\{(?P<name>info|note|warning|tip|panel|expand|noformat|code|quote|excerpt|color|section|column"
    r"|toc|anchor|jira|status|gallery|attachments|include|children)(?P<more>:[^{}\n]{0,100})?\}"
)
ALWAYS = frozenset("info warning tip panel expand noformat excerpt toc note".split())
"""Macros that stand for nothing else, where there are two of one name."""
DIAGRAMS = frozenset("mermaid plantuml puml graphviz dataview dataviewjs katex geojson".split())
REMEDY = "Write it in Markdown, link to it, or put it into code"
FORMS = (
    RawForm(CALL, "", REMEDY, FaultKind.RAW_TEMPLATE),
    RawForm(MEDIA, "", REMEDY, FaultKind.RAW_TEMPLATE),
)
MACROS = RawForm(
    MACRO, "{macro}", "Write it in Markdown: `> [!NOTE]` begins a callout", FaultKind.RAW_TEMPLATE
)


def leftovers(proof: Proof) -> Iterator[Leftover]:
    yield from within_blocks(proof, FORMS)
    yield from _pairs(proof)
    yield from _macros(proof)
    yield from _diagrams(proof)


def _pairs(proof: Proof) -> Iterator[Leftover]:
    """Names in brackets that are closed, each once."""
    text = "\n".join(block.text for block in proof.blocks).lower()
    for name in list(dict.fromkeys(match["name"] for match in END.finditer(text)))[:50]:
        if any(f"[{name}{end}" in text for end in ("]", " ", "=")):
            shown = f"[/{name}]"
            yield raw(RawForm(END, shown, REMEDY, FaultKind.RAW_TEMPLATE), shown)


def _macros(proof: Proof) -> Iterator[Leftover]:
    found = [
        match
        for block in proof.blocks
        if "<style" not in block.text
        for match in MACRO.finditer(block.text)
        if not BRACES.fullmatch(match[0])
    ]
    alone = {line for block in proof.blocks for line in block.lines} if found else set()
    times = Counter(match["name"] for match in found)
    for match in found:
        is_pair = match["name"] in ALWAYS and times[match["name"]] > 1
        if match["more"] or is_pair or match[0] in alone:
            yield raw(MACROS, match[0])


def _diagrams(proof: Proof) -> Iterator[Leftover]:
    """Fenced code that other programs draw."""
    for number, line in enumerate(proof.source.lines):
        fence = FENCE.match(line) if "```" in line or "~~~" in line else None
        info = fence["info"].split() if fence else []
        name = info[0].strip("{}").lower() if info else ""
        if name in DIAGRAMS and f'"language-{name}"' in proof.html:
            message = f"readers see the source of `{name}`, not what it draws"
            at = proof.source.file_line(number)
            remedy = "Put a picture of it into media/, or write it out"
            yield Leftover(FaultKind.RAW_COMPONENT, "", message, remedy, at, name=name)
